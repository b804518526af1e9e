"""Memory answers every question about many requests and grants as PostgreSQL does."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.holder import Named
from dbaccess.domain.lockdown import Lockdown, LockdownId
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.record_filter import Identities, RecordFilter
from dbaccess.domain.request import Request, RequestId
from dbaccess.domain.truncated_list import left_out
from dbaccess.ports import PendingFor, UnitOfWork
from tests.contract.storage.conftest import memory_store, sql_store
from tests.contract.storage.crowd import ACCOUNTS, PEOPLE, TARGETS, Crowd, write_extensions
from tests.databases import ControlDatabase
from tests.integration.storage import facts
from tests.integration.storage.facts import HOUR

pytestmark = pytest.mark.servers

CLUSTERS = ("main", "second")
FIRST = GrantId(0)
Answers = Iterator[tuple[str, Any]]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_memory_answers_as_postgresql_does(
    control_database: ControlDatabase, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    at = datetime.now(UTC)
    monkeypatch.setattr(facts, "now", lambda: at)
    with ExitStack() as stack:
        stores = [memory_store(), stack.enter_context(sql_store(control_database))]
        for store in stores:
            lease = stack.enter_context(store.leases.hold())
            Crowd(store, number=number, at=at, lease=lease).write()
            write_extensions(store, at=at)
        memory, sql = (stack.enter_context(store.worker()) for store in stores)
        for (name, ours), (_, theirs) in zip(answers(memory, at), answers(sql, at), strict=True):
            assert _plain(ours) == _plain(theirs), name


def answers(uow: UnitOfWork, at: datetime) -> Answers:
    """Yield each question of the operations, with its answer."""
    yield from _of_requests(uow)
    yield from _of_break_glass_reviews(uow)
    yield from _of_grants(uow)
    yield from _of_places(uow)
    yield "involved", uow.directory.involved([SlackId("UP0"), SlackId("UP5"), SlackId("UNOBODY")])
    for hours in range(-4, 6):
        moment = at + hours * HOUR
        asked = (_of_requests_at, _of_grants_at, _of_records_at)
        for name, answer in (each for of in asked for each in of(uow, moment)):
            yield f"{name} at {hours} h", answer


def _of_requests(uow: UnitOfWork) -> Answers:
    yield "recent", uow.requests.recent(limit=99)
    yield "ids", (uow.requests.ids(limit=99), uow.grants.ids(limit=99))
    held = RecordFilter(target=TARGETS[0])
    yield "ids on a target", (uow.requests.ids(limit=3, only=held), uow.grants.ids(limit=3, only=held))
    yield "recent of a state", uow.requests.recent(limit=3, only=RecordFilter(state="withdrawn"))
    yield "recent of a kind", uow.requests.recent(limit=9, only=RecordFilter(kind="extension"))
    yield "pending", uow.requests.pending_ids(after=RequestId(1010), limit=5)
    yield "readable", uow.requests.readable([RequestId(1003), RequestId(1001), RequestId(7)])
    for groups in (["dba"], []):
        reviewer = PendingFor(PersonId(PEOPLE[1]), _accounts(0, 1), groups)
        yield "pending count for groups", uow.requests.count_pending_for(reviewer, uow.now)
        page = uow.requests.pending_for(reviewer, uow.now, limit=2)
        yield "pending for groups", page
        yield "pending after those", uow.requests.pending_for(reviewer, uow.now, after=page.last, limit=9)
    yield "pending of", uow.requests.pending_of(_accounts(0, 3))
    yield "about", uow.requests.about([grant.id for grant in uow.grants.open()])
    yield "of grant", [uow.requests.of_grant(grant.id) for grant in uow.grants.open()]
    yield "pending count", uow.requests.count_pending()
    for back in (1, 3, 50):
        yield f"asked {back} back", uow.requests.asked_at(_accounts(0, 1), back=back)


def _of_break_glass_reviews(uow: UnitOfWork) -> Answers:
    reviews = uow.break_glass_reviews
    yield "reviews pending", reviews.pending()
    for name in PEOPLE[:3]:
        yield "reviews of a name", reviews.pending_of([], name=PersonId(name))
    yield "reviews of accounts", reviews.pending_of(_accounts(0, 1))
    for groups in (["dba", "owners"], ["owners"], []):
        yield "reviews for groups", reviews.pending_for(groups)
    yield "recent reviews", reviews.recent(limit=9)
    yield "recent closed reviews", reviews.recent(limit=9, only=RecordFilter(state="justified"))
    yield "closed untold", reviews.closed_untold(limit=9)


def _of_records_at(uow: UnitOfWork, at: datetime) -> Answers:
    who = Identities(persons=frozenset([PersonId(PEOPLE[1])]), accounts=frozenset(_accounts(3, 4)))
    filters = [
        RecordFilter(since=at),
        RecordFilter(until=at, rule="prod-read"),
        RecordFilter(since=at - HOUR, until=at + HOUR, target=TARGETS[0]),
        RecordFilter(who=who),
        RecordFilter(before=1006),
    ]
    for number, only in enumerate(filters):
        yield f"requests of filter {number}", uow.requests.recent(limit=99, only=only)
        yield f"grants of filter {number}", uow.grants.recent(limit=99, only=only)
        yield f"reviews of filter {number}", uow.break_glass_reviews.recent(limit=99, only=only)
    yield "requesters", sorted(uow.requests.requesters(who))
    everyone = Identities(persons=frozenset(map(PersonId, PEOPLE)), accounts=frozenset())
    for several in (who, everyone):
        yield "reviewers", sorted(uow.reviews.reviewers(several))
        yield "reviewers of break-glasses", sorted(uow.break_glass_reviews.reviewers(several))
    yield "holders by login", sorted(uow.grants.holders_by_login("jit_acme_maya_7f3a"))
    yield "names", uow.directory.names(_accounts(0, 3))
    yield "guests", uow.directory.guests(_accounts(0, 3))
    yield "named", sorted(uow.directory.accounts_named("MAYA"))
    asked = [request.id for request in _all_requests(uow)]
    yield "reviews of all", list(uow.break_glass_reviews.of_all(asked).values())


def _of_requests_at(uow: UnitOfWork, at: datetime) -> Answers:
    yield "pending reviews", uow.break_glass_reviews.count_pending(at)
    yield "overdue reviews", uow.break_glass_reviews.overdue(at, limit=9)
    yield "lapse", uow.requests.due_to_lapse(at, limit=5)
    yield "extensions due", uow.extensions.due(at, limit=9)


def _of_grants(uow: UnitOfWork) -> Answers:
    yield "open", uow.grants.open()
    yield "recent", uow.grants.recent(limit=99)
    yield "recent ended", uow.grants.recent(limit=4, only=RecordFilter(state="ended"))
    yield "counts", uow.grants.counts()
    yield "failing", uow.grants.failing()
    yield "written off", uow.grants.written_off()
    yield "roles held", sorted(uow.grants.roles_held())
    yield "next end", uow.grants.next_end()
    yield "open of", uow.grants.open_of(_accounts(1, 4))
    yield "ended of", uow.grants.ended_of(_accounts(0, 6), limit=4)
    yield "get all", uow.grants.get_all([GrantId(1004), GrantId(1002), GrantId(3)])
    yield "of request", [uow.grants.of_request(request.id) for request in _all_requests(uow)]
    yield "unsettled", uow.extensions.unsettled(_ids(uow.grants.open()))
    yield "extensions", [uow.extensions.of(grant_id) for grant_id in _ids(uow.grants.open())]
    for accounts in (_accounts(0, 1), _accounts(2, 5)):
        yield "active by", uow.grants.active(by=accounts, after=FIRST, limit=3)
    pairs = [("target-0", "role-1"), ("target-1", "role-9"), ("orders-prod", "extended")]
    yield "active of", uow.grants.active(of=pairs, after=FIRST, limit=9)
    yield (
        "unknown",
        uow.grants.unknown(
            [(GrantId(1001), "jit_acme_maya_7f3a"), (GrantId(1002), "other"), (None, "third")]
        ),
    )
    for groups in (None, [], ["dba"], ["owners"]):
        for others_only in (True, False):
            yield (
                f"revocable {groups} {others_only}",
                _counted(uow.grants.revocable(groups, _accounts(0, 2), others_only=others_only, limit=5)),
            )
    of = Named(accounts=frozenset(_accounts(1, 3)), targets=frozenset(TARGETS[:1]))
    for groups in (None, ["dba"]):
        found = uow.grants.revocable(groups, _accounts(0, 2), others_only=False, limit=2, of=of)
        yield f"revocable of some {groups}", _counted(found)
    yield "holders", sorted(uow.grants.holders(), key=astuple)


def _of_places(uow: UnitOfWork) -> Answers:
    for cluster in CLUSTERS:
        yield "open on", uow.grants.open_on_cluster(cluster)
        yield (
            "logins given",
            uow.grants.logins_given(cluster, ["jit_acme_maya_7f3a", "jit_stranger"]),
        )
        yield "given on", sorted(uow.grants.given_on(cluster), key=lambda g: g.grant_id)
        for but in (None, GrantState.REVOKING):
            yield "open with", uow.grants.open_with(cluster, ["jit_acme_maya_7f3a"], but=but)
    for target in (None, *TARGETS):
        for person in (None, PEOPLE[0], ACCOUNTS[1]):
            yield (
                "held",
                uow.grants.held(target=target, person=person),
            )
        yield "open on", uow.lockdowns.count_open(target)
        yield (
            "on target",
            _counted(uow.grants.open_on_target("main", str(target), limit=2)),
        )


def _of_grants_at(uow: UnitOfWork, at: datetime) -> Answers:
    yield "overdue since", uow.grants.overdue_since(at)
    yield "overdue", uow.grants.overdue(at, limit=9)
    untold = MessageKind.OVERDUE
    yield "overdue untold", uow.grants.overdue(at, untold=untold, but=["target-1"], limit=9)
    yield "overdue by target", sorted(uow.grants.overdue_by_target(at), key=lambda o: o.target)
    yield "provision", uow.grants.due_to_provision(at, limit=9)
    yield "late by cluster", uow.grants.late_by_cluster(at)
    yield "clusters", sorted(uow.grants.clusters_due(at))
    yield "free", [uow.grants.is_free(grant, at) for grant in uow.grants.open()]
    near = uow.grants.to_remind(after=at - HOUR, until=at + HOUR, longer_than=timedelta(minutes=5), limit=99)
    yield "remind", sorted(near)
    for number in range(4):
        yield "many wait", uow.grants.many_wait(at, since=at - HOUR, more_than=number)
    for cluster in CLUSTERS:
        for begun in (None, True, False):
            yield (
                f"to end on {cluster}, begun: {begun}",
                uow.grants.due_to_end(cluster, at, limit=5, begun=begun),
            )
        yield "only", uow.grants.due_to_end(cluster, at, limit=9, only=[GrantId(1003)])
        yield "late", uow.grants.late(cluster, at, after=GrantId(1002), limit=4)
        yield "to cut off", uow.grants.to_cut_off(cluster, at)
        yield "oldest overdue", uow.grants.oldest_overdue(cluster, at)
    for target in (None, "target-1"):
        for lifted_at in (None, at):
            lockdown = _lockdown(target, at, lifted_at)
            yield "progress", uow.lockdowns.progress(lockdown)
            for spare in (True, False):
                yield (
                    "lock down",
                    uow.grants.to_lock_down(lockdown, spare_break_glass=spare, limit=9),
                )


def _lockdown(target: str | None, at: datetime, lifted_at: datetime | None) -> Lockdown:
    return Lockdown(
        id=LockdownId(1),
        target=target,
        reason="x",
        declared_by="ann",
        declared_slack_id=None,
        declared_at=at,
        lifted_at=lifted_at,
    )


def _accounts(first: int, last: int) -> list[SlackId]:
    return [SlackId(account) for account in ACCOUNTS[first:last]]


def _all_requests(uow: UnitOfWork) -> list[Request]:
    return uow.requests.recent(limit=99)


def _ids(grants: list[Grant]) -> list[GrantId]:
    return [grant.id for grant in grants]


def _counted(grants: Any) -> tuple[list[Any], int]:
    return _plain(list(grants)), left_out(grants)


def _plain(answer: Any) -> Any:
    """Without what differs from store to store: names of leases, and when the store wrote something."""
    if isinstance(answer, list | tuple) and not hasattr(answer, "_fields"):
        return [_plain(one) for one in answer]
    if isinstance(answer, Grant):
        lease = "live" if answer.lease_id not in {None, "0"} else answer.lease_id
        return replace(answer, lease_id=lease, activated_at=None), answer.progress
    if isinstance(answer, Request):
        return replace(answer, decided_at=None)
    if isinstance(answer, BreakGlassReview):
        return replace(answer, request=_plain(answer.request))
    return answer


def test_crowd_has_grants_in_every_state() -> None:
    for number in (1, 2, 3):
        Crowd(store := memory_store(), number=number, at=datetime.now(UTC), lease="1").write()
        with store.worker() as uow:
            assert {grant.state for grant in uow.grants.recent(limit=99)} == set(GrantState)
