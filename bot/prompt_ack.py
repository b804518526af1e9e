"""An ack that goes out while its listener still works."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, BoltResponse


class PromptAck(Ack):
    """Hands the first answer on at the moment it is given.

    Bolt itself either waits for the listener's end, or looks every 10 ms from a second thread.
    """

    def __init__(self, answer: Callable[[BoltResponse], None]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._answer: Callable[[BoltResponse], None] | None = answer

    def __call__(self, *args: Any, **kwargs: Any) -> BoltResponse:
        response: BoltResponse = super().__call__(*args, **kwargs)
        self.settle(response)
        return response

    def settle(self, response: BoltResponse) -> None:
        """The answer where none was given before."""
        answer, self._answer = self._answer, None
        if answer is not None:
            answer(response)
