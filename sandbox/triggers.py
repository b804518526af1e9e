"""The follow-ups that an interaction allows the app: one trigger for a moment, one response URL."""

import re
import secrets
import time
from dataclasses import dataclass, field

from sandbox.wire import SlackError
from sandbox.world import Limits

RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5
_FORMAT = re.compile(r"\d+\.\d+\.[0-9a-f]+")


@dataclass(slots=True, kw_only=True)
class Trigger:
    user: str
    from_view: str | None
    at: float
    exchanged: bool = False


@dataclass(slots=True)
class Triggers:
    team_number: int
    limits: Limits
    issued: dict[str, Trigger] = field(default_factory=dict)

    def issue(self, user: str, from_view: str | None = None) -> str:
        trigger_id = f"{len(self.issued) + 1}.{self.team_number}.{secrets.token_hex(16)}"
        self.issued[trigger_id] = Trigger(user=user, from_view=from_view, at=time.monotonic())
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Uses the trigger up; it works once, and only for a while after the interaction."""
        if not _FORMAT.fullmatch(trigger_id):
            raise SlackError("invalid_trigger_id")
        trigger = self.issued.get(trigger_id)
        if trigger is None:
            raise SlackError.arguments("invalid `trigger_id`")
        if trigger.exchanged:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.at > self.limits.trigger_within:
            raise SlackError("expired_trigger_id")
        trigger.exchanged = True
        return trigger


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """`message_ts`: the message of the clicked button, which may be replaced or deleted."""

    channel: str
    user: str
    message_ts: str | None
    thread_ts: str | None
    at: float
    uses: int = 0


@dataclass(slots=True)
class ResponseUrls:
    issued: dict[str, ResponseUrl] = field(default_factory=dict)

    def issue(
        self, *, kind: str, team: str, user: str, channel: str, message_ts: str | None, thread_ts: str | None
    ) -> str:
        """The path of a new one."""
        path = f"/{kind}/{team}/{len(self.issued) + 1}/{secrets.token_urlsafe(18)}"
        self.issued[path] = ResponseUrl(
            channel=channel, user=user, message_ts=message_ts, thread_ts=thread_ts, at=time.monotonic()
        )
        return path

    def use(self, path: str) -> ResponseUrl:
        """Five times within thirty minutes."""
        found = self.issued.get(path)
        if found is None:
            raise SlackError("invalid_url")
        if time.monotonic() - found.at > RESPONSE_SECONDS:
            raise SlackError("expired_url")
        if found.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        found.uses += 1
        return found
