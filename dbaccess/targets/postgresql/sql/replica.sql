-- Whether this server replays another, whether the replay is paused, and whether sessions can be seen and
-- terminated here.
select pg_is_in_recovery(),
       case when pg_is_in_recovery() then pg_is_wal_replay_paused() end,
       pg_has_role(current_user, 'pg_signal_backend', 'USAGE')
       and pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
