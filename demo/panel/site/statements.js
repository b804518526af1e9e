// Ready-made statements for each database: what a holder would look for, and what they should not get.

export const STATEMENTS = {
  orders: [
    ["Stuck orders", "select id, customer_id, placed_at::timestamp(0), queue_state\n  from shop.orders\n where queue_state is not null\n order by placed_at limit 8;"],
    ["Their customers", "select o.id, c.name, c.email, c.country\n  from shop.orders o join shop.customers c on c.id = o.customer_id\n where o.queue_state is not null limit 8;"],
    ["Products", "select id, name, price_cents, stock\n  from shop.products order by stock limit 8;"],
    ["Orders by state", "select state, count(*) from shop.orders group by state order by 2 desc;"],
    ["Try to change one", "update shop.orders set state = 'shipped' where queue_state is not null;"],
    ["Try to make a table", "create table shop.notes (text text);"],
    ["Who am I", "select current_user, rolvaliduntil as until from pg_roles where rolname = current_user;"],
  ],
  billing: [
    ["Overdue invoices", "select id, customer_email, amount_cents, due_at\n  from billing.invoices where state = 'overdue'\n order by due_at limit 8;"],
    ["Paid by method", "select method, count(*), sum(amount_cents) / 100 as total\n  from billing.payments group by method;"],
    ["Try to change one", "update billing.invoices set state = 'paid' where state = 'overdue';"],
    ["Who am I", "select current_user, rolvaliduntil as until from pg_roles where rolname = current_user;"],
  ],
};
