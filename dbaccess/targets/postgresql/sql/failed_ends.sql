select current_setting('dbaccess.failed')
