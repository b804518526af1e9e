"""A sub-command of `/dbaccess`, and one call of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.deps import Deps
from dbaccess.domain.people import SlackId

COMMAND = "/dbaccess"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCall:
    """A typed command. `text` follows the word of the sub-command; of a request it is the whole line."""

    deps: Deps
    ack: Ack
    client: WebClient
    body: dict[str, Any]
    text: str

    @property
    def slack_id(self) -> SlackId:
        return SlackId(self.body["user_id"])

    def answer(self, answer: dict[str, Any]) -> None:
        """Acknowledge with words that only this person sees."""
        self.ack(response_type="ephemeral", **answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubCommand:
    """One entry of the registry. Dispatch, help, the manifest's hint and the reference are made from it.

    `usage` is what follows the word; a sub-command without one is meant only where nothing follows.
    `audience` names who can use it where that is not everyone.
    """

    word: str
    usage: str = ""
    does: str
    audience: str = ""
    aliases: tuple[str, ...] = ()
    handler: Callable[[CommandCall], None]

    @property
    def typed(self) -> str:
        """The text that a person types behind `/dbaccess`."""
        return f"{self.word} {self.usage}".strip()

    def is_meant(self, word: str, rest: str) -> bool:
        """Return whether a line with this first word calls it; case does not matter."""
        return word.lower() in (self.word, *self.aliases) and bool(self.usage or not rest)
