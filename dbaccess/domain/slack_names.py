"""Names of channels and user groups, and the one Slack id that each may stand for."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dbaccess.domain.errors import DbaccessError
from dbaccess.domain.names import nearest

CHANNEL: Final = "#"
GROUP: Final = "@"

_NAME = re.compile(r"[#@][^\s#@,<>&|\"'`]{1,80}")


class NameUnresolved(DbaccessError):
    """A name that does not stand for exactly one usable channel or user group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A channel or a user group as Slack lists it; `name` begins with `#` or `@`.

    `is_gone`: archived or disabled. `is_shared`: another workspace reads it, or is invited to. `is_empty`: a
    user group without members.
    """

    id: str
    name: str
    is_gone: bool = False
    is_shared: bool = False
    is_member: bool = True
    is_empty: bool = False
    before: tuple[str, ...] = ()


def is_slack_name(text: str, kinds: str = CHANNEL + GROUP) -> bool:
    """Return whether it is spelled as `#channel` or `@group`, of one of these kinds."""
    spelled = unicodedata.normalize("NFC", text).lower() == text and text.isprintable()
    return text[:1] in tuple(kinds) and spelled and _NAME.fullmatch(text) is not None


def is_id_of(name: str, slack_id: str) -> bool:
    """Return whether the id is of the kind that the name is: a channel's or a user group's."""
    letters = "CG" if name.startswith(CHANNEL) else "S"
    return re.fullmatch(rf"[{letters}][A-Z0-9]{{1,30}}", slack_id) is not None


def find_named(name: str, listed: Iterable[Named]) -> Named:
    """Return the one channel or user group of this name; raise `NameUnresolved` with what to write instead.

    An archived or disabled one is never taken, and neither is a channel that another workspace reads.
    """
    things = [thing for thing in listed if thing.name[:1] == name[:1]]
    live = [thing for thing in things if thing.name == name and not thing.is_gone]
    if len(live) > 1:
        ids = " and ".join(sorted(thing.id for thing in live))
        raise NameUnresolved(f"{name} is the name of {ids}. Write the id that you mean.")
    if not live:
        raise NameUnresolved(_missing(name, things))
    if live[0].is_shared:
        raise NameUnresolved(f"{name} ({live[0].id}) is shared with another workspace. Name another channel.")
    return live[0]


def _missing(name: str, things: list[Named]) -> str:
    gone = sorted(thing.id for thing in things if thing.name == name)
    if gone:
        state = "archived" if name.startswith(CHANNEL) else "disabled"
        return f"{name} ({', '.join(gone)}) is {state}. Restore it in Slack, or name another one."
    live = [thing for thing in things if not thing.is_gone]
    renamed = sorted(thing.name for thing in live if name in thing.before)
    if renamed:
        return f"{name} was renamed: it is {', '.join(renamed)} now."
    close = nearest(name, [thing.name for thing in live])
    hint = f" Nearest: {', '.join(close)}." if close else ""
    if name.startswith(CHANNEL):
        return f"Slack shows the app no channel {name}.{hint or ' If it is private, invite the bot first.'}"
    return f"Slack has no user group {name}.{hint}"
