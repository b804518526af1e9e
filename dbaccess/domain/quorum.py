"""The assignment of approvals to slots by matching, never greedily, and the slots still open."""

from collections.abc import Sequence
from dataclasses import dataclass

from dbaccess.domain.people import PersonId

Slots = Sequence[tuple[str, int]]
"""(group, how many of it must approve)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One person's approval, and the groups for which it may count."""

    reviewer: PersonId
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """The people who fill a slot, with its group, in the order of their approvals, and the open slots."""

    filled: tuple[tuple[PersonId, str], ...]
    open: tuple[tuple[str, int], ...]

    @property
    def is_met(self) -> bool:
        return not self.open

    def group_of(self, reviewer: PersonId) -> str | None:
        """Return the group for which this person's approval counts; None if it fills no slot."""
        return dict(self.filled).get(reviewer)


def match(slots: Slots, voices: Sequence[Voice]) -> Quorum:
    """Fill as many slots as possible, one person in at most one; earlier approvals go first.

    The same slots and voices always give the same result. The first of several voices of one person counts.
    """
    seats = [group for group, count in slots for _ in range(count)]
    heard = {voice.reviewer: voice for voice in reversed(voices)}
    order = list(dict.fromkeys(voice.reviewer for voice in voices))
    taken: dict[int, PersonId] = {}
    for reviewer in order:
        _seat(heard[reviewer], seats, heard, taken, set())
    seat_of = {reviewer: seat for seat, reviewer in taken.items()}
    return Quorum(
        filled=tuple((reviewer, seats[seat_of[reviewer]]) for reviewer in order if reviewer in seat_of),
        open=_open(slots, set(taken)),
    )


def helps(slots: Slots, voices: Sequence[Voice], further: Voice) -> bool:
    """Return whether one more voice fills a slot that is open without it, even if others change slots."""
    return len(match(slots, [*voices, further]).filled) > len(match(slots, voices).filled)


def _seat(
    voice: Voice, seats: list[str], heard: dict[PersonId, Voice], taken: dict[int, PersonId], tried: set[int]
) -> bool:
    """Find an augmenting path: a free seat first, else one with an owner who can move.

    A person with a seat keeps one.
    """
    fitting = [seat for seat, group in enumerate(seats) if group in voice.groups and seat not in tried]
    for seat in fitting:
        if seat not in taken:
            taken[seat] = voice.reviewer
            return True
    for seat in fitting:
        if seat in tried:
            continue
        tried.add(seat)
        if _seat(heard[taken[seat]], seats, heard, taken, tried):
            taken[seat] = voice.reviewer
            return True
    return False


def _open(slots: Slots, taken: set[int]) -> tuple[tuple[str, int], ...]:
    left, seat = [], 0
    for group, count in slots:
        free = sum(1 for number in range(seat, seat + count) if number not in taken)
        seat += count
        if free:
            left.append((group, free))
    return tuple(left)
