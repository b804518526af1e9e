-- Whether this server takes no change: it is a standby, or read-only although this session is not.
select pg_is_in_recovery(), current_setting('transaction_read_only')::bool
