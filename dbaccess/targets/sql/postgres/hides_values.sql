select has_parameter_privilege(current_user, 'log_parameter_max_length', 'SET')
