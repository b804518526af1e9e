-- A shop: 6,000 customers, 240 products, 24,000 orders with 53,000 items, the last of them stuck. The same at every start.
create role orders_read nologin;
create role orders_write nologin;
create role orders_owner nologin;
alter schema public owner to orders_owner;
create schema shop authorization orders_owner;
set role orders_owner;

create table shop.customers (
    id integer primary key,
    name text not null,
    email text not null unique,
    country text not null,
    since date not null
);
create table shop.products (
    id integer primary key,
    name text not null,
    price_cents integer not null check (price_cents > 0),
    stock integer not null
);
create table shop.orders (
    id integer primary key,
    customer_id integer not null references shop.customers,
    state text not null check (state in ('new', 'paid', 'packed', 'shipped', 'delivered', 'returned')),
    placed_at timestamptz not null,
    queue_state text
);
create table shop.order_items (
    order_id integer not null references shop.orders,
    line integer not null,
    product_id integer not null references shop.products,
    quantity integer not null check (quantity > 0),
    primary key (order_id, line)
);

insert into shop.customers
select n, first || ' ' || last,
       lower(first) || '.' || lower(last) || n || '@' || mail,
       (array['SE', 'DE', 'GB', 'FR', 'NL', 'PL', 'ES', 'US'])[1 + n * 7 % 8],
       date '2019-01-01' + n * 11 % 2400
  from generate_series(1, 6000) n,
       lateral (select (array['Ada', 'Bruno', 'Chiara', 'David', 'Elif', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas', 'Klara',
                              'Liam', 'Mina', 'Noor', 'Oskar', 'Petra', 'Quinn', 'Rosa', 'Stefan', 'Tove', 'Uma', 'Viktor',
                              'Wanda', 'Yusuf', 'Zoe'])[1 + n * 13 % 25] as first,
                       (array['Andersson', 'Bauer', 'Costa', 'Dubois', 'Eriksen', 'Fischer', 'Garcia', 'Hansen', 'Ivanova',
                              'Jensen', 'Kowalski', 'Lindgren', 'Moreau', 'Novak', 'Olsen', 'Peeters', 'Rossi', 'Schmidt',
                              'Tanaka', 'Virtanen', 'Weber'])[1 + n * 17 % 21] as last,
                       (array['example.com', 'example.org', 'example.net'])[1 + n % 3] as mail) who;

insert into shop.products
select n, material || ' ' || thing, 490 + n * 379 % 19000, n * 53 % 400
  from generate_series(1, 240) n,
       lateral (select (array['Oak', 'Wool', 'Steel', 'Linen', 'Glass', 'Cork', 'Copper', 'Birch'])[1 + n % 8] as material,
                       (array['lamp', 'chair', 'kettle', 'blanket', 'shelf', 'mug', 'clock', 'basket', 'desk', 'tray',
                              'vase', 'stool', 'mirror', 'board', 'frame'])[1 + n / 8 % 15] as thing) what;

insert into shop.orders
select n, 1 + n * 7919 % 6000,
       case when n > 23960 then 'paid' when n > 23800 then 'packed' when n > 23200 then 'shipped'
            when n % 41 = 0 then 'returned' else 'delivered' end,
       now() - (24000 - n) * interval '11 minutes',
       case when n > 23960 then 'stuck: payment webhook was not acknowledged' end
  from generate_series(1, 24000) n;

insert into shop.order_items
select n, line, 1 + (n * 31 + line * 97) % 240, 1 + (n + line) % 3
  from generate_series(1, 24000) n, generate_series(1, 1 + n % 4) line
 where line <= 3 or n % 5 = 0;

create index on shop.orders (customer_id);
create index on shop.orders (state);
grant usage on schema shop to orders_read, orders_write;
grant select on all tables in schema shop to orders_read, orders_write;
grant insert, update, delete on all tables in schema shop to orders_write;
reset role;
-- Connect stays: a login with roles on single tables needs it.
do $$ begin
    execute format('revoke temporary on database %I from public', current_database());
    execute format('grant create on database %I to orders_owner', current_database());
end $$;
analyze;
