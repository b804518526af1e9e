"""All wording that Slack shows, as a snapshot. Tests beside this one hold the rules behind the words.

`make test ARGS="tests/unit/slack/test_wording.py --snapshot-update"` accepts a change; its diff is reviewed.
"""

from collections.abc import Iterator
from typing import Any

from syrupy.assertion import SnapshotAssertion

from tests.unit.slack.every_view import every_view


def test_wording_of_each_surface_is_the_reviewed_one(snapshot: SnapshotAssertion) -> None:
    surfaces: dict[str, dict[str, None]] = {}
    for name, payload in every_view("plain words", names="Maya Lindqvist"):
        surfaces.setdefault(name, {})["\n".join(_lines(payload, "text"))] = None
    assert surfaces
    for name, shown in surfaces.items():
        assert "\n\n".join(shown) == snapshot(name=name)


def _lines(value: Any, kind: str) -> Iterator[str]:
    """Yield each text below `value` with the kind of block or element that shows it."""
    if isinstance(value, str):
        yield f"{kind}: {value}"
    elif isinstance(value, list):
        for one in value:
            yield from _lines(one, kind)
    elif isinstance(value, dict):
        if value.get("type") in {"plain_text", "mrkdwn"}:
            yield f"{kind}: {value['text']}"
            return
        for key, below in value.items():
            if isinstance(below, dict | list):
                yield from _lines(below, key if key in _NAMED else value.get("type", kind))
            elif key == "text":
                yield f"{key}: {below}"


_NAMED = {"title", "submit", "close", "label", "hint", "placeholder", "options", "confirm"}
