-- The session that only holds the lock sends nothing while another works.
select set_config('idle_in_transaction_session_timeout', %s::text, true)
