-- One lock for every change that this installation makes to the roles of this cluster ("dbaccess" in ASCII).
-- Only the worker's login may connect to the database it is taken in.
select pg_advisory_xact_lock(7233451031007687539)
