"""Reading of the names of channels and user groups."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from slack_sdk import WebClient

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.slack_names import CHANNEL, GROUP, Named
from dbaccess.slack.client import Answer, call

_PAGE: Final = "999"
_TRIES: Final = 5
"""Tries of one call while Slack asks for a delay."""

_GONE: Final = {"channel_not_found", "method_not_supported_for_channel_type"}


class SlackNames:
    """Lists what Slack shows the app.

    `wait` sleeps for the seconds that Slack asks for; without it each call is made once.
    """

    def __init__(self, client: WebClient, wait: Callable[[float], None] | None = None) -> None:
        self._client = client
        self._wait = wait

    def channels(self) -> list[Named]:
        """Return every public channel, and the private ones of which the bot is a member.

        Archived ones are among them. Raise `SlackFailure`.
        """
        found: list[Named] = []
        cursor = ""
        while True:
            params = {"types": "public_channel,private_channel", "limit": _PAGE, "cursor": cursor}
            answer = self._ask("conversations.list", {key: text for key, text in params.items() if text})
            found += [_channel(row) for row in answer.get("channels", [])]
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return found

    def user_groups(self) -> list[Named]:
        """Return every user group, disabled ones too. Raise `SlackFailure`."""
        answer = self._ask("usergroups.list", {"include_disabled": "true", "include_count": "true"})
        return [_group(row) for row in answer.get("usergroups", [])]

    def of_ids(self, ids: Iterable[str]) -> dict[str, Named]:
        """Return the channels and user groups with these ids; those that Slack lacks are left out."""
        wanted = set(ids)
        channels = [self._one_channel(one) for one in sorted(wanted) if one.startswith(("C", "G"))]
        groups = self.user_groups() if any(one.startswith("S") for one in wanted) else []
        return {thing.id: thing for thing in [*channels, *groups] if thing is not None and thing.id in wanted}

    def _one_channel(self, channel: str) -> Named | None:
        try:
            return _channel(self._ask("conversations.info", {"channel": channel})["channel"])
        except SlackFailure as failure:
            if failure.code in _GONE:
                return None
            raise

    def _ask(self, method: str, params: Mapping[str, str]) -> Any:
        def ask() -> Any:
            return self._client.api_call(method, params=dict(params))

        return self._patiently(method, ask)

    def _patiently(self, method: str, ask: Callable[[], Answer]) -> Answer:
        """Return the answer, after the delays that Slack asks for: it allows about twenty lists a minute."""
        for _ in range(_TRIES - 1):
            try:
                return call(method, ask)
            except SlackFailure as failure:
                if failure.retry_after is None or self._wait is None:
                    raise
                self._wait(failure.retry_after)
        return call(method, ask)


def _channel(row: Mapping[str, Any]) -> Named:
    return Named(
        id=str(row["id"]),
        name=f"{CHANNEL}{row.get('name_normalized') or row.get('name') or ''}",
        is_gone=bool(row.get("is_archived")),
        is_shared=any(row.get(f"is_{how}shared") for how in ("", "ext_", "org_", "pending_ext_")),
        is_member=bool(row.get("is_member")),
        before=tuple(f"{CHANNEL}{name}" for name in row.get("previous_names") or ()),
    )


def _group(row: Mapping[str, Any]) -> Named:
    return Named(
        id=str(row["id"]),
        name=f"{GROUP}{row.get('handle') or ''}",
        is_gone=bool(row.get("date_delete")),
        is_shared=bool(row.get("is_external")),
        is_empty=str(row.get("user_count")) == "0",
    )
