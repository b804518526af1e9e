"""The server's log of statements: each login that is made for a grant has all of its statements logged."""

from collections.abc import Iterator, Mapping
from typing import Final

from psycopg import sql

from dbaccess.ports import Finding
from dbaccess.targets.postgresql.quoting import identifier
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session

SETTINGS: Final[Mapping[str, str]] = {
    "log_statement": "all",
    "log_duration": "on",
    # The server's function that wrote a line: what a holder raises has another one.
    "log_error_verbosity": "verbose",
    # In any other language the lines would have other words.
    "lc_messages": "C",
}
"""Settings of a login made for a grant. To change one takes a right that its holder lacks."""

COSTS: Final[Mapping[str, str]] = {
    "log_statement": "What runs under a grant is not logged, and so not captured.",
    "log_duration": "The durations of statements are unknown.",
    "log_error_verbosity": "A line that a holder raises is told from a statement by its context alone.",
    "lc_messages": "Statements are not captured where the server's log is not in English.",
}
"""The cost of a right to set that is missing, by the setting."""


def log_statements(opened: Session, login: str) -> None:
    """Let the server log what the login runs, as far as the worker may set that."""
    for name in _settable(opened):
        opened.rows(
            sql.SQL("alter role {} set {} = {}").format(
                sql.Identifier(login), sql.Identifier(name), sql.Literal(SETTINGS[name])
            )
        )


def examine_settable(opened: Session, admin: str) -> Iterator[Finding]:
    """Yield whether the worker may set each setting, with the cost where it may not."""
    settable = _settable(opened)
    for name, cost in COSTS.items():
        if name in settable:
            yield Finding(what=f"may set {name} for the logins that it makes", ok=True)
        else:
            fix = f"grant set on parameter {name} to {identifier(admin)};"
            yield Finding(what=f"may not set {name}: {_lower(cost)}", ok=False, fix=fix)


def _settable(opened: Session) -> list[str]:
    return [name for (name,) in opened.rows(statement("settable"), [list(SETTINGS)])]


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence.rstrip(".")[1:]
