"""Properties of everything that dbaccess shows, whichever module makes it."""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from types import CodeType, FrameType, FunctionType
from typing import Any

from dbaccess.slack import views
from tests.unit.slack.every_view import every_view
from tests.unit.slack.limits import texts_of


def view_functions() -> Iterator[tuple[str, CodeType]]:
    """The public functions of all view modules that return a view, a message, blocks or a part of one."""
    for module in pkgutil.iter_modules(views.__path__):
        loaded = importlib.import_module(f"{views.__name__}.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if (
                not name.startswith("_")
                and function.__module__ == loaded.__name__
                and _returns_json(function)
            ):
                yield f"{module.name}.{name}", function.__code__


def _returns_json(function: FunctionType) -> bool:
    returned = inspect.signature(function).return_annotation
    return returned in (dict[str, Any], list[dict[str, Any]])


def called_by_every_view() -> set[CodeType]:
    called: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            called.add(frame.f_code)

    sys.setprofile(note)
    try:
        every_view("other words")
    finally:
        sys.setprofile(None)
    return called


def test_properties_below_hold_for_each_function_of_a_view_module() -> None:
    called = called_by_every_view()
    found = list(view_functions())
    assert len(found) > len(list(pkgutil.iter_modules(views.__path__)))
    assert [name for name, code in found if code not in called] == []


def test_date_token_stands_only_where_slack_renders_it() -> None:
    raw = {
        (name, text["text"])
        for name, payload in every_view("plain words")
        for text in texts_of(payload)
        if text["type"] == "plain_text" and "<!date" in text["text"]
    }
    assert raw == set()
    spoken = {name for name, payload in every_view("plain words") if "<!date" in payload.get("text", "")}
    assert spoken == set()


def test_date_token_stands_in_no_other_value_of_a_view() -> None:
    """In metadata, an option's value or an initial text Slack shows it raw, or sends it back."""
    assert {
        name for name, payload in every_view("plain words") if "<!date" in _beside_texts(payload)
    } == set()


def _beside_texts(value: Any) -> str:
    if isinstance(value, dict):
        kept = {
            key: one for key, one in value.items() if not (key == "text" and value.get("type") == "mrkdwn")
        }
        return "".join(_beside_texts(one) for one in kept.values())
    if isinstance(value, list):
        return "".join(_beside_texts(one) for one in value)
    return str(value)
