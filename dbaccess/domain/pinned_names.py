"""Pinning of the ids that the names of a policy stand for."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dbaccess.domain.slack_names import CHANNEL, Named, NameUnresolved, find_named

_FIX: Final = 'Write the present name or the id, or run: dbaccess policy resolve --repin "{name}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """The id of a name; `is_new` if it was not pinned before, or to another id."""

    name: str
    id: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NameChange:
    """A pinned name that Slack uses otherwise now; `what` is true until Slack or the pin changes again."""

    name: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.what} {self.fix}"


def pin_names(
    names: Iterable[str], *, pinned: Mapping[str, str], listed: Collection[Named], repin: Collection[str] = ()
) -> list[Pin]:
    """Return an id for each name: the pinned one, or the one that Slack shows for a name without.

    Raises `NameUnresolved` with every name that Slack cannot resolve, and every pinned one that Slack uses
    otherwise now, unless `repin` has it. A name never moves to another id by itself.
    """
    found: list[Pin] = []
    problems: list[str] = []
    for name in names:
        before = pinned.get(name)
        if before is None or name in repin:
            try:
                slack_id = find_named(name, listed).id
            except NameUnresolved as unresolved:
                problems.append(str(unresolved))
                continue
            found.append(Pin(name=name, id=slack_id, is_new=slack_id != before))
        else:
            problems += map(str, name_changes({name: before}, listed))
            found.append(Pin(name=name, id=before, is_new=False))
    if problems:
        raise NameUnresolved("\n".join(problems))
    return found


def name_changes(pinned: Mapping[str, str], listed: Collection[Named]) -> Iterator[NameChange]:
    """Yield each pinned id that Slack lacks, has archived or disabled, shares, or calls otherwise.

    The pinned id stays in force in each of these cases.
    """
    by_id = {thing.id: thing for thing in listed}
    for name, slack_id in pinned.items():
        how = _change(name, by_id.get(slack_id))
        if how:
            others = sorted(thing.id for thing in listed if thing.name == name and thing.id != slack_id)
            taken = f" {name} is {', '.join(others)} there." if others else ""
            what = f"{name} is pinned to {slack_id}, which {how}.{taken}"
            yield NameChange(name=name, what=what, fix=_FIX.format(name=name))


def _change(name: str, thing: Named | None) -> str:
    """Return how Slack differs from the pin; empty if it does not."""
    if thing is None:
        return "Slack does not show the app"
    if thing.name != name:
        return f"Slack calls {thing.name} now"
    if thing.is_gone:
        return "is archived" if name.startswith(CHANNEL) else "is disabled"
    return "is shared with another workspace" if thing.is_shared else ""
