"""What somebody may have meant by a name that we do not have."""

import difflib
from collections.abc import Iterable

from dbaccess.domain.errors import UnknownName

NAME_SHOWN = 40


def nearest(asked: str, names: Iterable[str]) -> tuple[str, ...]:
    """Up to three names that come close to what was typed, best first."""
    known = sorted(names)
    lower = asked.lower()[:NAME_SHOWN]
    starts = [n for n in known if lower and (n.startswith(lower) or lower.startswith(n))]
    close = difflib.get_close_matches(lower, known, n=3, cutoff=0.5)
    return tuple(dict.fromkeys([*starts, *close]))[:3]


def unknown_name(kind: str, asked: str, names: Iterable[str]) -> UnknownName:
    """The refusal that names what comes close, else some of what there is."""
    known = sorted(names)
    close = nearest(asked, known)
    hint = f"Nearest: {', '.join(close)}." if close else f"There are: {', '.join(known[:10])}."
    return UnknownName(
        f'No {kind} "{asked[:NAME_SHOWN]}". {hint}', kind=kind, asked=asked[:NAME_SHOWN], nearest=close
    )
