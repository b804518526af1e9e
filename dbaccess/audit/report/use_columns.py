"""The columns about the use of a grant: passwords, statements, and how far these are known."""

from datetime import timedelta
from typing import Any, Final

from dbaccess.audit.report import values
from dbaccess.audit.report.columns import NO, UNKNOWN, Row
from dbaccess.audit.report.values import of
from dbaccess.domain.activity_summary import Mismatch
from dbaccess.domain.events import EventKind as E
from dbaccess.domain.recorded_facts import Fact, GrantFacts

MINUTE: Final = timedelta(minutes=1)
_FIGURES: Final = ("minutes_used", "gaps", "statements", "ddl", "errors", "statements_digest")


def use_columns(recorded: GrantFacts) -> Row:
    """Return figures of the last count; unknown before it, and None for a grant that was never active."""
    passwords = sum(1 for _ in recorded.all(E.CREDENTIALS_SET))
    if recorded.first(E.GRANT_ACTIVATED) is None:
        nothing = dict.fromkeys(("connected_from", "capture", "mismatch", *_FIGURES))
        return {"passwords_set": passwords, **nothing}
    capture = of(recorded.last(E.GRANT_PROVISION_STARTED), "capture", "level")
    return {
        "passwords_set": passwords,
        "connected_from": _clients(recorded, capture),
        "capture": capture,
        **_figures(recorded.last(E.ACTIVITY_SUMMARIZED), capture),
        "mismatch": _mismatch(recorded, capture),
    }


def _figures(counted: Fact | None, capture: Any) -> Row:
    """A count of zero proves nothing where the capture was not proved."""
    if counted is None or (capture in {"none", UNKNOWN} and of(counted, "statements") == 0):
        return dict.fromkeys(_FIGURES, UNKNOWN)
    first, last = of(counted, "first_at"), of(counted, "last_at")
    minutes = values.between(first, last, MINUTE)
    kinds = of(counted, "by_kind")
    return {
        "minutes_used": 0 if first is None else minutes + 1 if isinstance(minutes, int) else minutes,
        "gaps": values.count(of(counted, "gaps")),
        "statements": values.count(of(counted, "statements")),
        "ddl": values.count(kinds.get("ddl", 0)) if isinstance(kinds, dict) else UNKNOWN,
        "errors": values.count(of(counted, "errors")),
        "statements_digest": of(counted, "digest"),
    }


def _clients(recorded: GrantFacts, capture: Any) -> list[str] | str:
    found = list(recorded.summary.summary.clients) if recorded.summary else []
    return found if found or (recorded.summary and capture not in {"none", UNKNOWN}) else UNKNOWN


def _mismatch(recorded: GrantFacts, capture: Any) -> str:
    """`no`, `wrote 3 (2 refused, 1 failed)`, or unknown where nothing was captured or the texts are gone."""
    if recorded.mismatches is None or (capture in {"none", UNKNOWN} and not recorded.mismatches):
        return UNKNOWN
    return "; ".join(map(_said, recorded.mismatches)) or NO


def _said(one: Mismatch) -> str:
    failed = f", {one.failed} failed" if one.failed else ""
    return f"{one.kind.value} {one.times} ({one.refused} refused{failed})"
