"""A message in a Slack channel, which people see and no database administrator can take back."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from dbaccess.domain.errors import SlackFailure, WitnessFailure
from dbaccess.domain.witness import WitnessKind
from dbaccess.ports import Messenger

Render = Callable[[int, str], Mapping[str, Any]]


class SlackWitness:
    """A `ports.Witness` that posts the newest checkpoint once an hour. It is not read back.

    A checkpoint vouches for all entries before it, so the others would only be noise.
    """

    kind = WitnessKind.SLACK
    every: timedelta | None = timedelta(hours=1)

    def __init__(self, channel: str, messenger: Messenger, render: Render) -> None:
        self._channel, self._messenger, self._render = channel, messenger, render
        self.place = f"slack:{channel}"

    def store(self, seq: int, line: str) -> None:
        key = f"checkpoint:{seq}"
        try:
            self._messenger.post(self._channel, self._render(seq, line), thread_ts=None, key=key)
        except SlackFailure as error:
            raise WitnessFailure(f"Slack did not take it: {error}") from None

    def lines(self) -> None:
        return None

    def held(self) -> None:
        return None

    def check(self) -> str:
        return f"channel {self._channel} gets the newest checkpoint each hour, and is not read back"
