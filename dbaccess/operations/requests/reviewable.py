"""Whether the people of the reviewing groups can meet a request's quorum."""

from collections import Counter, defaultdict
from typing import Final

from dbaccess.domain.errors import NotReviewable
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.quorum import Slots, Voice, match
from dbaccess.operations.identity import Workspace
from dbaccess.ports import UnitOfWork

_SPARE: Final = 20
"""Accounts read beyond the seats: several may be of one person."""


def check_reviewable(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, slack_id: SlackId, slots: Slots
) -> None:
    """Raise `NotReviewable` where the requester's request could only lapse; the snapshot of Slack decides."""
    seats = sum(count for _, count in slots)
    own = policy.accounts(slack_id)
    groups: dict[PersonId, list[str]] = defaultdict(list)
    for group in dict.fromkeys(group for group, _ in slots):
        accounts = uow.directory.reviewers(
            policy.groups.get(group, ()), team_id=workspace.team_id, but=own, limit=seats + _SPARE
        )
        for person in {policy.person_id(account) for account in accounts}:
            groups[person].append(group)
    voices = [Voice(reviewer=person, groups=tuple(of)) for person, of in groups.items()]
    missing = match(slots, voices).open
    if missing:
        raise NotReviewable(_said(missing, slots))


def _said(missing: Slots, slots: Slots) -> str:
    wanted: Counter[str] = Counter()
    for group, count in slots:
        wanted[group] += count
    short = " and ".join(_short(group, wanted[group], wanted[group] - open_) for group, open_ in missing)
    return f"Not sent: {short}. Ask an operator to add people to the group."


def _short(group: str, wanted: int, there: int) -> str:
    people = "1 person" if wanted == 1 else f"{wanted} people"
    besides = "nobody besides you" if there == 0 else f"only {there} besides you"
    return f"{people} of {group} must approve, and {group} has {besides}"
