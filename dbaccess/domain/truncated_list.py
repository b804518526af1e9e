"""The first items of a list that may be long."""

from collections.abc import Iterable, Sequence
from typing import Any, Self, TypeVar

Item = TypeVar("Item")


class Some(tuple[Item, ...]):  # noqa: SLOT001 a tuple of any length has no slots
    """`more` is the number of further items in the list."""

    more: int

    def __new__(cls, items: Iterable[Item] = (), more: int = 0) -> Self:
        made = super().__new__(cls, items)
        made.more = more
        return made


def left_out(items: Sequence[Any]) -> int:
    """Return how many further items the list has."""
    return items.more if isinstance(items, Some) else 0
