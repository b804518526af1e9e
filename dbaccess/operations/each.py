"""The same with one thing after another, where one that fails keeps no other."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog

Item = TypeVar("Item")

_log = structlog.get_logger(__name__)


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
