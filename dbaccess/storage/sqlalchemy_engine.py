"""The engine: pooled connections to the control database."""

from typing import Final

from psycopg import errors
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext

from dbaccess.domain.errors import (
    AlreadyDecided,
    AlreadyOpen,
    AlreadyReviewed,
    BadTime,
    Changed,
    DbaccessError,
    DuplicateRequest,
    IllegalTransition,
    OwnRequest,
    TooMany,
)
from dbaccess.storage.connecting import STALL, open_pinned, parameters
from dbaccess.storage.url import Url, driver_url

_REFUSALS: Final[dict[str, tuple[type[DbaccessError], str]]] = {
    "intake_pk": (DuplicateRequest, "This was taken before; nothing was done a second time."),
    "report_orders_one_open": (AlreadyOpen, "A report is being made for you already."),
    "report_orders_have_a_period": (
        BadTime,
        "A report begins in the year 2000 or later, and ends before 2200.",
    ),
    "report_orders_are_limited": (
        TooMany,
        "Enough reports were ordered in this hour. Try again after the next full hour.",
    ),
    "requests_one_pending": (AlreadyOpen, "A request for this is still open."),
    "reviews_one_a_person": (AlreadyReviewed, "You have reviewed this already."),
    "reviews_not_own_request": (OwnRequest, "Your own request: somebody else reviews it."),
    "reviews_while_pending": (AlreadyDecided, "This is decided already."),
    "reviews_same_fingerprint": (Changed, "This changed, look again."),
    "break_glass_reviews_not_own": (OwnRequest, "Your own request: somebody else reviews it."),
    "break_glass_reviews_legal_transition": (AlreadyDecided, "This is decided already."),
    "ledger_entries_are_limited": (
        TooMany,
        "The ledger takes no more looks and reports in this hour. Try again after the next full hour.",
    ),
    "grants_one_a_request": (AlreadyDecided, "This is granted already."),
    "requests_start_pending": (IllegalTransition, "A request starts pending."),
    "requests_legal_transition": (IllegalTransition, "The request is past that."),
    "grants_start_provisioning": (IllegalTransition, "A grant starts provisioning."),
    "grants_request_is_approved": (IllegalTransition, "The request is not approved."),
    "grants_legal_transition": (IllegalTransition, "The grant is past that."),
    "credential_views_start_requested": (IllegalTransition, "A view starts requested."),
    "credential_views_legal_transition": (IllegalTransition, "The view is past that."),
}
"""The port's error for each constraint and guard."""


def build_engine(
    url: Url, *, pool_size: int, application_name: str, stall: str = STALL, lock_timeout: str = "0"
) -> Engine:
    """Return a pool of READ COMMITTED connections; its errors quote no value.

    A refusal by a rule of the domain is raised as the domain's own error. The server ends a transaction that
    is idle for `stall`, and a statement that waits for one lock longer than `lock_timeout`.
    """
    engine = create_engine(
        driver_url(url),
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=5,
        pool_pre_ping=True,
        connect_args=parameters(
            application_name, idle_in_transaction_session_timeout=stall, lock_timeout=lock_timeout
        ),
    )
    # SQLAlchemy sets it with the first connection, and another thread's connection does not wait for that.
    engine.dialect.default_isolation_level = "READ COMMITTED"
    # Many rows are one statement: psycopg's own executemany removes the time limit, and `Cursor` refuses it.
    engine.dialect.use_insertmanyvalues_wo_returning = True
    event.listen(engine, "do_connect", open_pinned)
    event.listen(engine, "handle_error", _raise_refusal)
    return engine


def _raise_refusal(context: ExceptionContext) -> None:
    error = context.original_exception
    if isinstance(error, errors.IdleInTransactionSessionTimeout):
        # the server has closed the connection; SQLAlchemy does not know this error
        context.is_disconnect = True
    if isinstance(error, errors.IntegrityError):
        kind, text = _REFUSALS.get(error.diag.constraint_name or "", (None, ""))
        if kind is not None:
            raise kind(text) from error
