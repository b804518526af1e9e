"""Records of refused clicks, forms and commands for the ledger."""

import re
from typing import Any, Final

import structlog

from bot.deps import Deps
from bot.payload import sender
from dbaccess.domain.errors import Refused
from dbaccess.domain.refused_attempt import RefusedAttempt, is_recorded
from dbaccess.log import describe
from dbaccess.operations.refused_attempts import record_refusal

log = structlog.get_logger()

Json = dict[str, Any]
_LONGEST: Final = 60
_NO_ATTEMPT: Final = ("block_suggestion", "event_callback")
"""A letter typed into a menu, and a look at the Home tab."""
_NUMBER: Final = re.compile(r"[0-9]{1,15}(?![0-9])")


def tell_ledger(deps: Deps, error: Exception, body: Json, *, command: str | None = None) -> None:
    """Record the refusal; the answer to the person never fails because of it.

    `command` is the word of a sub-command. Called after the answer, because the ledger may be busy.
    """
    account = sender(body)
    if not isinstance(error, Refused) or not is_recorded(error) or account is None:
        return
    if body.get("type") in _NO_ATTEMPT:
        return
    surface, what = _place(body, command)
    attempt = RefusedAttempt(
        slack_id=account, surface=surface, what=what, about=_about(body), why=type(error).__name__
    )
    try:
        record_refusal(deps.begin, attempt, actor=deps.policy.person_id(account))
    except Exception as failure:  # noqa: BLE001 the person has their answer
        log.error("refusal not recorded", **describe(failure))  # noqa: TRY400 its text could quote a statement


def _place(body: Json, command: str | None) -> tuple[str, str]:
    """Return the kind of surface and its name, both ours."""
    if "command" in body:
        return "command", command or ""
    if body.get("type") == "view_submission":
        return "form", str(body["view"].get("callback_id", ""))[:_LONGEST]
    actions = body.get("actions") or [{}]
    return "click", str(actions[0].get("action_id", ""))[:_LONGEST]


def _about(body: Json) -> int | None:
    """Return the number with which the value of a button begins: of a request or a grant."""
    actions = body.get("actions") or [{}]
    found = _NUMBER.match(str(actions[0].get("value") or ""))
    return int(found[0]) if found else None
