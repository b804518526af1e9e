"""The modal that offers to withdraw an own request that stands in the way, and to send the new one."""

import json
from collections.abc import Mapping
from typing import Any

from dbaccess.domain.errors import AlreadyOpen, NotFound, Refused
from dbaccess.domain.request import RequestId
from dbaccess.slack.blocks import modal, section
from dbaccess.slack.fields import subject_of
from dbaccess.slack.text import inline, quote, refusal
from dbaccess.slack.views.button_value import parse_id
from dbaccess.slack.views.form import FormState

REPLACE_FORM = "request.replace"
"""The modal's callback id; a submission withdraws and sends."""


def offers(error: Refused) -> bool:
    """Return whether a request can take the place of the one that stands in the way."""
    return isinstance(error, AlreadyOpen) and error.request_id is not None


def build(error: Refused, state: FormState) -> dict[str, Any]:
    """Return the modal for a refusal that `offers` accepts; `state` is the new request."""
    if not isinstance(error, AlreadyOpen) or error.request_id is None:
        raise ValueError("Nothing can be replaced.")
    what = inline(f"{state.role} on {state.target}, {state.duration}")
    held = {"instead_of": str(error.request_id), **state.as_draft()}
    return modal(
        title="Replace request",
        callback_id=REPLACE_FORM,
        submit="Withdraw and send",
        close="Go back",
        private_metadata=json.dumps(held, ensure_ascii=False, separators=(",", ":")),
        blocks=[
            section(f"{refusal(error)} Withdraw it and send this one instead?"),
            section(f"{what}\n{quote(state.reason)}"),
        ],
    )


def parse(view: Mapping[str, Any]) -> tuple[RequestId, FormState]:
    """Return the request to withdraw and the one to send; raises `NotFound` for any content but our own."""
    try:
        held = json.loads(subject_of(view))
        fields = {str(name): str(value) for name, value in held.items()}
    except (ValueError, AttributeError):
        raise NotFound("This request has expired; start again with /dbaccess.") from None
    return RequestId(parse_id(fields.pop("instead_of", ""))), FormState.of_draft(fields)
