"""Looks at the statements of a grant, by the people who may; each by another than the holder is recorded."""

from typing import Final

from dbaccess.domain.errors import NotYours
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import RequestId
from dbaccess.domain.statement_page import Look, StatementPage
from dbaccess.operations.activity.report import activity_report
from dbaccess.operations.identity import Workspace, identify, look_up
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory

NOT_FOR_YOU: Final = (
    "Only the holder, those who reviewed this grant, and auditors see its statements. "
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
            uow.record(viewed(grant, actor=policy.person_id(slack_id), page=page))
        uow.commit()
    return page


def may_look(uow: UnitOfWork, policy: Policy, person: Person, grant: Grant) -> bool:
    """Return whether the person holds or held the grant, reviewed it, or is an auditor now."""
    if policy.is_same(person.slack_id, grant.holder_slack_id) or policy.is_auditor(person):
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
    owed = uow.break_glass_reviews.of(grant.request_id)
    return [*found, owed.verdict.reviewer_slack_id] if owed and owed.verdict else found


def viewed(grant: Grant, *, actor: str, page: StatementPage) -> Event:
    """Return the event of a look: the filter and how many statements were shown, never a text."""
    look = page.look
    return Event(
        kind=EventKind.ACTIVITY_VIEWED,
        actor=actor,
        request_id=grant.request_id,
        grant_id=grant.id,
        data={
            "kind": look.kind.value if look.kind else None,
            "table": look.table,
            "after": look.after.at.isoformat() if look.after else None,
            "statements": len(page.statements),
        },
    )


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
