-- Invoices and what was paid on them: 12,000 and 11,000 rows. The same at every start.
create role billing_read nologin;
create role billing_write nologin;
create role billing_owner nologin;
create schema billing authorization billing_owner;
set role billing_owner;

create table billing.invoices (
    id integer primary key,
    customer_email text not null,
    amount_cents integer not null check (amount_cents > 0),
    issued_at date not null,
    due_at date not null,
    state text not null check (state in ('open', 'paid', 'overdue'))
);
create table billing.payments (
    id integer primary key,
    invoice_id integer not null references billing.invoices,
    amount_cents integer not null,
    method text not null,
    paid_at timestamptz not null
);

insert into billing.invoices
select n, 'customer' || 1 + n * 13 % 6000 || '@example.com', 1900 + n * 733 % 240000,
       current_date - (12000 - n) / 40, current_date - (12000 - n) / 40 + 30,
       case when n <= 11000 then 'paid' when n % 3 = 0 then 'overdue' else 'open' end
  from generate_series(1, 12000) n;

insert into billing.payments
select id, id, amount_cents, (array['card', 'transfer', 'direct debit'])[1 + id % 3],
       issued_at + interval '9 hours' + id % 28 * interval '1 day'
  from billing.invoices
 where state = 'paid';

grant usage on schema billing to billing_read, billing_write;
grant select on all tables in schema billing to billing_read, billing_write;
grant insert, update on all tables in schema billing to billing_write;
reset role;
-- Connect stays: a login with roles on single tables needs it.
do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$;
analyze;
