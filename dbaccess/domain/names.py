"""Suggestions for a name that the policy does not have."""

import difflib
from collections.abc import Iterable
from typing import Final

from dbaccess.domain.errors import Ambiguous, UnknownName

NAME_SHOWN = 40
RESERVED_ROLES: Final = frozenset({"public", "none", "current_user", "current_role", "session_user"})
"""Quoted or not, these mean something else to PostgreSQL than a role of that name."""

_NEAR_SHOWN: Final = 3
_FITTING_SHOWN: Final = 5
_COUNTS: Final = {2: "two", 3: "three", 4: "four", 5: "five"}


def nearest(asked: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return up to three names that resemble the typed one, best first."""
    known = sorted(names)
    lower = asked.lower()[:NAME_SHOWN]
    starts = [n for n in known if lower and (n.startswith(lower) or lower.startswith(n))]
    close = difflib.get_close_matches(lower, known, n=_NEAR_SHOWN, cutoff=0.5)
    return tuple(dict.fromkeys([*starts, *close]))[:_NEAR_SHOWN]


def unknown_name(kind: str, asked: str, names: Iterable[str], *, there_are: str = "There are") -> UnknownName:
    """Return the refusal with names that match or resemble the typed one, else some that exist."""
    known, shown = sorted(names), asked[:NAME_SHOWN]
    fitting = [name for name in known if shown and name.startswith(shown.lower())]
    if len(fitting) > 1:
        return _ambiguous(kind, shown, fitting)
    close = nearest(asked, known)
    hint = f"Nearest: {', '.join(close)}." if close else f"{there_are}: {', '.join(known[:10])}."
    return UnknownName(f'No {kind} "{shown}". {hint}', kind=kind, asked=shown, nearest=close)


def _ambiguous(kind: str, shown: str, fitting: list[str]) -> Ambiguous:
    listed, count = ", ".join(fitting[:_FITTING_SHOWN]), len(fitting)
    more = ", …" if count > _FITTING_SHOWN else "."
    said = f'"{shown}" fits {_COUNTS.get(count, str(count))} {kind}s: {listed}{more}'
    return Ambiguous(said, kind=kind, asked=shown, nearest=fitting[:_FITTING_SHOWN])
