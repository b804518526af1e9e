"""Whether the people of the reviewing groups can meet a request's quorum."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
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
    if match(slots, voices).open:
        raise NotReviewable(_said(slots, voices))


def _said(slots: Slots, voices: Sequence[Voice]) -> str:
    wanted: Counter[str] = Counter()
    for group, count in slots:
        wanted[group] += count
    there = Counter(group for voice in voices for group in voice.groups)
    short = [_short(group, count, there[group]) for group, count in wanted.items() if there[group] < count]
    # Each group has enough people, and some of them are in several groups.
    shared = f"{_seats(wanted)} have to be different people, and too few can approve"
    return f"Not sent: {' and '.join(short) or shared}. Ask an operator to add people to the group."


def _seats(wanted: Mapping[str, int]) -> str:
    return " and ".join(f"{count} of {group}" for group, count in wanted.items())


def _short(group: str, wanted: int, there: int) -> str:
    people = "1 person" if wanted == 1 else f"{wanted} people"
    return f"{people} of {group} must approve, and {group} has {there or 'no member'} who can"
