"""An auditor asks in Slack who held which access, and what ran under it."""

from collections.abc import Mapping
from dataclasses import dataclass

from dbaccess.domain.audit_ask import AuditAsk
from dbaccess.domain.audit_page import AuditKey, AuditPage
from dbaccess.domain.grant import GrantId
from dbaccess.domain.grant_question import GrantQuestion
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.operations.identity import Workspace, look_up_all
from dbaccess.operations.queries.auditors import auditor, check_names
from dbaccess.operations.queries.find_identities import find_identities
from dbaccess.operations.queries.search_audit import search_audit
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPage:
    """A page of answers; `names` are those of the accounts in it, as far as they are known."""

    page: AuditPage
    names: Mapping[SlackId, str]


def ask_audit(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    asked: AuditAsk,
    after: AuditKey | None,
    limit: int,
    idempotency_key: str,
) -> AskedPage:
    """Return a page of at most `limit` answers, the newest first, for a person who is an auditor now.

    A page of statements is recorded as a look, in the same transaction. Raises `NotYours`, `UnknownName` for
    a target or role that the policy lacks and no grant ever had, `BadQuestion`, `DuplicateRequest`, and
    `ValueError` for a place on a page of another kind.
    """
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        auditor(uow, slack_id, policy, workspace)
        check_names(uow, lambda: policy, target=asked.target, role=asked.role)
        page = search_audit(
            uow,
            actor=policy.person_id(slack_id),
            question=_question(uow, asked),
            words=asked.words,
            after=after,
            limit=limit,
        )
        names = _names(uow, policy, page)
        uow.commit()
    return AskedPage(page=page, names=names)


def _question(uow: UnitOfWork, asked: AuditAsk) -> GrantQuestion:
    return GrantQuestion(
        grant=GrantId(asked.grant) if asked.grant is not None else None,
        who=find_identities(uow, asked.person) if asked.person is not None else None,
        reviewer=find_identities(uow, asked.reviewer) if asked.reviewer is not None else None,
        target=asked.target,
        role=asked.role,
        ticket=asked.ticket,
        table=asked.table,
        use=asked.can,
        at=asked.at,
        since=asked.since,
        until=asked.until,
    )


def _names(uow: UnitOfWork, policy: Policy, page: AuditPage) -> dict[SlackId, str]:
    accounts = {answer.grant.holder_slack_id for answer in page.answers}
    accounts |= {review.reviewer_slack_id for answer in page.answers for review in answer.reviews}
    return {account: one.shown for account, one in look_up_all(uow, sorted(accounts), policy).items()}
