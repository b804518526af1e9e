"""An auditor's question about grants: who held which access, when, by which approval, and what ran."""

from collections.abc import Mapping, Sequence
from typing import Any

from dbaccess.domain.activity import Statement, StatementFilter, StatementKey
from dbaccess.domain.audit_page import AuditAnswer, AuditKey, AuditPage
from dbaccess.domain.errors import BadQuestion
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.grant_question import GrantQuestion
from dbaccess.domain.record_filter import Identities
from dbaccess.ports import UnitOfWork


def search_audit(
    uow: UnitOfWork,
    *,
    actor: str,
    question: GrantQuestion,
    words: str | None = None,
    after: AuditKey | None = None,
    limit: int,
) -> AuditPage:
    """Return a page of at most `limit` answers, the newest first. The caller authorises it, and commits.

    With `words`, an answer is a statement that has all of them. It ran in the time of the question, under a
    grant that the question admits. That is a look at statements, so `actor` is recorded for it. Without
    words, an answer is a grant, and nothing is recorded. `after` is `AuditPage.after` of the page before;
    one of the other kind raises `ValueError`. Raises `BadQuestion` for marks alone, which no search finds.
    """
    if words is not None and not any(map(str.isalnum, words)):
        raise BadQuestion("Statements are searched for words of letters and digits: name one.")
    if words is None:
        before = _grant_key(after)
        found = uow.grants.search(question, before=before, limit=limit + 1)
        keys: list[AuditKey] = [*found]
        answers = _answers(uow, question, [(one, None) for one in found[:limit]])
    else:
        only = StatementFilter(words=words, under=question, since=question.since, until=question.until)
        ran = uow.activity.search(only, before=_statement_key(after), limit=limit + 1)
        keys = [one.key for one in ran]
        answers = _answers(uow, question, [(one.grant_id, one) for one in ran[:limit]])
        uow.record(_looked(actor, question, ran[:limit]))
    return AuditPage(
        answers=answers,
        after=keys[limit - 1] if len(keys) > limit else None,
        knows_table=question.table is None or uow.reaches.has_table(question.table),
    )


def _grant_key(after: AuditKey | None) -> GrantId | None:
    if isinstance(after, StatementKey):
        raise ValueError("a page of grants goes on after a grant")  # noqa: TRY004 the kind of page, not of value
    return after


def _statement_key(after: AuditKey | None) -> StatementKey | None:
    if after is None or isinstance(after, StatementKey):
        return after
    raise ValueError("a page of statements goes on after a statement")


def _answers(
    uow: UnitOfWork, question: GrantQuestion, found: Sequence[tuple[GrantId, Statement | None]]
) -> tuple[AuditAnswer, ...]:
    """Return an answer for each, with all records of a page read at once."""
    ids = {grant_id for grant_id, _ in found}
    grants = {grant.id: grant for grant in uow.grants.get_all(ids)}
    of = {grant.request_id for grant in grants.values()}
    requests = {request.id: request for request in uow.requests.readable(sorted(of))}
    reviews = uow.reviews.of_all(sorted(of))
    reaches = uow.reaches.of(ids, table=question.table, use=question.use)
    return tuple(
        AuditAnswer(
            grant=grant,
            request=requests.get(grant.request_id),
            reviews=tuple(reviews.get(grant.request_id, ())),
            reach=reaches[grant_id],
            statement=statement,
        )
        for grant_id, statement in found
        for grant in [grants[grant_id]]
    )


def _looked(actor: str, question: GrantQuestion, ran: Sequence[Statement]) -> Event:
    """Return the event of a look: the question and what was shown, without words, which may be personal."""
    data: dict[str, Any] = {
        "has_words": True,
        "channel": "cli" if actor.startswith("cli:") else "slack",
        "grant": question.grant,
        "target": question.target,
        "role": question.role,
        "table": question.table,
        "use": question.use.value if question.use else None,
        "ticket": question.ticket,
        "holder": _named(question.who),
        "reviewer": _named(question.reviewer),
        **_times(question),
        "statements": len(ran),
        "grants": sorted({one.grant_id for one in ran}),
    }
    return Event(kind=EventKind.ACTIVITY_VIEWED, actor=actor, data=data)


def _named(who: Identities | None) -> list[str] | None:
    return sorted({*who.persons, *who.accounts}) if who is not None else None


def _times(question: GrantQuestion) -> Mapping[str, str | None]:
    times = {"at": question.at, "since": question.since, "until": question.until}
    return {name: time.isoformat() if time is not None else None for name, time in times.items()}
