"""Whether the people of the reviewing groups can meet a request's quorum."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from dbaccess.domain.errors import NotReviewable
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.quorum import Slots, Voice, match
from dbaccess.operations.able_people import able_people, names_of
from dbaccess.operations.identity import Workspace
from dbaccess.ports import UnitOfWork

_SPARE: Final = 20
"""Accounts read beyond the seats: several may be of one person."""

_NAMED: Final = 3
"""People whom a refusal names."""

_Groups = dict[PersonId, list[str]]


def check_reviewable(
    uow: UnitOfWork,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    slots: Slots,
    *,
    to: str = "approve",
) -> None:
    """Raise `NotReviewable` where the requester's request could only lapse; the snapshot of Slack decides.

    `to` says what the people of the slots would do. The refusal names those who can, and the operators.
    """
    if why := lacks_reviewers(uow, policy, workspace, slack_id, slots, to=to):
        raise NotReviewable(f"Not sent: {why}")


def lacks_reviewers(
    uow: UnitOfWork,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    slots: Slots,
    *,
    to: str = "approve",
) -> str | None:
    """Return which people the slots lack, for the requester, and whom to ask; None if they lack none."""
    seats = sum(count for _, count in slots)
    own = policy.accounts(slack_id)
    accounts: dict[PersonId, SlackId] = {}
    groups: _Groups = defaultdict(list)
    for group in dict.fromkeys(group for group, _ in slots):
        for account in able_people(uow, policy, workspace, group, but=own, limit=seats + _SPARE):
            person = policy.person_id(account)
            accounts.setdefault(person, account)
            if group not in groups[person]:
                groups[person].append(group)
    voices = [Voice(reviewer=person, groups=tuple(of)) for person, of in groups.items()]
    if not match(slots, voices).open:
        return None
    said = _said(slots, voices, to=to)
    able = " and ".join(names_of(uow, policy, [*accounts.values()][:_NAMED]))
    able = f" Now only {able} can." if able else ""
    known = able_people(uow, policy, workspace, "operators", but=(), limit=_NAMED)
    operators = " and ".join(names_of(uow, policy, known))
    ask = f"an operator ({operators})" if operators else "an operator"
    return f"{said}.{able} Ask {ask} to add people to the group."


def _said(slots: Slots, voices: Sequence[Voice], *, to: str) -> str:
    wanted: Counter[str] = Counter()
    for group, count in slots:
        wanted[group] += count
    there = Counter(group for voice in voices for group in voice.groups)
    short = [
        _short(group, count, there[group], to=to) for group, count in wanted.items() if there[group] < count
    ]
    # Each group has enough people, and some of them are in several groups.
    return " and ".join(short) or f"{_seats(wanted)} have to be different people, and too few can {to}"


def _seats(wanted: Mapping[str, int]) -> str:
    return " and ".join(f"{count} of {group}" for group, count in wanted.items())


def _short(group: str, wanted: int, there: int, *, to: str) -> str:
    people = "1 person" if wanted == 1 else f"{wanted} people"
    return f"{people} of {group} must {to}, and {group} has {there or 'no member'} who can besides you"
