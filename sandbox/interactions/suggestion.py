"""block_suggestion: the options of an external select, asked from the app while the person types."""

from sandbox.blocks import check_options
from sandbox.blocks.initial import offered_options
from sandbox.interactions.context import Context
from sandbox.interactions.surface import Surface, find_element, find_surface
from sandbox.wire import Json, Refused
from sandbox.world import User

_EXTERNAL = {"external_select", "multi_external_select"}
_DEFAULT_QUERY_LENGTH = 3


async def suggest(context: Context, user_id: str, where: Json, asked: Json) -> Json:
    """Return the options for the typed text; a query that is too short is not sent."""
    user = context.person(user_id)
    surface = find_surface(context, user, where)
    block, element = find_element(surface, action_id=asked.get("action_id"), block_id=asked.get("block_id"))
    if element["type"] not in _EXTERNAL:
        raise Refused("not_external", f"{element['action_id']} is a {element['type']}")
    return await _ask(context, user, surface, block, element, str(asked.get("query", "")))


async def offered(context: Context, user: User, surface: Surface, block: Json, element: Json) -> list[Json]:
    """Return what this person can pick; opening an external menu asks the app if no query is needed."""
    if element["type"] not in _EXTERNAL:
        return offered_options(element)
    place = (surface.id, block["block_id"], element["action_id"])
    if place not in context.suggested:
        await _ask(context, user, surface, block, element, "")
    return context.suggested.get(place, [])


async def _ask(
    context: Context, user: User, surface: Surface, block: Json, element: Json, query: str
) -> Json:
    if len(query) < element.get("min_query_length", _DEFAULT_QUERY_LENGTH):
        return {"options": [], "sent": False, "error": None}
    payload = context.common("block_suggestion", user) | surface.described(context)
    payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": query}
    payload.pop("state", None)
    ack = await context.interact(payload)
    if ack.error:
        return {"options": [], "sent": True, "error": ack.error}
    answer = ack.payload or {}
    found = check_options(answer)
    if found:
        return {"options": [], "sent": True, "error": f"invalid_options: {'; '.join(found)}"}
    options = offered_options(answer)
    context.suggested[surface.id, block["block_id"], element["action_id"]] = options
    return {"options": options, "sent": True, "error": None}
