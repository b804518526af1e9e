"""A question about grants in memory."""

from collections.abc import Iterator
from datetime import UTC, datetime

from dbaccess.domain.grant import Grant, GrantState
from dbaccess.domain.grant_question import GrantQuestion
from dbaccess.domain.request import RequestId
from tests.fakes.database import Transaction
from tests.fakes.records.reaches import known_reach
from tests.fakes.tables import BREAK_GLASS_REVIEWS, REACHES, REQUESTS, REVIEWS, KeptReach

_NEVER = datetime.max.replace(tzinfo=UTC)


def admits(transaction: Transaction, question: GrantQuestion, grant: Grant) -> bool:
    return all(
        (
            question.grant in {None, grant.id},
            question.target in {None, grant.target},
            question.role in {None, grant.role},
            question.who is None or question.who.has(grant.holder, grant.holder_slack_id),
            question.reviewer is None or _is_reviewed(transaction, question, grant),
            question.ticket is None or _has_ticket(transaction, question.ticket, grant),
            question.table is None or _may_reach(transaction, question, grant),
            *_is_held(question, grant),
        )
    )


def _is_held(question: GrantQuestion, grant: Grant) -> Iterator[bool]:
    if question.at is None and question.since is None and question.until is None:
        return
    begin = grant.held_from
    end = grant.ended_at if grant.state is GrantState.ENDED and grant.ended_at else _NEVER
    yield begin is not None and begin < end
    if begin is not None:
        yield question.at is None or begin <= question.at < end
        yield question.since is None or end > question.since
        yield question.until is None or begin < question.until


def _may_reach(transaction: Transaction, question: GrantQuestion, grant: Grant) -> bool:
    kept = transaction.get(REACHES, grant.id) or KeptReach()
    known = known_reach(kept, question.table, question.use)
    return grant.held_from is not None and (bool(known.found) or known.unknown_why is not None)


def _requests_about(transaction: Transaction, grant: Grant) -> set[RequestId]:
    extensions = [one.id for one in transaction.rows(REQUESTS) if one.terms.of_grant == grant.id]
    return {grant.request_id, *extensions}


def _has_ticket(transaction: Transaction, ticket: str, grant: Grant) -> bool:
    about = _requests_about(transaction, grant)
    return any(one.id in about and one.terms.ticket == ticket for one in transaction.rows(REQUESTS))


def _is_reviewed(transaction: Transaction, question: GrantQuestion, grant: Grant) -> bool:
    assert question.reviewer is not None
    about = _requests_about(transaction, grant)
    theirs = [one for one in transaction.rows(REVIEWS) if one.request_id in about]
    pending = transaction.get(BREAK_GLASS_REVIEWS, grant.request_id)
    given = pending.verdict if pending else None
    return any(question.reviewer.has(one.reviewer, one.reviewer_slack_id) for one in theirs) or (
        given is not None and question.reviewer.has(given.reviewer, given.reviewer_slack_id)
    )
