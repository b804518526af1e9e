"""Work on many items, in which no failure stops the other items."""

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
    """Do `act` for all items; each item that fails on its own goes to `alone`.

    When `act` fails, it is called for each half, so that one bad item among hundreds costs a few calls. A
    failure of `alone` is logged, and the next items follow. `check` raises if no item is to blame, for
    example while the control database is away; that ends the work.
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
        _log.error("item failed", about=item, exc_info=again)


def each(
    items: Iterable[Item], act: Callable[[Item], object], *, what: str, check: Callable[[], object]
) -> list[Item]:
    """Return the items for which `act` returned true; failures are logged as `what`.

    `check` raises if no item is to blame; that ends the work.
    """
    done = []
    for item in items:
        try:
            if act(item):
                done.append(item)
        except Exception as error:  # noqa: BLE001 the boundary between one row's failure and the others
            check()
            # The log names a grant or a request by its number, because its reason is text that a person
            # wrote.
            _log.error(f"{what} failed", about=getattr(item, "label", item), exc_info=error)
    return done
