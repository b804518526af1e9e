select system_identifier::text, clock_timestamp() from pg_control_system()
