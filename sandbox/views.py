"""Modals in their stack of three, and Home tabs, with what people entered in them."""

import itertools
import secrets
import time
from dataclasses import dataclass, field

from sandbox.blocks.ids import completed
from sandbox.blocks.state import Entered, rendered, values
from sandbox.wire import Json, SlackError
from sandbox.world import World

STACK_LIMIT = 3
_TEXTS = ("title", "submit", "close")


@dataclass(slots=True, kw_only=True)
class View:
    id: str
    user: str
    given: Json
    root_id: str
    previous_id: str | None
    blocks: list[Json] = field(default_factory=list)
    entered: Entered = field(default_factory=dict)
    hash: str = ""

    def __post_init__(self) -> None:
        self.render(self.given)

    def render(self, given: Json) -> None:
        """Shows another content; what was entered stays where block_id and action_id stay."""
        self.given = given
        self.blocks = completed(given["blocks"])
        self.entered = rendered(self.blocks, self.entered)
        self.hash = f"{int(time.time())}.{secrets.token_urlsafe(6)}"

    @property
    def external_id(self) -> str:
        return str(self.given.get("external_id", ""))

    def payload(self, world: World) -> Json:
        """The whole view as Slack sends it back, blocks and state included."""
        flags = ("clear_on_close", "notify_on_close", "submit_disabled")
        shown: Json = {
            "id": self.id,
            "team_id": world.team.id,
            "type": self.given["type"],
            "blocks": self.blocks,
            "private_metadata": self.given.get("private_metadata", ""),
            "callback_id": self.given.get("callback_id", ""),
            "external_id": self.external_id,
            "state": values(self.entered),
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "app_id": world.app.id,
            "app_installed_team_id": world.team.id,
            "bot_id": world.app.bot_id,
        }
        shown |= {key: bool(self.given.get(key, False)) for key in flags}
        return shown | {key: self.given.get(key) for key in _TEXTS}


@dataclass(slots=True)
class Views:
    """Open modals by person, bottom first; one Home tab by person."""

    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def open(self, user: str, given: Json) -> View:
        """A first modal; whatever this person had open is replaced."""
        self._free_external_id(given)
        view = self._new(user, given, None)
        self.stacks[user] = [view]
        return view

    def push(self, user: str, given: Json) -> View:
        stack = self.stacks.get(user, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= STACK_LIMIT:
            raise SlackError("push_limit_reached")
        self._free_external_id(given)
        view = self._new(user, given, stack[-1])
        stack.append(view)
        return view

    def update(self, view: View, given: Json) -> View:
        if given.get("external_id") != view.given.get("external_id"):
            self._free_external_id(given)
        view.render(given)
        return view

    def publish(self, user: str, given: Json, expected_hash: str | None) -> View:
        home = self.homes.get(user)
        if home is None:
            self.homes[user] = home = self._new(user, given, None)
        else:
            check_hash(home, expected_hash)
            self.update(home, given)
        return home

    def find(self, view_id: str) -> View | None:
        return next((view for view in self._all() if view.id == view_id), None)

    def find_external(self, external_id: str) -> View | None:
        return next((v for v in self._all() if external_id and v.external_id == external_id), None)

    def drop(self, view: View) -> None:
        """Takes the modal, and what lies above it, off the stack."""
        stack = self.stacks.get(view.user, [])
        if view in stack:
            del stack[stack.index(view) :]

    def _all(self) -> list[View]:
        return [*itertools.chain(*self.stacks.values()), *self.homes.values()]

    def _free_external_id(self, given: Json) -> None:
        if self.find_external(str(given.get("external_id", ""))):
            raise SlackError("duplicate_external_id")

    def _new(self, user: str, given: Json, below: View | None) -> View:
        view_id = f"V{next(self.numbers):010d}"
        root = below.root_id if below else view_id
        previous = below.id if below else None
        return View(id=view_id, user=user, given=given, root_id=root, previous_id=previous)


def check_hash(view: View, expected: str | None) -> None:
    """Refuses an update that was made for another content than the one shown."""
    if expected and expected != view.hash:
        raise SlackError("hash_conflict")
