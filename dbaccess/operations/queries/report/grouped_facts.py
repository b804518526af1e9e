"""The grants and the requests of a period, each with all that the ledger says of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from dbaccess.domain.activity_summary import Mismatch
from dbaccess.domain.events import EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.people import SlackId
from dbaccess.domain.reach import UNREAD
from dbaccess.domain.record_filter import RecordFilter
from dbaccess.domain.recorded_facts import Fact, GrantFacts, People, RequestFacts, accounts_in
from dbaccess.domain.request import RequestId, RequestState
from dbaccess.operations.queries.report.facts import Facts, LoadedPolicies
from dbaccess.ports import UnitOfWork

PAGE: Final = 200
"""Grants, or requests, that are in memory at once."""

TABLES_SHOWN: Final = 20
"""The tables of a grant's reach that a row lists; it counts the others."""

MARGIN: Final = timedelta(hours=1)
"""A row and its entry are dated by two clocks: the begin of a transaction, and its commit."""

WITHOUT_ACCESS: Final = (
    RequestState.DENIED,
    RequestState.LAPSED,
    RequestState.STALE,
    RequestState.WITHDRAWN,
    RequestState.PENDING,
)


def grant_facts(
    uow: UnitOfWork, facts: Facts, only: RecordFilter, policies: LoadedPolicies
) -> Iterator[GrantFacts]:
    """Yield the grants that may have been held in the time of the filter, the newest first.

    A margin around that time is included: the entries say exactly when a grant was held.
    """
    page = _widened(only)
    while ids := uow.grants.ids(limit=PAGE, only=page):
        yield from facts_of_grants(uow, facts, ids, policies)
        page = replace(page, before=ids[-1])


def request_facts(uow: UnitOfWork, facts: Facts, only: RecordFilter) -> Iterator[RequestFacts]:
    """Yield the requests that gave no access, state by state, the newest first."""
    for state in WITHOUT_ACCESS:
        page = replace(_widened(only), state=state)
        while ids := uow.requests.ids(limit=PAGE, only=page):
            about = _by(facts.about(requests=ids), "request")
            people = people_in(uow, [fact for several in about.values() for fact in several])
            for one in ids:
                yield RequestFacts(request_id=one, facts=tuple(about[one]), people=people)
            page = replace(page, before=ids[-1])


def people_in(uow: UnitOfWork, facts: Iterable[Fact]) -> People:
    """Return the people whom these facts name."""
    accounts = [SlackId(account) for account in sorted(accounts_in(facts))]
    return People(names=uow.directory.names(accounts), guests=uow.directory.guests(accounts))


def _widened(only: RecordFilter) -> RecordFilter:
    since = only.since - MARGIN if only.since else None
    until = only.until + MARGIN if only.until else None
    return replace(only, since=since, until=until, before=None)


def facts_of_grants(
    uow: UnitOfWork, facts: Facts, ids: Sequence[GrantId], policies: LoadedPolicies
) -> Iterator[GrantFacts]:
    """Yield the facts of these grants, in their order."""
    of_grants = _by(facts.about(grants=ids), "grant")
    asked = {one: _request_of(of_grants[one]) for one in ids}
    later = uow.requests.about(ids)
    known = [fact for several in of_grants.values() for fact in several]
    requests = [*filter(None, asked.values()), *later]
    of_requests = _by([*known, *facts.about(requests=requests, but_grants=ids)], "request")
    extensions = _extensions(of_requests, later)
    people = people_in(uow, [fact for several in of_requests.values() for fact in several])
    summaries, reaches = uow.activity.summaries_of(ids), uow.reaches.of(ids, first=TABLES_SHOWN)
    for one in ids:
        of_one = [of_requests[request] for request in (asked[one], *extensions[one]) if request]
        told = {fact.seq: fact for several in (of_grants[one], *of_one) for fact in several}
        recorded = GrantFacts(
            grant_id=one,
            request_id=asked[one] or 0,
            facts=tuple(told[seq] for seq in sorted(told)),
            people=people,
            reach=reaches.get(one, UNREAD),
            summary=summaries.get(one),
        )
        yield _with_activity(recorded, policies)


def _by(facts: Iterable[Fact], key: str) -> dict[int, list[Fact]]:
    """Return the facts by request or grant."""
    found: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        about = getattr(fact, key)
        if about is not None:
            found[about].append(fact)
    return found


def _request_of(facts: Iterable[Fact]) -> int | None:
    created = next((fact for fact in facts if fact.kind == EventKind.GRANT_CREATED), None)
    return created.request if created else None


def _extensions(
    of_requests: Mapping[int, Sequence[Fact]], later: Iterable[RequestId]
) -> dict[int, list[int]]:
    """Return the later requests of each grant."""
    found: dict[int, list[int]] = defaultdict(list)
    for request in later:
        recorded = RequestFacts(request_id=request, facts=tuple(of_requests.get(request, ())))
        of_grant = recorded.terms.get("of_grant")
        if isinstance(of_grant, int):
            found[of_grant].append(request)
    return found


def _with_activity(recorded: GrantFacts, policies: LoadedPolicies) -> GrantFacts:
    access = _access(recorded, policies)
    return replace(recorded, access=access, mismatches=_mismatches(recorded, access))


def _access(recorded: GrantFacts, policies: LoadedPolicies) -> str:
    """Return the depth of the granted role; a reviewer may have given another role than was asked."""
    created, terms = recorded.first(EventKind.GRANT_CREATED), recorded.terms
    role = created.data.get("role") if created else None
    if role is None or role == terms.get("role"):
        return str(terms.get("access", ""))
    asked = recorded.asked
    policy_hash = asked.data.get("policy_hash") if asked else None
    return policies.access(str(policy_hash), str(terms.get("target")), str(role))


def _mismatches(recorded: GrantFacts, access: str) -> tuple[Mismatch, ...] | None:
    """Return how the statements do not fit the role, as they were counted; None where that is unknown."""
    return recorded.summary.mismatches if recorded.summary is not None and access else None
