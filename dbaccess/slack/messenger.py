"""Messages and views, through Slack's Web API."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_sdk import WebClient

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.people import SlackId
from dbaccess.expiring_keys import Until
from dbaccess.ports import Posted
from dbaccess.slack.client import call
from dbaccess.slack.pacer import Pacer

log = structlog.get_logger()

EVENT_TYPE = "dbaccess_message"

AGAIN_AFTER, LONGEST_WAIT = 1.0, 15.0
"""In seconds: the wait before a view's second attempt, if Slack names none, and the longest wait."""

KNOWN_FOR = 60.0
"""Seconds for which an answer that a channel is not shared is used while Slack allows no new question."""


class SlackMessenger:
    """A `ports.Messenger`. After a lost answer a message may exist twice; its `key` identifies it.

    Failures to post or update are logged with Slack's code, because people cannot see a missing message.
    """

    def __init__(self, client: WebClient, pacer: Pacer | None = None) -> None:
        """Without a pacer each call is made at once, and Slack refuses what is too much."""
        self._client = client
        self._pacer = pacer
        self._not_shared = Until[str]()

    def post(
        self,
        channel: str,
        payload: Mapping[str, Any],
        *,
        thread_ts: str | None,
        key: str,
        urgent: bool = False,
    ) -> Posted:
        try:
            return self._post(channel, payload, thread_ts=thread_ts, key=key, urgent=urgent)
        except SlackFailure as failure:
            if not failure.is_paced:
                log.warning("message not posted", channel=channel, message=key, code=failure.code)
            raise

    def update(self, posted: Posted, payload: Mapping[str, Any], *, urgent: bool = False) -> None:
        def ask() -> Any:
            return self._client.chat_update(
                channel=posted.channel, ts=posted.ts, text=payload["text"], blocks=payload["blocks"]
            )

        try:
            self._refuse_shared(posted.channel, urgent=urgent)
            self._call("chat.update", posted.channel, ask, message=posted.ts, urgent=urgent)
        except SlackFailure as failure:
            if not failure.is_paced:
                log.warning("message not updated", channel=posted.channel, ts=posted.ts, code=failure.code)
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
            # The failure that says that the call may have succeeded tells more.
            raise (first if first.is_unsure else second) from None

    def publish_home(self, slack_id: SlackId, view: Mapping[str, Any]) -> None:
        def ask() -> Any:
            return self._client.views_publish(user_id=slack_id, view=dict(view))

        try:
            self._call("views.publish", slack_id, ask, message=slack_id, urgent=False)
        except SlackFailure as failure:
            if not failure.is_paced:
                log.warning("home not published", account=slack_id, code=failure.code)
            raise

    def _update_view(self, view_id: str, view: Mapping[str, Any]) -> None:
        try:
            call("views.update", lambda: self._client.views_update(view_id=view_id, view=dict(view)))
        except SlackFailure as failure:
            log.warning("view not updated", view=view_id, code=failure.code)
            raise

    def _post(
        self,
        channel: str,
        payload: Mapping[str, Any],
        *,
        thread_ts: str | None,
        key: str,
        urgent: bool,
    ) -> Posted:
        self._refuse_shared(channel, urgent=urgent)

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

        answer = self._call("chat.postMessage", channel, ask, message=key, urgent=urgent)
        posted_channel, ts = answer.get("channel"), answer.get("ts")
        if not (isinstance(posted_channel, str) and isinstance(ts, str)):
            raise SlackFailure("Slack's answer to chat.postMessage has no place.", code="bad_answer")
        return Posted(channel=posted_channel, ts=ts)

    def _refuse_shared(self, channel: str, *, urgent: bool) -> None:
        """Refuse a channel that another workspace reads.

        Slack is asked before each message and edit, because the channel may have been shared a moment ago.
        """
        if not channel.startswith(("C", "G")):
            return
        known = self._not_shared.left(channel) > 0
        if known and self._pacer is not None and not self._pacer.has_room("conversations.info", channel):
            return
        try:
            answer = self._call(
                "conversations.info",
                channel,
                lambda: self._client.conversations_info(channel=channel),
                message=channel,
                urgent=urgent,
            )
        except SlackFailure as failure:
            if known and failure.retry_after is not None:
                return
            raise
        found: Any = answer.get("channel") or {}
        if found.get("is_ext_shared") or found.get("is_pending_ext_shared"):
            self._not_shared.drop(channel)
            raise SlackFailure(
                f"{channel} is shared with another workspace: nothing is posted there.", code="shared_channel"
            )
        self._not_shared.put(channel, KNOWN_FOR)

    def _call(self, method: str, channel: str, ask: Callable[[], Any], *, message: str, urgent: bool) -> Any:
        if self._pacer is None:
            return call(method, ask)
        self._pacer.admit(method, channel, message=message, urgent=urgent)
        try:
            return call(method, ask)
        except SlackFailure as failure:
            if failure.retry_after is not None:
                self._pacer.refused(method, channel, seconds=failure.retry_after)
            raise
