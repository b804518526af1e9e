-- Without this right the rows of others have neither kind nor address, and sessions would count as none.
select pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
