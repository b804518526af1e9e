select set_config('dbaccess.ends', {}, true), set_config('dbaccess.failed', '{{}}', true)
