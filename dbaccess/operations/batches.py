"""Work on many items, where one failure never keeps the others from being done."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

import structlog

BATCH: Final = 500
"""Grants that one transaction takes: few enough that none waits long for it."""

Item = TypeVar("Item")

_log = structlog.get_logger(__name__)


def in_halves(
    items: Sequence[Item],
    act: Callable[[Sequence[Item]], object],
    *,
    alone: Callable[[Item, Exception], object],
    check: Callable[[], object],
) -> None:
    """`act` has done all items, but those that it cannot do even singly: each of those went to `alone`.

    Where `act` fails it is asked for each half, so that one bad item among hundreds costs a few tries.
    Where `alone` fails too, that is logged, and the items that follow are done. `check` raises where it is no
    item's fault; then nothing more is tried, and that is raised.
    """
    if not items:
        return
    try:
        act(items)
    except Exception as error:  # noqa: BLE001 the boundary between one item's failure and the others
        check()
        if len(items) == 1:
            _try_alone(items[0], error, alone=alone, check=check)
            return
        middle = len(items) // 2
        for half in (items[:middle], items[middle:]):
            in_halves(half, act, alone=alone, check=check)


def _try_alone(
    item: Item,
    error: Exception,
    *,
    alone: Callable[[Item, Exception], object],
    check: Callable[[], object],
) -> None:
    try:
        alone(item, error)
    except Exception as again:  # noqa: BLE001 the same boundary: raised here, it would end the other half's turn
        check()
        _log.error("item left undone", about=item, exc_info=again)


def each(
    items: Iterable[Item], act: Callable[[Item], object], *, what: str, check: Callable[[], object]
) -> list[Item]:
    """The items of which `act` said something true; those that it fails on are logged as `what`.

    `check` raises where it is no item's fault; then nothing more is tried, and that is raised.
    """
    done = []
    for item in items:
        try:
            if act(item):
                done.append(item)
        except Exception as error:  # noqa: BLE001 the boundary between one row's failure and the others
            check()
            # A grant or a request is named by its number: its reason is text that a person wrote.
            _log.error(f"{what} failed", about=getattr(item, "label", item), exc_info=error)
    return done
