"""The elements that live inside blocks, one rule each."""

from typing import Any

from sandbox.blocks.checks import (
    Check,
    Place,
    boolean,
    both,
    integer,
    items,
    one_of,
    pattern,
    shape,
    string,
    text,
)
from sandbox.blocks.initial import (
    bounded_length,
    bounded_number,
    calendar_date,
    initial_choices,
    time_zone,
    unique_choices,
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
        initial_choices,
    ),
    "radio_buttons": _element(
        {"options": items(option(*_RICH), 10)},
        {"initial_option": option(*_RICH), "confirm": CONFIRM, "focus_on_load": boolean},
        initial_choices,
    ),
    "datepicker": _element({}, {**_SELECT, "initial_date": calendar_date}),
    "timepicker": _element({}, {**_SELECT, "initial_time": _TIME, "timezone": time_zone}),
    "datetimepicker": _element(
        {}, {"initial_date_time": integer(10**9, 10**10 - 1), "confirm": CONFIRM, "focus_on_load": boolean}
    ),
    "image": shape({"type": string(50), "image_url": _URL, "alt_text": string(2000, 1)}),
    "overflow": _element(
        {"options": items(option(*_RICH, url=True), 5)}, {"confirm": CONFIRM}, initial_choices
    ),
    "static_select": _element({}, {**_SELECT, **_STATIC, "initial_option": _OPTION}, initial_choices),
    "multi_static_select": _element(
        {}, {**_MULTI, **_STATIC, "initial_options": items(_OPTION, 100)}, initial_choices
    ),
    "external_select": _element(
        {}, {**_SELECT, "min_query_length": integer(0, 3000), "initial_option": _OPTION}
    ),
    "multi_external_select": _element(
        {},
        {**_MULTI, "min_query_length": integer(0, 3000), "initial_options": items(_OPTION, 100)},
        unique_choices,
    ),
    "users_select": _element({}, {**_SELECT, "initial_user": _ID}),
    "multi_users_select": _element({}, {**_MULTI, "initial_users": _IDS}, unique_choices),
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
        bounded_length,
    ),
    "number_input": _element(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER},
        bounded_number,
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
