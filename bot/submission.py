"""A modal that a person submitted: validated before its ack, which carries errors to their fields."""

from collections.abc import Callable
from functools import partial
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.listeners import home
from bot.payload import account_of
from bot.refused import tell_ledger
from dbaccess.domain.errors import DuplicateRequest, Refused
from dbaccess.slack.views import answers, text_modal

Json = dict[str, Any]
FieldErrors = Callable[[Refused, Json], dict[str, str]]
Refusal = Callable[[Refused, Json], Json]


def at_fields(field_errors: FieldErrors) -> Refusal:
    """Return a refusal that stands at the fields of the modal."""
    return lambda refused, view: {"response_action": "errors", "errors": field_errors(refused, view)}


def in_place(refused: Refused, _view: Json) -> Json:
    """Show the refusal in place of the modal, which has no field for it."""
    return {"response_action": "update", "view": text_modal.build(answers.refused(refused), title="Not done")}


def on_submission(
    app: ListenerRegistry,
    deps: Deps,
    callback_id: str,
    work: Callable[[Deps, Json, Json], object],
    refusal: Refusal,
    *,
    close_all: bool = False,
) -> None:
    """Register work for a submitted modal, as `submit` does it; it is called with payload and view."""

    @app.view(callback_id)
    def listener(ack: Ack, body: Json, view: Json, client: WebClient) -> None:
        do = partial(work, deps, body, view)
        submit(deps, ack, client, body, work=do, refusal=refusal, close_all=close_all)


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
    """Do the work, then close the modal and publish the Home tab again; a refusal stays in the modal.

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
