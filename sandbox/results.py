"""Results of actions, as the client returns them to tests."""

from dataclasses import dataclass
from typing import Any

from sandbox.wire import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandResult:
    """The immediate answer: `text` of the acknowledgement, or the `error` of a silent app."""

    text: str
    ts: str | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionResult:
    """`sent`: whether the app received it; `error` if it did not acknowledge."""

    sent: bool
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitResult:
    """`errors` by block_id, of Slack's own checks (then `sent` is false) or of the app."""

    sent: bool
    errors: dict[str, str]
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """How the app acknowledged a raw payload."""

    payload: Json | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One piece of traffic: `direction` to_app or from_app; `kind` as in sandbox.traffic.Kind."""

    seq: int
    at: float
    direction: str
    kind: str
    method: str
    body: Any
