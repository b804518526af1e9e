select pg_has_role(current_user, 'pg_signal_backend', 'USAGE'),
       pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'),
       pg_has_role(current_user, 'pg_execute_server_program', 'MEMBER')
       or pg_has_role(current_user, 'pg_read_server_files', 'MEMBER')
       or pg_has_role(current_user, 'pg_write_server_files', 'MEMBER')
       or pg_has_role(current_user, 'pg_read_all_data', 'MEMBER')
       or pg_has_role(current_user, 'pg_write_all_data', 'MEMBER')
