"""Requests, reviews and grants come back as they were given, and what is due is found."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.errors import AlreadyOpen, AlreadyReviewed, NotFound
from dbaccess.domain.events import EventKind
from dbaccess.domain.grant import EndCause, Grant, GrantId, GrantState
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.people import SlackId
from dbaccess.domain.receipt import PRIMARY, Receipt, RoleSeen, RoleState, SessionsSeen
from dbaccess.domain.record_filter import RecordFilter
from dbaccess.domain.request import RequestId, RequestState
from dbaccess.ports import Leases, UnitOfWork, UnitOfWorkFactory
from tests.integration.storage.facts import (
    HOUR,
    T0,
    active,
    approve,
    extension,
    granted,
    now,
    posted,
    recipe,
    request,
    review,
    submitted,
    terms,
)

RECEIPT = Receipt(
    seen_at=T0 + HOUR,
    roles=(RoleSeen(name="orders_read", identity="16400", state=RoleState.REMOVED),),
    login_removed=True,
    sessions=(SessionsSeen(server=PRIMARY, closed=1, left=0),),
    handed_over=("shop.made",),
)


def test_requests_of_accounts_are_counted_by_target_and_role(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    held = active(bot, worker, expires_at=now() + HOUR)
    last = submitted(bot)
    submitted(bot, extension(held))
    submitted(bot, terms("tom", "write"))
    with bot() as uow:
        maya, tom = SlackId("UMAYA"), SlackId("UTOM")
        asked = uow.requests.asked_since([maya, tom], since=T0)
        read = asked[maya, last.terms.target, "read"]
        assert (read.times, read.approved, read.last_at) == (2, 1, last.submitted_at)
        write = asked[tom, last.terms.target, "write"]
        assert (write.times, write.approved) == (1, 0)
        assert len(asked) == 2
        assert uow.requests.asked_since([tom], since=now() + HOUR) == {}
        assert uow.requests.asked_since([SlackId("UEVE")], since=T0) == {}


def test_request_comes_back_as_given_with_ids_from_1001(bot: UnitOfWorkFactory) -> None:
    asked = replace(terms(), reason='"quoted" \\ Zoë \n second line', approvals=(("dba", 1), ("owners", 2)))
    added = submitted(bot, asked)
    given = replace(request(asked), submitted_at=added.submitted_at, decide_by=added.decide_by)
    assert added == replace(given, id=RequestId(1001))
    assert added.terms.fingerprint == added.fingerprint
    with bot() as uow:
        assert uow.requests.get(added.id) == uow.requests.lock(added.id) == added


def test_unknown_ids_are_not_found(bot: UnitOfWorkFactory) -> None:
    with bot() as uow:
        for look in (uow.requests.get, uow.requests.lock):
            with pytest.raises(NotFound, match="R-7"):
                look(RequestId(7))
        for find in (uow.grants.get, uow.grants.lock):
            with pytest.raises(NotFound, match="G-7"):
                find(GrantId(7))
        assert uow.grants.of_request(RequestId(7)) is None


def test_one_pending_request_a_person_target_and_role(bot: UnitOfWorkFactory) -> None:
    first = submitted(bot)
    with bot() as uow:
        with pytest.raises(AlreadyOpen, match=f"R-{first.id} for this is still open"):
            uow.requests.add(request())
        uow.requests.add(request(terms(role="write")))
        uow.requests.add(request(terms("tom")))
        uow.requests.save(advance(first, EventKind.REQUEST_WITHDRAWN, decided_at=uow.now))
        uow.requests.add(request())
        waiting = uow.requests.pending_ids(after=RequestId(0), limit=9)
        assert [r.requester for r in uow.requests.readable(waiting)] == ["maya", "tom", "maya"]
        assert uow.requests.pending_ids(after=waiting[0], limit=1) == [waiting[1]]
        assert [r.terms.role for r in uow.requests.pending_of([SlackId("UMAYA")])] == ["write", "read"]
        assert [r.id for r in uow.requests.recent(limit=2)] > [first.id, first.id]
        assert [r.id for r in uow.requests.recent(limit=9, only=RecordFilter(state="withdrawn"))] == [
            first.id
        ]


def test_requests_due_to_lapse_are_locked_and_left_to_who_has_them(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    start = now()
    with bot() as uow:
        due = [uow.requests.add(request(terms(f"p{n}"), decide_by=start + n * HOUR)).id for n in range(1, 5)]
        uow.commit()
    later = start + 3 * HOUR
    with worker() as one, worker() as two:
        assert [r.id for r in one.requests.due_to_lapse(later, limit=2)] == due[:2]
        assert [r.id for r in two.requests.due_to_lapse(later, limit=2)] == [due[2]]
        lapsed = advance(one.requests.get(due[0]), EventKind.REQUEST_LAPSED, decided_at=later)
        one.requests.save(lapsed)
        assert one.requests.get(due[0]).state is RequestState.LAPSED
        one.commit()


def test_reviews_come_in_order_and_once_a_person(bot: UnitOfWorkFactory) -> None:
    pending = submitted(bot)
    with bot() as uow:
        added = [uow.reviews.add(review(pending, name)) for name in ("priya", "tom")]
        assert uow.reviews.of(pending.id) == added
        assert added[0] == replace(
            review(pending),
            id=added[0].id,
            reviewed_at=added[0].reviewed_at,
            membership_read_at=added[0].membership_read_at,
        )
        with pytest.raises(AlreadyReviewed):
            uow.reviews.add(review(pending))


def test_grant_is_made_in_the_transaction_that_approves(bot: UnitOfWorkFactory) -> None:
    pending = submitted(bot)
    with bot() as uow:
        made = approve(uow, pending)
        assert made.id == 1001
        assert uow.grants.of_request(pending.id) == made
        assert uow.grants.open() == uow.grants.open_of([SlackId("UMAYA")]) == [made]
        assert uow.grants.open_on_cluster("main") == [made]
        assert uow.grants.open_on_cluster("other") == []
        uow.commit()


def test_grant_lives_from_provisioning_to_its_receipt(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    made = granted(bot)
    posted(worker, made.request_id)
    with worker() as uow:
        started = advance(
            uow.grants.lock(made.id),
            EventKind.GRANT_PROVISION_STARTED,
            recipe=recipe(made),
            expires_at=uow.now + made.duration,
            lease_id="lease",
            lease_until=uow.now + HOUR,
            attempts=1,
        )
        _saved(uow, started)
        live = advance(
            started,
            EventKind.GRANT_ACTIVATED,
            recipe=replace(recipe(made), login_identity="4294967295"),
            activated_at=uow.now,
            lease_id=None,
            lease_until=None,
        )
        _saved(uow, live)
        uow.commit()
    with bot() as uow:  # the bot writes few columns, and so few are written
        leaving = advance(
            uow.grants.lock(made.id),
            EventKind.GRANT_REVOKED,
            revoking_at=uow.now,
            end_cause=EndCause.REVOKED,
            ended_by="priya",
            end_note="Enough.",
            attempts=0,
            next_attempt_at=uow.now,
        )
        _saved(uow, leaving)
        uow.commit()
    with worker() as uow:
        ended = advance(
            leaving, EventKind.GRANT_ENDED, ended_at=uow.now, receipt=RECEIPT, next_attempt_at=None
        )
        _saved(uow, ended)
        assert uow.grants.open() == []
        assert (
            uow.grants.recent(limit=5, only=RecordFilter(state="ended"))
            == uow.grants.recent(limit=5)
            == [ended]
        )


def _saved(uow: UnitOfWork, grant: Grant) -> None:
    uow.grants.save(grant)
    assert uow.grants.get(grant.id) == grant


def test_grants_due_to_end_are_found_by_cluster_and_locked(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    late, later = (active(bot, worker, expires_at=T0 + n * HOUR, asked=terms(f"p{n}")).id for n in (1, 2))
    other = active(bot, worker, expires_at=T0 + HOUR, asked=replace(terms("pat"), cluster="second")).id
    with worker() as one, worker() as two:
        assert one.grants.next_end().due_at == T0 + HOUR
        assert one.grants.clusters_due(T0) == []
        assert sorted(one.grants.clusters_due(T0 + HOUR)) == ["main", "second"]
        assert [g.id for g in one.grants.due_to_end("main", T0 + HOUR, limit=9)] == [late]
        assert [g.id for g in two.grants.due_to_end("main", T0 + 2 * HOUR, limit=9)] == [later]
        assert [g.id for g in two.grants.due_to_end("second", T0 + HOUR, limit=9)] == [other]
        assert one.grants.due_to_end("main", T0 + 2 * HOUR, limit=9)[0].state is GrantState.ACTIVE


def test_revoking_grant_is_due_with_its_attempt_unless_leased(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, leases: Leases
) -> None:
    made = active(bot, worker, expires_at=T0 + 9 * HOUR)
    with leases.hold() as lease, worker() as uow:
        leaving = advance(
            made,
            EventKind.GRANT_INVALIDATED,
            revoking_at=T0,
            end_cause=EndCause.INVALIDATED,
            next_attempt_at=T0 + HOUR,
        )
        uow.grants.save(leaving)

        def due(at: timedelta) -> bool:
            found = uow.grants.due_to_end("main", T0 + at, limit=9)
            assert bool(found) == (uow.grants.clusters_due(T0 + at) == ["main"])
            return bool(found)

        assert (due(HOUR / 2), due(HOUR), uow.grants.next_end().due_at) == (False, True, T0 + HOUR)
        uow.grants.save(replace(leaving, attempts=1, lease_id=lease, lease_until=T0 + 3 * HOUR))
        assert (due(2 * HOUR), due(3 * HOUR), uow.grants.next_end().due_at) == (False, True, T0 + 3 * HOUR)
        uow.grants.save(replace(leaving, next_attempt_at=None))
        assert due(timedelta(0)), "a grant that is to end is never forgotten"


def test_provisioning_grant_is_due_with_its_attempt_unless_leased(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, leases: Leases
) -> None:
    made = granted(bot)
    at = made.created_at
    with leases.hold() as lease, worker() as uow:
        assert uow.grants.next_end().due_at is None, "nothing of it is to end"
        assert uow.grants.due_to_provision(at - HOUR, limit=9) == []
        assert uow.grants.due_to_provision(at, limit=9) == [made.id]
        uow.grants.save(replace(made, lease_id=lease, lease_until=at + HOUR))
        assert uow.grants.due_to_provision(at, limit=9) == []
        assert uow.grants.due_to_provision(at + HOUR, limit=9) == [made.id]


def test_nothing_is_due_where_nothing_is_open(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        assert uow.grants.next_end().due_at is None
        assert uow.grants.clusters_due(T0) == []
