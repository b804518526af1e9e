-- Until the end of this transaction, as far as the worker may: the log keeps no bound values.
-- pg_stat_statements, which with track = all stores statements inside a block, stores none of this kind.
select case when has_parameter_privilege('log_parameter_max_length', 'SET')
            then set_config('log_parameter_max_length', '0', true) end,
       case when has_parameter_privilege('pg_stat_statements.track_utility', 'SET')
            then set_config('pg_stat_statements.track_utility', 'off', true) end
