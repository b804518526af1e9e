select case when has_parameter_privilege('log_parameter_max_length', 'SET')
            then set_config('log_parameter_max_length', '0', true) end
