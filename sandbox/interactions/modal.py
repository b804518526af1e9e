"""view_submission and view_closed, and what the app's answer does to the stack of modals."""

from typing import Any

from sandbox.blocks.state import value_key
from sandbox.interactions.context import Context
from sandbox.interactions.surface import open_view
from sandbox.views import View
from sandbox.web_api.views import check_given
from sandbox.wire import Json, Refused, SlackError
from sandbox.world import User

_REQUIRED = "Please complete this required field."


async def submit(context: Context, user_id: str, view_id: str) -> Json:
    """Checks as Slack's client does, then asks the app; the errors of either are by block_id."""
    user = context.person(user_id)
    view = open_view(context, user, view_id)
    if view.given["type"] != "modal" or "submit" not in view.given:
        raise Refused("no_submit", f"{view_id} has no submit button")
    errors = _client_errors(view)
    if errors:
        return {"sent": False, "errors": errors, "error": None}
    payload = context.common("view_submission", user)
    payload["trigger_id"] = context.store.triggers.issue(user.id, view.id)
    payload["view"] = view.payload(context.store.world)
    ack = await context.interact(payload)
    if ack.error:
        return {"sent": True, "errors": {}, "error": ack.error}
    try:
        return {"sent": True, "errors": _apply(context, view, ack.payload or {}), "error": None}
    except SlackError as error:
        details = error.extra.get("response_metadata", {}).get("messages", [])
        return {"sent": True, "errors": {}, "error": ": ".join([error.error, *details])}


async def close(context: Context, user_id: str, view_id: str, *, whole_stack: bool) -> Json:
    """The close button of the top view, or the cross that ends the whole stack."""
    user = context.person(user_id)
    view = open_view(context, user, view_id)
    if view.given["type"] != "modal":
        raise Refused("not_a_modal", view_id)
    cleared = whole_stack or bool(view.given.get("clear_on_close"))
    stack = context.store.views.stacks[user.id]
    ended = list(reversed(stack)) if cleared else [view]
    told = [_closed(context, user, one, cleared=cleared) for one in ended if one.given.get("notify_on_close")]
    for one in ended:
        context.store.views.drop(one)
    error = None
    for payload in told:
        error = (await context.interact(payload)).error or error
    return {"sent": bool(told), "error": error}


def _closed(context: Context, user: User, view: View, *, cleared: bool) -> Json:
    payload = context.common("view_closed", user)
    return payload | {"view": view.payload(context.store.world), "is_cleared": cleared}


def _client_errors(view: View) -> dict[str, str]:
    found = {}
    for block in view.blocks:
        if block["type"] == "input":
            fault = _fault(block, view)
            if fault:
                found[block["block_id"]] = fault
    return found


def _fault(block: Json, view: View) -> str | None:
    element = block["element"]
    entered = view.entered.get((block["block_id"], element["action_id"]), {})
    value: Any = entered.get(value_key(element["type"]) or "")
    if value in (None, "", []):
        return None if block.get("optional") else _REQUIRED
    shortest = element.get("min_length", 0)
    if isinstance(value, str) and len(value) < shortest:
        return f"Please enter at least {shortest} characters."
    if element["type"] == "number_input" and not _is_number(element, str(value)):
        return "Please enter a number."
    if element["type"] == "email_text_input" and "@" not in str(value):
        return "Please enter a valid email address."
    if element["type"] == "url_text_input" and "://" not in str(value):
        return "Please enter a valid URL."
    return None


def _is_number(element: Json, value: str) -> bool:
    try:
        number = float(value)
    except ValueError:
        return False
    low, high = float(element.get("min_value", "-inf")), float(element.get("max_value", "inf"))
    return low <= number <= high and (element["is_decimal_allowed"] or number.is_integer())


def _apply(context: Context, view: View, answer: Json) -> dict[str, str]:
    views, action = context.store.views, answer.get("response_action")
    if action is None and not answer:
        views.drop(view)
    elif action == "errors":
        return _errors(view, answer.get("errors"))
    elif action == "clear":
        views.stacks[view.user] = []
    elif action in ("update", "push"):
        given = answer.get("view")
        if not isinstance(given, dict):
            raise SlackError("invalid_response_action")
        check_given(given, "modal")
        if action == "update":
            views.update(view, given)
        else:
            views.push(view.user, given)
    else:
        raise SlackError("invalid_response_action")
    return {}


def _errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("invalid_response_action_errors")
    return {str(block_id): str(text) for block_id, text in errors.items()}
