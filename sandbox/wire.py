"""JSON objects, and the refusal that both APIs send."""

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A refusal under the name that Slack gives it; `extra` joins the answer's other keys."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra

    @classmethod
    def arguments(cls, *messages: str) -> "SlackError":
        return cls("invalid_arguments", response_metadata={"messages": [f"[ERROR] {m}" for m in messages]})

    def answer(self) -> Json:
        return {"ok": False, "error": self.error, **self.extra}


class Refused(Exception):
    """Something that Slack's own client would not let this person do; no payload was sent."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
