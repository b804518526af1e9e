"""Copies of a request's message that no record names, so that nothing updates them.

Workers that are killed after Slack took a message and before they record it leave one.
"""

from typing import Any, Final

import structlog
from slack_bolt import Respond

from bot.deps import Deps
from bot.payload import value
from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.message import ANNOUNCES
from dbaccess.domain.request import RequestId
from dbaccess.log import describe
from dbaccess.slack.client import call
from dbaccess.slack.views.button_value import parse_id

log = structlog.get_logger()

Json = dict[str, Any]
_TAKEN: Final = 200


def remove(deps: Deps, body: Json, respond: Respond) -> None:
    """Delete the clicked message if it is a copy; the message on record stays, and shows the state.

    The click was answered before, so a failure is logged, and the next click tries again.
    """
    container = body.get("container") or {}
    if container.get("type") != "message" or container.get("is_ephemeral"):
        return
    try:
        request_id = RequestId(parse_id(value(body).partition(".")[0]))
        if _is_copy(deps, request_id, str(container.get("message_ts"))):
            _delete(respond)
            log.info("copy deleted", request=f"R-{request_id}")
    except Exception as failure:  # noqa: BLE001 the person has their answer
        log.warning("copy not deleted", **describe(failure))


def _delete(respond: Respond) -> None:
    answer = call("response_url", lambda: respond(delete_original=True))
    if answer.status_code != _TAKEN:
        raise SlackFailure("Slack did not delete the copy.", code=f"http_{answer.status_code}")


def _is_copy(deps: Deps, request_id: RequestId, ts: str) -> bool:
    """Return whether another message of the request is on record, and not this one."""
    with deps.begin() as uow:
        known = [one.posted_ts for one in uow.messages.of(request_id) if one.kind in ANNOUNCES]
    return any(known) and ts not in known
