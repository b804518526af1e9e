"""Logging: readable on a terminal, JSON otherwise, and without secrets."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

_SECRET_KEY = re.compile(r"password|token|secret|verifier|url|dsn|authorization|ledger_key", re.IGNORECASE)
_USERINFO = re.compile(r"(\w+://)[^@/\s]+@")
_TOKEN = re.compile(r"\bx(?:ox[a-z]|app)-[\w-]+|SCRAM-SHA-256\$\S+|ed25519-private:\S+")
_QUIET = ("slack_sdk", "slack_bolt", "rq", "rq.worker", "sqlalchemy", "alembic", "urllib3", "asyncio")
HIDDEN = "[hidden]"


def configure_logging(*, level: int = logging.INFO) -> None:
    """Write all logs of this process, from structlog and the standard library, to stderr in one form.

    Slack's libraries log bodies below WARNING, so their level stays above it.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    last: Any = structlog.processors.JSONRenderer()
    if sys.stderr.isatty():
        last = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _without_traceback, last],
    )
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide values under telling names, and text anywhere that looks like a secret."""
    for key, value in event.items():
        if key != "event" and _SECRET_KEY.search(key):
            event[key] = HIDDEN
        elif isinstance(value, str):
            event[key] = _TOKEN.sub(HIDDEN, _USERINFO.sub(rf"\1{HIDDEN}@", value))
    return event


def _without_traceback(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Log the class of an exception without its text, because a driver's error may quote a statement."""
    found = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event.update(describe(error))
    return event


def describe(error: BaseException) -> dict[str, str]:
    """Return what may be logged of an error: its class, its SQLSTATE and its place, never its text."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename and frame.filename[0] != "<"]
    said = {"error": type(error).__name__}
    if ours:
        said["where"] = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    return said | ({"sqlstate": state} if isinstance(state, str) else {})
