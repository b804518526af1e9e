-- The names are looked up, so that a database without them raises nothing.
select current_setting('logging_collector')::boolean,
       string_to_array(replace(current_setting('log_destination'), ' ', ''), ','),
       current_setting('log_statement'),
       current_setting('lc_messages'),
       coalesce(has_schema_privilege(to_regnamespace('dbaccess_log'), 'usage')
            and has_function_privilege(to_regprocedure('dbaccess_log.files()'), 'execute')
            and has_function_privilege(to_regprocedure('dbaccess_log.read(text, bigint, integer)'), 'execute'), false)
