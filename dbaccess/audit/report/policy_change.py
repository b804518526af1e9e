"""How one policy differs from another, by the names of its parts."""

from collections.abc import Iterator
from typing import Any, Final

_NAMED: Final = ("groups", "people", "clusters", "targets")


def policy_changes(before: Any, after: Any) -> list[str]:
    """Return texts such as `rule prod-read changed`; one text where nothing is known of one of them."""
    if not isinstance(after, dict):
        return ["its content is not readable"]
    if not isinstance(before, dict):
        return ["the policy before is unknown"]
    found = [*_parts(before, after), *_others(before, after)]
    return found or ["the same content"]


def _parts(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for section in (*_NAMED, "rules"):
        old, new = _by_name(before.get(section)), _by_name(after.get(section))
        part = section.removesuffix("s") if section != "people" else "person"
        for name in sorted({*old, *new}):
            if old.get(name) != new.get(name):
                verb = "added" if name not in old else "removed" if name not in new else "changed"
                yield f"{part} {name} {verb}"
    if [*_by_name(before.get("rules"))] != [*_by_name(after.get("rules"))]:
        yield "rules in another order, added or removed"


def _others(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for name in sorted({*before, *after} - {*_NAMED, "rules"}):
        if before.get(name) != after.get(name):
            yield f"{name} changed"


def _by_name(section: Any) -> dict[str, Any]:
    """Return the parts by name; rules are a list and carry their id."""
    if isinstance(section, dict):
        return section
    if isinstance(section, list):
        return {str(one["id"]): one for one in section if isinstance(one, dict) and "id" in one}
    return {}
