"""Ends before the agreed time: by the holder, a reviewer or an operator."""

from collections.abc import Sequence

from dbaccess.domain.errors import AlreadyDecided, NotYours
from dbaccess.domain.events import BY_SYSTEM, Event, EventKind
from dbaccess.domain.grant import EndCause, Grant, GrantId, GrantState
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy, check_reason
from dbaccess.operations.batches import BATCH
from dbaccess.operations.identity import Workspace, identify
from dbaccess.operations.message_updates import schedule_grant_updates
from dbaccess.ports import Job, UnitOfWork, UnitOfWorkFactory


def surrender(
    begin: UnitOfWorkFactory, *, policy: Policy, slack_id: SlackId, grant_id: GrantId, idempotency_key: str
) -> Grant:
    """Start the end of the holder's grant; raises `NotYours`, `AlreadyDecided` or `DuplicateRequest`."""
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        grant = uow.grants.lock(grant_id)
        if not policy.is_same(slack_id, grant.holder_slack_id):
            raise NotYours("Only the holder can end this grant this way.")
        # By the name in the grant, which the database compares: another name would be the bot's word.
        grant = start_revocation(uow, grant, cause=EndCause.SURRENDERED, by=grant.holder, note=None)
        uow.commit()
    return grant


def revoke_grant(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    grant_id: GrantId,
    reason: str,
    idempotency_key: str,
) -> Grant:
    """Start a revocation; raises `NotYours`, `AlreadyDecided`, `BadReason` or `DuplicateRequest`."""
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        grant = uow.grants.lock(grant_id)
        person = identify(uow, slack_id, policy, workspace)
        if not may_revoke(uow, policy, grant, person):
            raise NotYours("Only the holder, a reviewer of this grant's rule or an operator can revoke it.")
        check_reason(reason, at_least=1)
        me = policy.person_id(slack_id)
        grant = start_revocation(uow, grant, cause=EndCause.REVOKED, by=me, note=reason)
        uow.commit()
    return grant


def revoke_by_operator(begin: UnitOfWorkFactory, *, actor: str, grant_id: GrantId, reason: str) -> Grant:
    """Start a revocation from the command line, authorised by the control database's own login."""
    check_reason(reason, at_least=1)
    with begin() as uow:
        grant = start_revocation(
            uow, uow.grants.lock(grant_id), cause=EndCause.REVOKED, by=actor, note=reason
        )
        uow.commit()
    return grant


def may_revoke(uow: UnitOfWork, policy: Policy, grant: Grant, person: Person) -> bool:
    """Return whether the person is the holder, an operator, or a reviewer of the deciding rule."""
    if policy.is_same(person.slack_id, grant.holder_slack_id) or policy.is_operator(person):
        return True
    groups = reviewing_groups(uow, grant)
    return not person.is_guest and any(policy.belongs(person, group) for group in groups)


def reviewing_groups(uow: UnitOfWork, grant: Grant) -> list[str]:
    """Return the groups that review the grant's request; for a break-glass those that review it later."""
    terms = uow.requests.get(grant.request_id).terms
    if not terms.break_glass:
        return [group for group, _ in terms.approvals]
    review = uow.break_glass_reviews.of(grant.request_id)
    return [review.review_by] if review else []


def start_revocation(uow: UnitOfWork, grant: Grant, *, cause: EndCause, by: str, note: str | None) -> Grant:
    """Set the grant to revoking, due now, and plan its job and its messages."""
    return start_revocations(uow, [grant], cause=cause, by=by, note=note)[0]


def advance_to_revoking(
    uow: UnitOfWork, grant: Grant, *, cause: EndCause, by: str = BY_SYSTEM, note: str | None = None
) -> Grant:
    """Return the grant as revoking, recorded and not saved.

    The event fits the cause, or is `grant.abandoned` if the grant was never active.
    """
    if grant.state not in {GrantState.PROVISIONING, GrantState.ACTIVE}:
        raise AlreadyDecided(f"{grant.label} is already {grant.state}.")
    kind = EventKind(f"grant.{cause.value}")
    if grant.state is GrantState.PROVISIONING:
        kind = EventKind.GRANT_ABANDONED
    data = {"cause": cause.value} | ({"note": note} if note else {})
    uow.record(Event(kind=kind, actor=by, request_id=grant.request_id, grant_id=grant.id, data=data))
    return advance(
        grant,
        kind,
        revoking_at=uow.now,
        end_cause=cause,
        ended_by=by,
        end_note=note,
        attempts=0,
        next_attempt_at=uow.now,
    )


def start_revocations(
    uow: UnitOfWork, grants: Sequence[Grant], *, cause: EndCause, by: str, note: str | None
) -> list[Grant]:
    """Start the revocation of any number of grants, in a few statements."""
    leaving = [advance_to_revoking(uow, grant, cause=cause, by=by, note=note) for grant in grants]
    uow.grants.save_all(leaving)
    # One job for each cluster handles everything that is due there.
    for grant in {grant.cluster: grant for grant in leaving}.values():
        uow.enqueue(Job.REVOKE, grant.id)
    schedule_grant_updates(uow, leaving)
    return leaving


def revoke_many(
    begin: UnitOfWorkFactory, *, actor: str, grant_ids: Sequence[GrantId], reason: str
) -> list[Grant]:
    """Start the revocation of those not revoking yet, and return them; raises `BadReason`."""
    check_reason(reason, at_least=1)
    sent: list[Grant] = []
    for start in range(0, len(grant_ids), BATCH):
        with begin() as uow:
            batch = grant_ids[start : start + BATCH]
            locked = uow.grants.lock_free(batch)
            # Wait for rows that others have locked; otherwise an operator's revocation would silently leave
            # them out.
            locked += [uow.grants.lock(one) for one in sorted(set(batch) - {grant.id for grant in locked})]
            held = [g for g in locked if g.state in {GrantState.PROVISIONING, GrantState.ACTIVE}]
            sent += start_revocations(uow, held, cause=EndCause.REVOKED, by=actor, note=reason)
            uow.commit()
    return sent
