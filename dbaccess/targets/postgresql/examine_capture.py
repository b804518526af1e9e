"""The check that what runs under a grant is logged, and that the worker can read it."""

from collections.abc import Iterator, Sequence

from psycopg import sql

from dbaccess.domain.capture import Capture, is_known_language
from dbaccess.ports import Finding
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.ephemeral_login import FIRST_VERSION
from dbaccess.targets.postgresql.setup_sql import RUN_SETUP
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.statement_log import examine_settable
from dbaccess.targets.postgresql.transaction import Session


def examine_capture(cluster: Cluster, capture: Capture | None) -> list[Finding]:
    """Return the findings; none for a cluster without capture."""
    if capture is None:
        return []
    with cluster.session() as opened:
        opened.doing = "examining the server's log"
        (admin,) = opened.row(sql.SQL("select current_user::text"))
        makes_logins = opened.version >= FIRST_VERSION
        return [
            *examine_settable(opened, admin),
            *_log(opened, capture, makes_logins=makes_logins),
        ]


def _log(opened: Session, capture: Capture, *, makes_logins: bool) -> Iterator[Finding]:
    collects, destinations, log_statement, lc_messages, may_read = opened.row(statement("log_access"))
    if capture.source is not None:
        yield from _written(capture.source.value, destinations)
    # jsonlog and csvlog need the collector wherever the workers read them.
    if capture.source is not None and not collects:
        fix = "alter system set logging_collector = on; then restart the server."
        yield Finding(what="the server writes no log files: nothing is captured", ok=False, fix=fix)
    if capture.is_over_sql:
        yield Finding(
            what="may read the server's log"
            if may_read
            else "may not read the server's log: nothing is captured",
            ok=may_read,
            fix="" if may_read else RUN_SETUP,
        )
    yield from language_findings(lc_messages)
    if not makes_logins and log_statement != "all":
        yield Finding(
            what=f"log_statement is {log_statement}: of personal logins, the server logs no more",
            ok=False,
            fix="alter system set log_statement = 'all'; or set it for each login, as setup-sql prints it.",
        )


def language_findings(lc_messages: str) -> Iterator[Finding]:
    """Yield that the server logs in a language that is not read; an empty setting does not say which."""
    if lc_messages and not is_known_language(lc_messages):
        yield Finding(
            what=f"lc_messages is {lc_messages}, a language that is not read: of logins without a setting "
            "of their own, nothing is captured",
            ok=False,
            fix="alter system set lc_messages = 'C'; select pg_reload_conf();",
        )


def _written(source: str, destinations: Sequence[str]) -> Iterator[Finding]:
    """Yield that the server does not write its log in this format."""
    if source not in destinations:
        both = ", ".join((*destinations, source))
        yield Finding(
            what=f"the server writes no {source}: nothing is captured",
            ok=False,
            fix=f"alter system set log_destination = '{both}'; select pg_reload_conf();",
        )
