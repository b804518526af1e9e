"""Messages and views, through Slack's Web API."""

import time
from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk import WebClient

from dbaccess.domain.errors import SlackFailure
from dbaccess.ports import Posted
from dbaccess.slack.client import call

log = structlog.get_logger()

EVENT_TYPE = "dbaccess_message"

AGAIN_AFTER, LONGEST_WAIT = 1.0, 15.0
"""Seconds: before a view is tried once more where Slack does not say when, and at most."""


class SlackMessenger:
    """A `ports.Messenger`. A lost answer may leave a message behind that nobody knows: its `key` tells it.

    What was not posted or updated is in the log, with Slack's word: nobody sees a message that is not there.
    """

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def post(self, channel: str, payload: Mapping[str, Any], *, thread_ts: str | None, key: str) -> Posted:
        try:
            return self._post(channel, payload, thread_ts=thread_ts, key=key)
        except SlackFailure as failure:
            log.warning("not posted", channel=channel, message=key, code=failure.code)
            raise

    def update(self, posted: Posted, payload: Mapping[str, Any]) -> None:
        def ask() -> Any:
            return self._client.chat_update(
                channel=posted.channel, ts=posted.ts, text=payload["text"], blocks=payload["blocks"]
            )

        try:
            call("chat.update", ask)
        except SlackFailure as failure:
            log.warning("not updated", channel=posted.channel, ts=posted.ts, code=failure.code)
            raise

    def update_view(self, view_id: str, view: Mapping[str, Any]) -> None:
        try:
            self._update_view(view_id, view)
        except SlackFailure as failure:
            first, wait = failure, failure.retry_after or AGAIN_AFTER
            if not first.passes or wait > LONGEST_WAIT:
                raise
        else:
            return
        time.sleep(wait)
        try:
            self._update_view(view_id, view)
        except SlackFailure as second:
            # Which of the two tells more: that it may have been done.
            raise (first if first.is_unsure else second) from None

    def _update_view(self, view_id: str, view: Mapping[str, Any]) -> None:
        try:
            call("views.update", lambda: self._client.views_update(view_id=view_id, view=dict(view)))
        except SlackFailure as failure:
            log.warning("view not updated", view=view_id, code=failure.code)
            raise

    def _post(self, channel: str, payload: Mapping[str, Any], *, thread_ts: str | None, key: str) -> Posted:
        if channel.startswith(("C", "G")):
            self._refuse_shared(channel)

        def ask() -> Any:
            return self._client.chat_postMessage(
                channel=channel,
                text=payload["text"],
                blocks=payload["blocks"],
                thread_ts=thread_ts,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                unfurl_links=False,
                unfurl_media=False,
            )

        answer = call("chat.postMessage", ask)
        posted_channel, ts = answer.get("channel"), answer.get("ts")
        if not (isinstance(posted_channel, str) and isinstance(ts, str)):
            raise SlackFailure("Slack's answer to chat.postMessage has no place.", code="bad_answer")
        return Posted(channel=posted_channel, ts=ts)

    def _refuse_shared(self, channel: str) -> None:
        """Who asks for what is for nobody outside; asked each time, since a channel may be shared later."""
        answer = call("conversations.info", lambda: self._client.conversations_info(channel=channel))
        found: Any = answer.get("channel") or {}
        if found.get("is_ext_shared") or found.get("is_pending_ext_shared"):
            raise SlackFailure(
                f"{channel} is shared with another workspace: nothing is posted there.", code="shared_channel"
            )
