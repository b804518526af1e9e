select name from unnest(%s::text[]) name where has_parameter_privilege(current_user, name, 'SET')
