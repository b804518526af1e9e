"""The elements that live inside blocks, one rule each."""

from typing import Any

from sandbox.blocks.checks import (
    Check,
    Place,
    boolean,
    both,
    integer,
    items,
    listed,
    one_of,
    pattern,
    shape,
    string,
    text,
)

CONFIRM = shape(
    {"title": text(100), "text": text(300, "plain_text", "mrkdwn"), "confirm": text(30), "deny": text(30)},
    {"style": one_of("primary", "danger")},
)
_DISPATCH = shape(
    {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)},
)
_PLACEHOLDER = text(150)
_LABEL_75 = string(75)
_ID = string(255, 1)
_URL = pattern(r"https?://\S{1,2990}", "a valid URL of at most 3000 characters")
_DATE = pattern(r"\d{4}-\d{2}-\d{2}", "a date as YYYY-MM-DD")
_TIME = pattern(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm")
_IDS = items(string(255, 1), 100)


def option(*kinds: str, url: bool = False) -> Check:
    kinds = kinds or ("plain_text",)
    optional: dict[str, Check] = {"description": text(75, *kinds)}
    if url:
        optional["url"] = _URL
    return shape({"text": text(75, *kinds), "value": string(150, 1)}, optional)


_OPTION = option()
_GROUP = shape({"label": text(75), "options": items(_OPTION, 100)})
_RICH = ("plain_text", "mrkdwn")


def _choices(value: Any, place: Place) -> None:
    """Exactly one of options and option_groups, values unique, and what is initial among them."""
    if ("options" in value) == ("option_groups" in value):
        place.report("exactly one of options and option_groups is required")
        return
    offered = offered_options(value)
    values = [one.get("value") for one in offered if isinstance(one, dict)]
    if len(values) != len({str(v) for v in values}):
        place.report("option values must be unique")
    initial = value.get("initial_options") or [value.get("initial_option")]
    for one in initial if isinstance(initial, list) else []:
        if one is not None and one not in offered:
            place.report("the initial option must be one of the options")


def offered_options(element: dict[str, Any]) -> list[Any]:
    """All options of an element, those of its groups included."""
    groups = listed(element.get("option_groups"))
    grouped = [one for group in groups if isinstance(group, dict) for one in listed(group.get("options"))]
    return [*listed(element.get("options")), *grouped]


def _min_not_over_max(low: str, high: str) -> Check:
    def check(value: Any, place: Place) -> None:
        lowest, highest = value.get(low), value.get(high)
        if isinstance(lowest, int) and isinstance(highest, int) and lowest > highest:
            (place / low).report(f"must not be greater than {high}")

    return check


def _element(required: dict[str, Check], optional: dict[str, Check], *more: Check) -> Check:
    return both(shape({"type": string(50), **required}, {"action_id": _ID, **optional}), *more)


_SELECT: dict[str, Check] = {"placeholder": _PLACEHOLDER, "confirm": CONFIRM, "focus_on_load": boolean}
_MULTI: dict[str, Check] = {**_SELECT, "max_selected_items": integer(1, 100)}
_TYPED: dict[str, Check] = {
    "placeholder": _PLACEHOLDER,
    "dispatch_action_config": _DISPATCH,
    "focus_on_load": boolean,
}
_STATIC: dict[str, Check] = {"options": items(_OPTION, 100), "option_groups": items(_GROUP, 100)}
_NUMBER = pattern(r"-?\d+(\.\d+)?", "a number in a string")

ELEMENTS: dict[str, Check] = {
    "button": _element(
        {"text": text(75)},
        {
            "url": _URL,
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": _LABEL_75,
        },
    ),
    "checkboxes": _element(
        {"options": items(option(*_RICH), 10)},
        {"initial_options": items(option(*_RICH), 10), "confirm": CONFIRM, "focus_on_load": boolean},
        _choices,
    ),
    "radio_buttons": _element(
        {"options": items(option(*_RICH), 10)},
        {"initial_option": option(*_RICH), "confirm": CONFIRM, "focus_on_load": boolean},
        _choices,
    ),
    "datepicker": _element({}, {**_SELECT, "initial_date": _DATE}),
    "timepicker": _element({}, {**_SELECT, "initial_time": _TIME, "timezone": string(60)}),
    "datetimepicker": _element(
        {}, {"initial_date_time": integer(10**9, 10**10 - 1), "confirm": CONFIRM, "focus_on_load": boolean}
    ),
    "image": shape({"type": string(50), "image_url": _URL, "alt_text": string(2000, 1)}),
    "overflow": _element({"options": items(option(*_RICH, url=True), 5)}, {"confirm": CONFIRM}, _choices),
    "static_select": _element({}, {**_SELECT, **_STATIC, "initial_option": _OPTION}, _choices),
    "multi_static_select": _element(
        {}, {**_MULTI, **_STATIC, "initial_options": items(_OPTION, 100)}, _choices
    ),
    "external_select": _element(
        {}, {**_SELECT, "min_query_length": integer(0, 3000), "initial_option": _OPTION}
    ),
    "multi_external_select": _element(
        {}, {**_MULTI, "min_query_length": integer(0, 3000), "initial_options": items(_OPTION, 100)}
    ),
    "users_select": _element({}, {**_SELECT, "initial_user": _ID}),
    "multi_users_select": _element({}, {**_MULTI, "initial_users": _IDS}),
    "channels_select": _element({}, {**_SELECT, "initial_channel": _ID, "response_url_enabled": boolean}),
    "plain_text_input": _element(
        {},
        {
            **_TYPED,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        _min_not_over_max("min_length", "max_length"),
    ),
    "number_input": _element(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER},
    ),
    "email_text_input": _element({}, {**_TYPED, "initial_value": string(3000)}),
    "url_text_input": _element({}, {**_TYPED, "initial_value": string(3000)}),
}

_SINGLE = {
    "static_select",
    "external_select",
    "users_select",
    "channels_select",
    "radio_buttons",
    "checkboxes",
    "datepicker",
    "timepicker",
}
_MULTIPLE = {"multi_static_select", "multi_external_select", "multi_users_select"}
IN_ACTIONS = frozenset(_SINGLE | {"button", "overflow", "datetimepicker"})
IN_SECTION = frozenset(_SINGLE | _MULTIPLE | {"button", "overflow", "image"})
IN_INPUT = frozenset(
    _SINGLE
    | _MULTIPLE
    | {"datetimepicker", "plain_text_input", "number_input", "email_text_input", "url_text_input"}
)


def element(allowed: frozenset[str]) -> Check:
    """One of these element types, by its own rule."""

    def check(value: Any, place: Place) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in allowed:
            (place / "type").report(f"unsupported type: {kind}")
            return
        ELEMENTS[kind](value, place)

    return check
