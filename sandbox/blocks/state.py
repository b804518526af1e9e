"""Values entered into the elements of a view or message, as Slack keeps and reports them."""

from sandbox.blocks.ids import elements_of
from sandbox.wire import Json

Entered = dict[tuple[str, str], Json]

_VALUE_KEYS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}


def value_key(element_type: str) -> str | None:
    """Return the key under which an element of this type reports its value; None if it has none."""
    keys = _VALUE_KEYS.get(element_type)
    return keys[0] if keys else None


def rendered(blocks: list[Json], before: Entered) -> Entered:
    """Return the value of each element once these blocks replace the earlier ones.

    Slack keeps the state of an element whose block_id and action_id (and type) stay the same, even if the new
    one has another initial value. Every other element starts from its initial value.
    """
    state: Entered = {}
    for block in blocks:
        for element in elements_of(block):
            keys = _VALUE_KEYS.get(element["type"])
            if keys is None:
                continue
            place = (block["block_id"], element["action_id"])
            kept = before.get(place)
            if kept is not None and kept["type"] == element["type"]:
                state[place] = kept
            else:
                state[place] = _initial(element, *keys)
    return state


def _initial(element: Json, key: str, initial_key: str) -> Json:
    nothing: list[Json] | None = [] if key.endswith("s") else None
    return {"type": element["type"], key: element.get(initial_key, nothing)}


def values(state: Entered) -> Json:
    """The `state` object of a payload."""
    found: Json = {}
    for (block_id, action_id), entered in state.items():
        found.setdefault(block_id, {})[action_id] = entered
    return {"values": found}
