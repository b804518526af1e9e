"""The server's log of statements: each login that is made for a grant has all of its statements logged."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from psycopg import sql

from dbaccess.domain.capture import is_known_language
from dbaccess.domain.own_login import LoginLogging
from dbaccess.ports import Finding
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.log_in import marked
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
    "log_statement": "Statements under a grant are not logged, and so not captured.",
    "log_duration": "The durations of statements are unknown.",
    "log_error_verbosity": "A line that a holder raises is told from a statement by its context alone.",
    "lc_messages": "Statements are not captured where the server's log is not in English.",
}
"""The cost of a right to set that is missing, by the setting."""


def log_statements(opened: Session, login: str) -> None:
    """Let the server log what the login runs, as far as the worker may set that."""
    settings = [
        sql.SQL("alter role {} set {} = {}").format(
            sql.Identifier(login), sql.Identifier(name), sql.Literal(SETTINGS[name])
        )
        for name in _settable(opened)
    ]
    if settings:
        opened.rows(sql.SQL("; ").join(settings))


def mark_log(cluster: Cluster, marker: str) -> None:
    """Run a statement with this word in a session of the worker, logged as far as the worker may set that."""
    with cluster.session() as opened:
        opened.doing = "running a marked statement"
        for name in _settable(opened):
            opened.rows(sql.SQL("select set_config(%s, %s, true)"), [name, SETTINGS[name]])
        opened.rows(marked(marker))


def login_logging(cluster: Cluster, logins: Sequence[str], database: str) -> dict[str, LoginLogging]:
    """Return what is logged of a session that each login begins there now, and its oldest open session."""
    with cluster.session() as opened:
        opened.doing = "looking at what the server logs of people's own logins"
        rows = opened.rows(statement("login_logging"), {"logins": list(logins), "database": database})
    return {
        login: LoginLogging(
            unlogged=_why_unlogged(login, *found), looked_at=looked_at, oldest_session_at=oldest_at
        )
        for login, looked_at, oldest_at, *found in rows
    }


def _why_unlogged(
    login: str,
    is_there: bool,  # noqa: FBT001 a column of a row
    log_statement: str | None,
    log_min_messages: str | None,
    lc_messages: str | None,
    may_switch: bool,  # noqa: FBT001 a column of a row
) -> str:
    if not is_there:
        return f"{login} is no login there"
    if log_statement is None or log_min_messages is None or lc_messages is None:
        return f"it is not known what the server logs of {login}'s login"
    if log_statement != "all":
        return f"{login}'s login does not log statements"
    if log_min_messages in _LEAVES_OUT:
        return f"the log_min_messages of {login}'s login leaves statements out"
    if lc_messages and not is_known_language(lc_messages):
        return f"{login}'s login is logged in a language that is not read"
    return f"{login} may switch the logging of statements off" if may_switch else ""


_LEAVES_OUT: Final = frozenset({"fatal", "panic"})
"""Values of `log_min_messages` with which the server logs no statement."""


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
