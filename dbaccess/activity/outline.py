"""The outline of a statement: its text without literals. Clients run the same few with other literals."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from dbaccess.activity.analyse import analyse
from dbaccess.activity.lexer import LETTERS, tokens
from dbaccess.activity.redact import keeps_code, keeps_string
from dbaccess.activity.secret_text import may_hide
from dbaccess.activity.shape import shape
from dbaccess.domain.activity import Analysis

_KEPT: Final = 2_000
"""Outlines that are kept. None is longer than its statement, and the caller gives no long one."""

# Code, with the plain literal after it or a rest that has to be split with care. Such a rest begins with a
# comment, a dollar quote, a backslash, a literal with a prefix or without an end, or an odd number.
_PIECES: Final = re.compile(
    rf"""
      ((?: [{LETTERS}][{LETTERS}0-9]*+ | \$[0-9]++ | "[^"]*+" | [^{LETTERS}0-9'"$\\/.-]++
         | -(?!-) | /(?!\*) | \.(?![0-9]) )*+)
      (?: (?<![{LETTERS}0-9&$])('(?:[^'\\]++|'')*+')(?!')
        | ([0-9]++(?:\.[0-9]++)?+(?![{LETTERS}0-9.]))
        | \Z | (.++) )
    """,
    re.VERBOSE | re.DOTALL,
)


class Outlined(NamedTuple):
    """The shape that all statements of an outline share, and the analysis that it shows."""

    shape: str
    analysis: Analysis


def outlined(sql: str) -> Outlined | None:
    """Return what is known by the outline; None if the statement must be read for itself.

    Otherwise nothing in the statement is secret, neither its literals nor what stands around them.
    """
    outline: list[str] = []
    texts: list[str] = []
    for code, quoted, number, rest in _PIECES.findall(sql):
        if rest:
            return None
        outline.append(code)
        if number:
            outline.append("0")
        elif quoted:
            outline.append("'?'")
            texts.append(quoted)
    if may_hide("\n".join(texts)) and not all(map(keeps_string, texts)):
        return None
    return _of_outline("".join(outline))


@lru_cache(maxsize=_KEPT)
def _of_outline(outline: str) -> Outlined | None:
    split = list(tokens(outline))
    # The literal after UESCAPE says how a name or a literal before it is read.
    if any(token.name == "uescape" for token in split) or not keeps_code(split):
        return None
    # Two literals may hold a secret together that neither holds alone.
    code = [token for token in split if token.is_code and token.text != "|"]
    if any(one.is_literal and following.is_literal for one, following in pairwise(code)):
        return None
    return Outlined(shape(outline), analyse(outline))
