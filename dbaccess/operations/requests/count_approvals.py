"""The approvals of a request that count at this moment."""

from dataclasses import dataclass

from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import Person, PersonId
from dbaccess.domain.policy import Policy
from dbaccess.domain.quorum import Quorum, Voice, match
from dbaccess.domain.request import Request, Review
from dbaccess.operations.identity import Workspace, check_read_lately, unconfirmed
from dbaccess.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalCount:
    """`voices` count, each for one human of this policy; `fallen` do not, each with its reason."""

    voices: tuple[Voice, ...]
    fallen: tuple[tuple[Review, str], ...]
    quorum: Quorum


def count_approvals(uow: UnitOfWork, policy: Policy, workspace: Workspace, request: Request) -> ApprovalCount:
    """Count approvals by the policy, people and groups of this moment; void ones stay void.

    A review counts for groups that its reviewer was in then and is in now. Raises `DirectoryTooOld` if that
    is unknown, or if only one reading of Slack removed a person from a group.
    """
    voices: dict[PersonId, Voice] = {}
    fallen = []
    for review in uow.reviews.of(request.id):
        if not review.approves:
            continue
        person = uow.directory.person(review.reviewer_slack_id)
        me = policy.person_id(review.reviewer_slack_id)
        why = _why_not(uow, policy, workspace, request, review, person)
        if not why and me in voices:
            why = "the same person approved before"
        if why:
            fallen.append((review, why))
        elif person is not None:
            voices[me] = Voice(reviewer=me, groups=_groups(policy, review, person))
    return ApprovalCount(
        voices=tuple(voices.values()),
        fallen=tuple(fallen),
        quorum=match(request.terms.approvals, tuple(voices.values())),
    )


def void(uow: UnitOfWork, request: Request, fallen: tuple[tuple[Review, str], ...], *, actor: str) -> bool:
    """Void the fallen approvals for good, and plan the line in the thread; False if none was left."""
    found = False
    for review, why in fallen:
        if uow.reviews.void(review, why=why, at=uow.now):
            data = {"reviewer": review.reviewer, "slack_id": review.reviewer_slack_id, "why": why}
            uow.record(Event(kind=EventKind.REVIEW_VOIDED, actor=actor, request_id=request.id, data=data))
            uow.messages.plan(request.id, MessageKind.THREAD_VOIDED, channel="")
            found = True
    return found


def _why_not(
    uow: UnitOfWork,
    policy: Policy,
    workspace: Workspace,
    request: Request,
    review: Review,
    person: Person | None,
) -> str:
    """Return why the review does not count; empty if it does."""
    if review.fingerprint != request.fingerprint:
        return "it was for other terms"
    if person is not None and person.sources:
        check_read_lately(uow, person)
    if person is None or not person.may_act or person.team_id != workspace.team_id:
        return "the account is deactivated"
    if person.is_guest:
        return "guests may not review"
    if policy.is_same(review.reviewer_slack_id, request.requester_slack_id):
        return "requesters may not review their own request"
    if not _groups(policy, review, person):
        return f"no longer in {' or '.join(review.groups)}"
    return ""


def _groups(policy: Policy, review: Review, person: Person) -> tuple[str, ...]:
    groups = tuple(group for group in review.groups if policy.belongs(person, group))
    if any(policy.belongs(person.as_before, group) for group in review.groups if group not in groups):
        raise unconfirmed(person)
    return groups
