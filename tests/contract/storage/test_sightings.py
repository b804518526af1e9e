"""The last look at the sessions of a grant, and which grants are quiet."""

from dataclasses import replace
from datetime import timedelta

from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.use import Sighting
from dbaccess.ports import UnitOfWorkFactory
from tests.contract.storage.ended import end
from tests.integration.storage.facts import HOUR, T0, active, now, terms

SECOND = timedelta(seconds=1)


def test_last_look_at_sessions_replaces_the_one_before(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, grant: Grant
) -> None:
    of_tom = active(bot, worker, expires_at=now() + HOUR, asked=terms("tom", "write"), login="jit_tom")
    quiet = Sighting(grant_id=grant.id, looked_at=T0, sessions=0, quiet_since=T0)
    busy = Sighting(
        grant_id=of_tom.id,
        looked_at=T0,
        sessions=2,
        clients=("10.0.0.7", "[local]"),
        first_seen_at=T0,
        last_seen_at=T0 + SECOND,
    )
    with worker() as uow:
        uow.sightings.put_all([])
        uow.sightings.put_all([busy, quiet])
        quiet = replace(quiet, looked_at=T0 + SECOND, offered_at=T0)
        uow.sightings.put_all([quiet])
        uow.commit()
    with bot() as uow:
        assert uow.sightings.of([grant.id, of_tom.id, GrantId(99_999)]) == {
            grant.id: quiet,
            of_tom.id: busy,
        }
        assert uow.sightings.of([]) == {}


def test_quiet_are_active_grants_without_a_session_since_then(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, grant: Grant
) -> None:
    over = active(bot, worker, expires_at=now() + HOUR, asked=terms("tom", "write"), login="jit_tom")
    mine, other = (
        Sighting(grant_id=one.id, looked_at=T0, sessions=0, quiet_since=T0) for one in (grant, over)
    )
    with worker() as uow:
        uow.sightings.put_all([mine, other])
        assert uow.sightings.of([grant.id], lock=True) == {grant.id: mine}
        assert uow.sightings.quiet(since=T0 - SECOND, after=GrantId(0), limit=9) == []
        assert uow.sightings.quiet(since=T0, after=GrantId(0), limit=9) == [mine, other]
        assert uow.sightings.quiet(since=T0, after=GrantId(0), limit=1) == [mine]
        assert uow.sightings.quiet(since=T0, after=grant.id, limit=9) == [other]
        assert [one.id for one in uow.grants.active_on_cluster("main", after=GrantId(0), limit=9)] == [
            grant.id,
            over.id,
        ]
        assert uow.grants.active_on_cluster("main", after=over.id, limit=9) == []
        assert uow.grants.active_on_cluster("other", after=GrantId(0), limit=9) == []
        uow.commit()
    end(worker, over)
    with worker() as uow:
        assert uow.sightings.quiet(since=T0, after=GrantId(0), limit=9) == [mine]
        assert uow.sightings.of([over.id]) == {over.id: other}
