"""Payloads as an enemy, or Slack's own retries, would deliver them: a real one with something changed."""

import copy
import itertools
from collections.abc import Callable
from typing import Any

from sandbox.client import Ack, Message, plain
from tests.acceptance.stack import Stack, wait

Payload = dict[str, Any]
_moments = itertools.count(1)


def last_payload(stack: Stack, kind: str, fits: Callable[[Payload], bool] = lambda _: True) -> Payload:
    """The newest payload of this kind that was really sent and fits."""
    envelopes = stack.sandbox.traffic(direction="to_app", kind="envelope", method=kind)
    found = next(e.body["payload"] for e in reversed(envelopes) if fits(e.body["payload"]))
    return copy.deepcopy(dict(found))


def click(stack: Stack, action_id: str) -> Payload:
    """The newest click on this button."""
    return last_payload(
        stack,
        "interactive",
        lambda payload: any(action["action_id"] == action_id for action in payload.get("actions", [])),
    )


def submission(stack: Stack, callback_id: str) -> Payload:
    """The newest submission of this modal."""
    return last_payload(
        stack,
        "interactive",
        lambda payload: (
            payload["type"] == "view_submission" and payload["view"]["callback_id"] == callback_id
        ),
    )


def deliver(stack: Stack, payload: Payload, *, who: str | None = None, value: str | None = None) -> Ack:
    """A click in its own right: another moment, by this person, with this in the button."""
    changed = copy.deepcopy(payload)
    changed["actions"][0]["action_ts"] = f"1{next(_moments)}.000100"
    if who is not None:
        changed["user"]["id"] = who
    if value is not None:
        changed["actions"][0]["value"] = value
    return stack.sandbox.forge("interactive", changed)


def told(stack: Stack, payload: Payload, *, who: str | None = None, value: str | None = None) -> Message:
    """The answer on the response URL of the real click, which only that person sees."""
    reader = stack.person(payload["user"]["id"])
    channel = payload["channel"]["id"]
    seen = {one.ts: plain(one) for one in reader.ephemerals(channel)}
    assert deliver(stack, payload, who=who, value=value).error is None
    return wait(lambda: [one for one in reader.ephemerals(channel) if seen.get(one.ts) != plain(one)])[0]


def replays(stack: Stack, kind: str) -> list[int]:
    """The places of all envelopes of this kind, as `Sandbox.replay` counts them."""
    envelopes = stack.sandbox.traffic(direction="to_app", kind="envelope")
    return [place for place, envelope in enumerate(envelopes) if envelope.method == kind]
