"""Looks at the statements of a grant, by the people who may; each by another than the holder is recorded."""

from collections.abc import Sequence
from typing import Any, Final

from dbaccess.domain.activity import Statement, StatementFilter, StatementKey
from dbaccess.domain.activity_report import ActivityReport
from dbaccess.domain.errors import NotYours
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import RequestId
from dbaccess.domain.statement_page import Look, StatementPage
from dbaccess.operations.activity.report import activity_report, recorded_policy
from dbaccess.operations.identity import Workspace, identify, look_up
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory

NOT_FOR_YOU: Final = (
    "Only the holder, those who reviewed this grant or owe its review, and auditors see its statements. "
    "Auditors are in groups.auditors of the policy."
)


def look_at_statements(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    look: Look,
    limit: int,
    idempotency_key: str,
) -> StatementPage:
    """Return a page of at most `limit` statements, oldest first.

    The look is recorded in the same transaction, unless it is the holder's. Raises `NotYours`, `NotFound` or
    `DuplicateRequest`.
    """
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        person = identify(uow, slack_id, policy, workspace)
        grant = uow.grants.get(look.grant_id)
        if not may_look(uow, policy, person, grant):
            raise NotYours(NOT_FOR_YOU)
        page = _page(uow, policy, grant, look, limit)
        if not policy.is_same(slack_id, grant.holder_slack_id):
            uow.record(_viewed(policy.person_id(slack_id), grant, _filter_data(look.only, page.statements)))
        uow.commit()
    return page


def may_look(uow: UnitOfWork, policy: Policy, person: Person, grant: Grant) -> bool:
    """Return whether the person holds or held the grant, reviewed it, or is an auditor now.

    A break-glass that still has to be reviewed shows them to those who may review it: they judge what was
    done.
    """
    if policy.is_same(person.slack_id, grant.holder_slack_id) or policy.is_auditor(person):
        return True
    review = uow.break_glass_reviews.of(grant.request_id)
    if review and review.verdict is None and not person.is_guest and policy.belongs(person, review.review_by):
        return True
    return any(policy.is_same(person.slack_id, reviewer) for reviewer in _reviewers(uow, grant))


def _reviewers(uow: UnitOfWork, grant: Grant) -> list[SlackId]:
    """Return who reviewed the request, an extension or the break-glass; void approvals do not count."""
    requests = [grant.request_id, *(one.request_id for one in uow.extensions.of(grant.id))]
    found = [
        review.reviewer_slack_id
        for several in uow.reviews.of_all([RequestId(one) for one in requests]).values()
        for review in several
        if review.voided_why is None
    ]
    review = uow.break_glass_reviews.of(grant.request_id)
    return [*found, review.verdict.reviewer_slack_id] if review and review.verdict else found


def look_from_command_line(
    begin: UnitOfWorkFactory,
    *,
    actor: str,
    grant_id: GrantId,
    only: StatementFilter,
    after: StatementKey | None,
    limit: int,
) -> tuple[Grant, ActivityReport, Sequence[Statement]]:
    """Return the grant, what is known of its activity, and a page of statements, oldest first.

    The login of the control database authorises it, and the look is recorded in the same transaction. The
    policy is the one that a worker went by last.
    """
    with begin() as uow:
        grant = uow.grants.get(grant_id)
        report = activity_report(uow, recorded_policy(uow), grant)
        found = uow.activity.page(grant_id, only=only, after=after, limit=limit)
        uow.record(_viewed(actor, grant, _filter_data(only, found)))
        uow.commit()
    return grant, report, found


def search_from_command_line(
    begin: UnitOfWorkFactory,
    *,
    actor: str,
    only: StatementFilter,
    person: str | None,
    before: StatementKey | None,
    limit: int,
) -> Sequence[Statement]:
    """Return a page of the statements of all grants, newest first; recorded with what was searched for.

    `person` is the text by which the person of the filter was named. The words are not recorded: they may be
    personal data.
    """
    with begin() as uow:
        found = uow.activity.search(only, before=before, limit=limit)
        data = _filter_data(only, found) | {
            "person": person,
            "grants": sorted({one.grant_id for one in found}),
        }
        uow.record(Event(kind=EventKind.ACTIVITY_VIEWED, actor=actor, data=data))
        uow.commit()
    return found


def _filter_data(only: StatementFilter, found: Sequence[Statement]) -> dict[str, Any]:
    return {
        "kind": only.kind.value if only.kind else None,
        "table": only.table,
        "target": only.target,
        "role": only.role,
        "has_words": only.words is not None,
        "errors_only": only.errors_only,
        "since": only.since.isoformat() if only.since else None,
        "until": only.until.isoformat() if only.until else None,
        "statements": len(found),
    }


def _viewed(actor: str, grant: Grant, data: dict[str, Any]) -> Event:
    """Return the event of a look: the filter and how many statements were shown, never a text."""
    kind = EventKind.ACTIVITY_VIEWED
    return Event(kind=kind, actor=actor, request_id=grant.request_id, grant_id=grant.id, data=data)


def _page(uow: UnitOfWork, policy: Policy, grant: Grant, look: Look, limit: int) -> StatementPage:
    found = uow.activity.page(grant.id, only=look.only, after=look.after, limit=limit + 1)
    holder = look_up(uow, grant.holder_slack_id, policy)
    return StatementPage(
        look=look,
        grant=grant,
        holder_name=holder.shown if holder else grant.holder,
        report=activity_report(uow, policy, grant),
        statements=tuple(found[:limit]),
        has_more=len(found) > limit,
    )
