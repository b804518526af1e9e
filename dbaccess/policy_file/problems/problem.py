"""The problems of a policy file, all at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from dbaccess.domain.errors import DbaccessError
from dbaccess.domain.policy import nearest

Path = tuple[str | int, ...]
"""The path of a value: `("targets", "orders-prod", "cluster")`."""

Complaint = tuple[Path, str]
"""A path and the problem there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem to fix; `line` counts from 1."""

    line: int
    what: str


class PolicyFileError(DbaccessError):
    """The file is refused; one line of text for each problem: `file:line: the problem.

    What to write instead`.
    """

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.file = file
        self.problems = tuple(sorted(set(problems), key=lambda p: (p.line, p.what)))
        super().__init__("\n".join(f"{file}:{p.line}: {p.what}" for p in self.problems))


def unknown(kind: str, asked: str, known: Iterable[str]) -> str:
    """Return the message for a name that the file lacks."""
    names = sorted(known)
    close = nearest(asked, names)
    if close:
        return f'no {kind} "{shown(asked)}". Nearest: {", ".join(close)}.'
    if names:
        return f'no {kind} "{shown(asked)}". There are: {", ".join(names[:10])}.'
    return f'no {kind} "{shown(asked)}". The file has none.'


def shown(value: object) -> str:
    """Return the value as one short printable line."""
    return "".join(c if c.isprintable() else "?" for c in str(value))[:60]
