"""A sub-command of `/dbaccess`, and one call of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.deps import Deps
from dbaccess.domain.errors import BadDuration
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.typed import MARKS, QUOTES, plain

COMMAND = "/dbaccess"
_JOINT: Final = "[\\s_-]*"
_BEFORE: Final = rf"[\s{QUOTES}*_(\[\u00a1\u00bf]*"
_BEHIND: Final = rf"[{MARKS}{QUOTES}*_)\]]*(?=\s|$)"
"""Marks that phones and people put around a word."""


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

    def clock(self) -> datetime:
        """Return the time now in this person's zone; raises `BadDuration` where Slack does not say it."""
        with self.deps.begin() as uow:
            person, now = uow.directory.person(self.slack_id), uow.now
        try:
            return now.astimezone(ZoneInfo(person.tz if person else ""))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadDuration("Slack does not say your time zone. Write 2h30m.") from None

    def answer(self, answer: dict[str, Any]) -> None:
        """Acknowledge with words that only this person sees."""
        self.ack(response_type="ephemeral", **answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubCommand:
    """One entry of the registry. Dispatch, help, the manifest's hint and the reference are made from it.

    `usage` is what follows the word; a sub-command without one reads nothing that follows.
    `audience` names who can use it where that is not everyone, and `is_for` tells whether a person can at
    that moment.
    """

    word: str
    usage: str = ""
    does: str
    audience: str = ""
    is_for: Callable[[Policy, Person, datetime], bool] | None = None
    aliases: tuple[str, ...] = ()
    handler: Callable[[CommandCall], None]

    @property
    def typed(self) -> str:
        """The text that a person types behind `/dbaccess`."""
        return f"{self.word} {self.usage}".strip()

    def rest_of(self, line: str) -> str | None:
        """Return what follows its word or an alias, in any case, in a line that calls it; else None.

        No target is named like any of them, so what follows cannot make a request of the line.
        """
        phrases, typed = (self.word, *self.aliases) if self.word else (), plain(line)
        for phrase in sorted(phrases, key=len, reverse=True):  # `list all` before `list`
            if found := _pattern(phrase).match(typed):
                return line[found.end() :].strip()
        return None


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    """Matches `break-glass`, `break_glass` and `breakglass` alike in a plain text, with marks around it."""
    # Phones write another apostrophe, and people none.
    parts = [re.escape(part).replace("'", "['\u2019]?") for part in re.split("[ -]", phrase)]
    return re.compile(rf"{_BEFORE}{_JOINT.join(parts)}{_BEHIND}\s*")
