-- Bound values, so that no statement's text holds them. The parameter keeps them out of the log's details
-- too.
select set_config('dbaccess.login', %s, true), set_config('dbaccess.verifier', %s, true)
