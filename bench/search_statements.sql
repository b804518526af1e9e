-- So many statements under each grant. One in a hundred has the word refunds, one in a thousand chargeback, and
-- one grant alone has walrus.
insert into activity_statements (cluster, session_id, line_num, grant_id, at, login, database, client, kind, text, reads,
                                 writes, tables, is_parsed, is_nested, bind_values)
select 'main', 's' || g.id, k, g.id, g.begun_at + k * interval '80 seconds', g.recipe ->> 'login', 'orders', '10.0.0.7',
       'read',
       'select o.id, o.total, o.state from shop.table_' || k || ' o where o.customer_id = ' || (g.id * 17 + k) %% 1000003
           || ' and o.state = ''paid'' order by o.id'
           || case when n %% 100 = 0 then ' /* refunds */' else '' end
           || case when n %% 1000 = 0 then ' /* chargeback */' else '' end
           || case when g.id = %(grants)s / 3 then ' /* walrus */' else '' end,
       array['shop.table_' || k], '{}', array['*.table_' || k, 'shop.table_' || k], true, false, '{}'
  from grants g, generate_series(1, %(each)s) k, lateral (select g.id * %(each)s + k as n) numbered
 where g.id between %(first)s and %(last)s
