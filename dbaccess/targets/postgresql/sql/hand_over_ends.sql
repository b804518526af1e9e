select set_config('dbaccess.ends', %s, true), set_config('dbaccess.failed', '{}', true)
