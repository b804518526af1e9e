"""Rules between the fields of an element: bounds in order, and initial values that can be chosen."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.blocks.checks import Place, listed, pattern

_DATE = pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "a date as YYYY-MM-DD")


def calendar_date(value: Any, place: Place) -> None:
    """Report what no calendar has, such as 30 February."""
    before = len(place.findings.messages)
    _DATE(value, place)
    if len(place.findings.messages) > before:
        return
    try:
        date.fromisoformat(value)
    except ValueError:
        place.report("must be a date that exists")


def time_zone(value: Any, place: Place) -> None:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError, AttributeError):
        place.report("must be a timezone in IANA format")


def offered_options(element: dict[str, Any]) -> list[Any]:
    """All options of an element, those of its groups included."""
    groups = listed(element.get("option_groups"))
    grouped = [one for group in groups if isinstance(group, dict) for one in listed(group.get("options"))]
    return [*listed(element.get("options")), *grouped]


def initial_choices(value: Any, place: Place) -> None:
    """Exactly one of options and option_groups, values unique, and what is initial among them."""
    if not isinstance(value, dict):
        return
    if ("options" in value) == ("option_groups" in value):
        place.report("exactly one of options and option_groups is required")
        return
    offered = offered_options(value)
    if _repeated([one.get("value") for one in offered if isinstance(one, dict)]):
        place.report("option values must be unique")
    initial = [value.get("initial_option"), *listed(value.get("initial_options"))]
    if any(one is not None and one not in offered for one in initial):
        place.report("the initial option must be one of the options")
    unique_choices(value, place)


def unique_choices(value: Any, place: Place) -> None:
    """Each initial choice stands once, and there are no more than may be chosen."""
    if not isinstance(value, dict):
        return
    chosen = [*listed(value.get("initial_options")), *listed(value.get("initial_users"))]
    if _repeated(chosen):
        place.report("initial choices must be unique")
    most = value.get("max_selected_items")
    if isinstance(most, int) and len(chosen) > most:
        place.report("no more initial choices than max_selected_items allowed")


def bounded_length(value: Any, place: Place) -> None:
    """A text of min_length to max_length characters exists, and the initial one is not too long."""
    if not isinstance(value, dict):
        return
    low, high, initial = value.get("min_length"), value.get("max_length"), value.get("initial_value")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        (place / "min_length").report("must not be greater than max_length")
    if isinstance(initial, str) and isinstance(high, int) and len(initial) > high:
        (place / "initial_value").report("must not be longer than max_length")


def bounded_number(value: Any, place: Place) -> None:
    """A number from min_value to max_value exists, and all are whole where decimals are not allowed."""
    if not isinstance(value, dict):
        return
    low, high, initial = (_number(value.get(key)) for key in ("min_value", "max_value", "initial_value"))
    if low is not None and high is not None and low > high:
        (place / "min_value").report("must not be greater than max_value")
    if initial is not None and not _within(initial, low, high):
        (place / "initial_value").report("must be between min_value and max_value")
    if value.get("is_decimal_allowed") is False:
        numbers = {"min_value": low, "max_value": high, "initial_value": initial}
        for key, number in numbers.items():
            if number is not None and number != number.to_integral_value():
                (place / key).report("must be a whole number")


def _number(value: Any) -> Decimal | None:
    """Return the number; none for what is none, which another check reports."""
    try:
        return Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None


def _repeated(values: list[Any]) -> bool:
    return len(values) != len({str(value) for value in values})


def _within(number: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is None or number >= low) and (high is None or number <= high)
