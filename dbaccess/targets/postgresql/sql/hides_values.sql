-- pg_settings shows a library's parameter only where the library is loaded.
select has_parameter_privilege(current_user, 'log_parameter_max_length', 'SET'),
       has_parameter_privilege(current_user, 'pg_stat_statements.track_utility', 'SET'),
       exists (select from pg_settings where name = 'pg_stat_statements.track_utility')
