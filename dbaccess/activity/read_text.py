"""The text of a statement as it is stored, and what it shows."""

from functools import lru_cache
from typing import Final, NamedTuple

from dbaccess.activity.analyse import analyse
from dbaccess.activity.outline import outlined
from dbaccess.activity.redact import Redacted, redact
from dbaccess.activity.shape import shape
from dbaccess.domain.activity import NOT_PARSED, Analysis
from dbaccess.domain.capture import CaptureMode

LONGEST_TEXT: Final = 1_000_000
"""Characters of a statement that are stored; a longer one is cut before its secrets are searched for."""

CUT: Final = "… [cut]"

_LONGEST_KEPT: Final = 4_000
_MOST_KEPT: Final = 2_000
"""The texts that are kept have at most eight million characters, whatever a holder runs."""


class ReadText(NamedTuple):
    """A text without secrets, in the form of its mode.

    `secret` are the numbers of the bind values that are secret. `holds_secret` says that something was.
    """

    text: str
    secret: frozenset[int]
    analysis: Analysis
    holds_secret: bool = False


def read_text(sql: str, mode: CaptureMode) -> ReadText:
    """Return what `read_whole` does, in less time for a text or an outline that was read before."""
    return _read_short(sql, mode) if len(sql) <= _LONGEST_KEPT else read_whole(sql, mode)


@lru_cache(maxsize=_MOST_KEPT)
def _read_short(sql: str, mode: CaptureMode) -> ReadText:
    found = outlined(sql)
    if found is None:
        return read_whole(sql, mode)
    # The text is this statement's own: an outline has none to give.
    return ReadText(sql if mode is CaptureMode.FULL else found.shape, frozenset(), found.analysis)


def read_whole(sql: str, mode: CaptureMode) -> ReadText:
    """Read the text token by token."""
    text = cut(sql)
    redacted = redact(text)
    kept = redacted.text if mode is CaptureMode.FULL else shape(redacted.text)
    is_whole = len(sql) <= LONGEST_TEXT and not redacted.is_cut
    analysis = analyse(redacted.text) if is_whole else NOT_PARSED
    return ReadText(kept, redacted.parameters, analysis, redacted != Redacted(text=text))


def cut(text: str) -> str:
    """Return at most the beginning of a text that is stored."""
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + CUT
