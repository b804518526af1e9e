-- Dynamic SQL in a constant block: log_statement and pg_stat_activity see the block, not the verifier.
-- pg_stat_statements may see inside it: hide_values.sql.
-- An error keeps its code and loses its context, which would quote the statement.
do $dbaccess$
begin
  execute format('alter role %I password %L',
                 current_setting('dbaccess.login'), current_setting('dbaccess.verifier'));
exception when others then
  raise exception using errcode = sqlstate, message = 'the password was not set';
end
$dbaccess$
