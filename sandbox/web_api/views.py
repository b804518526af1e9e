"""views.*: modals and the Home tab."""

import json

from sandbox.blocks import check_view
from sandbox.views import View, check_hash
from sandbox.web_api.call import Call
from sandbox.wire import Json, SlackError

LARGEST = 250_000


def open_(call: Call) -> Json:
    given = _given(call, "modal")
    trigger = call.store.triggers.exchange(call.required("trigger_id"))
    return _answer(call, call.store.views.open(trigger.user, given))


def push(call: Call) -> Json:
    """On top of the modal in which the trigger's interaction took place."""
    given = _given(call, "modal")
    trigger = call.store.triggers.exchange(call.required("trigger_id"))
    if trigger.from_view is None or call.store.views.find(trigger.from_view) is None:
        raise SlackError("not_found")
    return _answer(call, call.store.views.push(trigger.user, given))


def update(call: Call) -> Json:
    view_id, external_id = call.optional("view_id"), call.optional("external_id")
    if not view_id and not external_id:
        raise SlackError.arguments("missing required field: view_id")
    given = _given(call, "modal", "home")
    views = call.store.views
    view = views.find(view_id) if view_id else views.find_external(external_id or "")
    if view is None or view.given["type"] != given["type"]:
        raise SlackError("not_found")
    check_hash(view, call.optional("hash"))
    return _answer(call, views.update(view, given))


def publish(call: Call) -> Json:
    if not call.store.manifest.home_tab:
        raise SlackError("not_enabled")
    given = _given(call, "home")
    user = call.user("user_id")
    return _answer(call, call.store.views.publish(user.id, given, call.optional("hash")))


def check_given(given: Json, *kinds: str) -> None:
    """Raises what Slack answers to a view that it does not take."""
    if len(json.dumps(given)) > LARGEST:
        raise SlackError("view_too_large")
    found = check_view(given)
    if not found and given["type"] not in kinds:
        found = [f"[ERROR] must be one of: {', '.join(kinds)} [json-pointer:/view/type]"]
    if found:
        raise SlackError("invalid_arguments", response_metadata={"messages": found})


def _given(call: Call, *kinds: str) -> Json:
    given = call.object("view")
    check_given(given, *kinds)
    return given


def _answer(call: Call, view: View) -> Json:
    return {"view": view.payload(call.store.world)}
