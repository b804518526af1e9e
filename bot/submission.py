"""A modal that a person submitted: validated before its ack, which carries errors to their fields."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.deps import Deps
from bot.listeners import home
from bot.payload import account_of
from bot.refused import tell_ledger
from dbaccess.domain.errors import DuplicateRequest, Refused

Json = dict[str, Any]
FieldErrors = Callable[[Refused, Json], dict[str, str]]
Refusal = Callable[[Refused, Json], Json]


def at_fields(field_errors: FieldErrors) -> Refusal:
    """Return a refusal that stands at the fields of the modal."""
    return lambda refused, view: {"response_action": "errors", "errors": field_errors(refused, view)}


def submit(
    deps: Deps,
    ack: Ack,
    client: WebClient,
    body: Json,
    *,
    work: Callable[[], object],
    refusal: Refusal,
    close_all: bool = False,
) -> bool:
    """Do the work, then close the modal and publish the Home tab anew; a refusal stays in the modal.

    Return whether the work was done. A repeated delivery closes the modal and does nothing. `close_all`
    closes the modals below it too.
    """
    try:
        work()
    except DuplicateRequest:
        ack()
    except Refused as refused:
        ack(**refusal(refused, body["view"]))
        tell_ledger(deps, refused, body)
    else:
        ack(response_action="clear" if close_all else None)
        home.renew(deps, client, account_of(body))
        return True
    return False
