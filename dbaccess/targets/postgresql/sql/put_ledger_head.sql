-- Never back, except by an operator's decision: two workers may write at once.
insert into dbaccess.ledger_head as kept (one_row, seq, hash) values (true, %s, %s)
    on conflict (one_row) do update set seq = excluded.seq, hash = excluded.hash
    where kept.seq < excluded.seq or %s
