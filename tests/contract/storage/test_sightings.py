"""The last look at the sessions of a grant, and which grants are quiet."""

from dataclasses import replace
from datetime import timedelta

from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.use import WATCHED, Sighting
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
        assert list(uow.grants.active_recipes("main", after=GrantId(0), limit=9).items()) == [
            (one.id, one.recipe) for one in (grant, over)
        ]
        assert uow.grants.active_recipes("main", after=over.id, limit=9) == {}
        assert uow.grants.active_recipes("other", after=GrantId(0), limit=9) == {}
        uow.commit()
    end(worker, over)
    with worker() as uow:
        assert uow.sightings.quiet(since=T0, after=GrantId(0), limit=9) == [mine]
        assert uow.sightings.of([over.id]) == {over.id: other}


def test_look_without_a_session_moves_only_the_time_of_a_grant_that_was_quiet(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, grant: Grant
) -> None:
    of_tom = active(bot, worker, expires_at=now() + HOUR, asked=terms("tom", "write"), login="jit_tom")
    of_ann = active(bot, worker, expires_at=now() + HOUR, asked=terms("ann", "write"), login="jit_ann")
    quiet = Sighting(grant_id=grant.id, looked_at=T0, sessions=0, quiet_since=T0, offered_at=T0)
    busy = Sighting(
        grant_id=of_tom.id, looked_at=T0, sessions=1, first_seen_at=T0, last_seen_at=T0, clients=("a",)
    )
    all_three = [grant.id, of_tom.id, of_ann.id]
    with worker() as uow:
        uow.sightings.put_all([quiet, busy])
        assert uow.sightings.keep_quiet([], now=T0 + WATCHED) == set()
        assert uow.sightings.keep_quiet(all_three, now=T0 + WATCHED) == {grant.id}
        moved = replace(quiet, looked_at=T0 + WATCHED)
        assert uow.sightings.of(all_three) == {grant.id: moved, of_tom.id: busy}
        assert uow.sightings.keep_quiet(all_three, now=moved.looked_at + WATCHED + SECOND) == set()
        assert uow.sightings.of([grant.id]) == {grant.id: moved}
