-- The session that only holds the lock sends nothing while another works: the server frees the lock after this time.
select set_config('idle_in_transaction_session_timeout', %s::text, true)
