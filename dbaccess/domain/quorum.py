"""Which approvals a request still needs."""

from collections import Counter
from collections.abc import Iterable, Sequence

from dbaccess.domain.errors import NotEligible

Slots = Sequence[tuple[str, int]]
"""(group, how many of it must approve)."""


def missing_slots(slots: Slots, filled: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """The slots still open when each name in `filled` is one approval given for that group."""
    given = Counter(filled)
    return tuple((group, count - given[group]) for group, count in slots if count > given[group])


def slot_for(groups: Sequence[str], missing: Slots) -> str:
    """The group among `groups` whose approval is still missing; raises `NotEligible` where none is."""
    for group, _ in missing:
        if group in groups:
            return group
    raise NotEligible(f"The approval of {' and '.join(groups)} is already there.")
