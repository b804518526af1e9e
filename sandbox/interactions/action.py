"""block_actions: clicks, choices and typing in messages, modals and Home."""

from typing import Any

from sandbox.blocks.state import value_key
from sandbox.interactions.context import Context
from sandbox.interactions.suggestion import offered
from sandbox.interactions.surface import Surface, find_element, find_surface
from sandbox.wire import Json, Refused
from sandbox.world import User

_TOLD = ("text", "value", "style", "confirm", "placeholder", "url", "min_query_length")
_FREE = {"users_select", "channels_select", "datepicker", "timepicker", "datetimepicker"}
_TYPED = {"plain_text_input", "number_input", "email_text_input", "url_text_input"}


async def click(context: Context, user_id: str, where: Json, asked: Json) -> Json:
    """A button; one with a confirm dialog is sent only if the person confirms."""
    user = context.person(user_id)
    surface = find_surface(context, user, where)
    wanted = {key: asked.get(key) for key in ("action_id", "block_id", "text", "value")}
    block, element = find_element(surface, **wanted)
    if element["type"] != "button":
        raise Refused("not_a_button", f"{element['action_id']} is a {element['type']}")
    _confirmed(element, asked)
    return await _send(context, user, surface, _action(context, block, element, {}))


async def choose(context: Context, user_id: str, where: Json, asked: Json) -> Json:
    """One option (or a list of them) by value; it stays chosen, and is sent where the element dispatches."""
    user = context.person(user_id)
    surface = find_surface(context, user, where)
    block, element = find_element(surface, action_id=asked.get("action_id"), block_id=asked.get("block_id"))
    kind = element["type"]
    if kind in _TYPED or kind == "button":
        raise Refused("not_a_choice", f"{element['action_id']} is a {kind}")
    if kind in _FREE:
        picked: Any = asked["value"]
    else:
        picked = _picked(await offered(context, user, surface, block, element), asked["value"])
    _confirmed(element, asked)
    key = value_key(kind) or "selected_option"
    return await _enter(context, user, surface, (block, element), {key: picked}, dispatch=True)


async def type_text(context: Context, user_id: str, where: Json, asked: Json) -> Json:
    """Text into an input; sent only where the element dispatches on what the person did."""
    user = context.person(user_id)
    surface = find_surface(context, user, where)
    block, element = find_element(surface, action_id=asked.get("action_id"), block_id=asked.get("block_id"))
    if element["type"] not in _TYPED:
        raise Refused("not_an_input", f"{element['action_id']} is a {element['type']}")
    text = str(asked["value"])
    longest = element.get("max_length", 3000)
    if len(text) > longest:
        raise Refused("too_long", f"{element['action_id']} takes {longest} characters, not {len(text)}")
    moments = element.get("dispatch_action_config", {}).get("trigger_actions_on", ["on_enter_pressed"])
    dispatch = "on_character_entered" in moments or (
        bool(asked.get("enter")) and "on_enter_pressed" in moments
    )
    return await _enter(context, user, surface, (block, element), {"value": text or None}, dispatch=dispatch)


async def _enter(
    context: Context, user: User, surface: Surface, at: tuple[Json, Json], entered: Json, *, dispatch: bool
) -> Json:
    block, element = at
    if value_key(element["type"]) is not None:
        surface.entered[block["block_id"], element["action_id"]] = {"type": element["type"], **entered}
    if block["type"] == "input" and not (dispatch and block.get("dispatch_action")):
        return {"sent": False, "error": None}
    return await _send(context, user, surface, _action(context, block, element, entered))


async def _send(context: Context, user: User, surface: Surface, action: Json) -> Json:
    view, message = surface.view, surface.message
    payload = context.common("block_actions", user) | surface.described(context) | {"actions": [action]}
    payload["trigger_id"] = context.store.triggers.issue(user.id, view.id if view else None)
    if message is not None:
        payload["response_url"] = context.response_url(
            "actions", user, message.channel, message_ts=message.ts, thread_ts=message.thread_ts
        )
    ack = await context.interact(payload)
    return {"sent": True, "error": ack.error}


def _action(context: Context, block: Json, element: Json, entered: Json) -> Json:
    told = {k: v for k, v in element.items() if k in _TOLD or k.startswith("initial_")}
    return {
        **told,
        "type": element["type"],
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        "action_ts": context.store.next_ts(),
        **entered,
    }


def _confirmed(element: Json, asked: Json) -> None:
    if "confirm" in element and not asked.get("confirmed"):
        title = element["confirm"]["title"]["text"]
        raise Refused("confirm_needed", f"{element['action_id']} asks first: {title}")


def _picked(options: list[Json], value: Any) -> Any:
    """The whole options for these values, from what was offered."""
    by_value = {option["value"]: option for option in options}
    wanted = value if isinstance(value, list) else [value]
    missing = [one for one in wanted if one not in by_value]
    if missing:
        raise Refused("option_not_offered", f"{missing} is not among {list(by_value)}")
    found = [by_value[one] for one in wanted]
    return found if isinstance(value, list) else found[0]
