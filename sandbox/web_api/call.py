"""One call of a method: its arguments as the method reads them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.scopes import channel_scope, demand
from sandbox.store import Store
from sandbox.wire import Json, SlackError
from sandbox.world import Channel, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`args` as decoded from JSON or from a form."""

    store: Store
    method: str
    args: Json

    def required(self, name: str) -> str:
        value = self.optional(name)
        if not value:
            raise SlackError.arguments(f"missing required field: {name}")
        return value

    def optional(self, name: str) -> str | None:
        value = self.args.get(name)
        if value is not None and not isinstance(value, str):
            raise SlackError.arguments(f"must be a string [json-pointer:/{name}]")
        return value

    def flag(self, name: str) -> bool:
        return self.args.get(name) in (True, 1, "1", "true", "True")

    def object(self, name: str) -> Json:
        value = self.args.get(name)
        if not isinstance(value, dict):
            raise SlackError.arguments(f"missing required field: {name}")
        return value

    def channel(self, name: str = "channel") -> Channel:
        """A channel that the app may know of: private ones only as a member."""
        found = self.store.world.find_channel(self.required(name))
        if found is None or (found.is_private and self.store.world.app.bot_user not in found.members):
            raise SlackError("channel_not_found")
        return found

    def user(self, name: str = "user") -> User:
        found = self.store.world.find_user(self.required(name))
        if found is None:
            raise SlackError("user_not_found")
        return found

    def demand_for(self, channel: Channel, verb: str) -> None:
        demand(self.store.manifest, frozenset({channel_scope(channel, verb)}))

    def page(self, rows: list[Any], most: int = 1000) -> tuple[list[Any], Json]:
        """The rows from the cursor on, and the metadata that leads to the next ones."""
        cursor, limit = self.optional("cursor") or "0", self._limit(most)
        if not cursor.removeprefix("after:").isdigit():
            raise SlackError("invalid_cursor")
        start = int(cursor.removeprefix("after:"))
        end = start + limit if limit else len(rows)
        following = f"after:{end}" if end < len(rows) else ""
        return rows[start:end], {"next_cursor": following}

    def _limit(self, most: int) -> int:
        given = self.args.get("limit", 0)
        try:
            limit = int(given)
        except (TypeError, ValueError) as error:
            raise SlackError("invalid_limit") from error
        if not 0 <= limit <= most:
            raise SlackError("invalid_limit")
        return limit


Handler = Callable[[Call], Json]
