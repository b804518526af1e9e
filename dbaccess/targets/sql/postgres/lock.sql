-- One lock for every change that any installation makes to the roles of this cluster ("dbaccess" in ASCII).
select pg_advisory_xact_lock(7233451031007687539)
