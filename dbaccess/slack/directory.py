"""Reading of people and groups from Slack."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from slack_sdk import WebClient

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.slack_names import Named
from dbaccess.domain.text import clean
from dbaccess.slack.client import call
from dbaccess.slack.names import SlackNames

_PAGE = 999
"""Slack returns up to 1,000 accounts of a list, and fewer than that of a channel's members."""

_GONE = {"channel_not_found", "user_not_found", "users_not_found", "user_not_visible"}
_SLACKBOT = "USLACKBOT"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SlackDirectory:
    """A `ports.Directory`. `team_id` is the workspace in which the app is installed."""

    def __init__(self, client: WebClient, team_id: str, *, clock: Callable[[], datetime] = _utc_now) -> None:
        self._client = client
        self._team_id = team_id
        self._clock = clock

    def members(self, sources: Iterable[SourceId]) -> dict[SourceId, frozenset[SlackId]]:
        wanted = set(sources)
        found = {source: frozenset({SlackId(source)}) for source in wanted if source.startswith(("U", "W"))}
        user_groups = {source for source in wanted if source.startswith("S")}
        if user_groups:
            found |= {source: who for source, who in self._user_groups().items() if source in user_groups}
        for source in sorted(wanted):
            if source.startswith(("C", "G")):
                listed = self._channel(source)
                found |= {} if listed is None else {source: listed}
        return found

    def people(self, slack_ids: Iterable[SlackId]) -> Iterator[Person]:
        for slack_id in dict.fromkeys(slack_ids):
            row = self._one_person(slack_id)
            if row is not None:
                yield self._person(row)

    def listed(self, cursor: str) -> tuple[list[Person], str]:
        answer, following = self._page("users.list", cursor)
        return [self._person(row) for row in answer.get("members", [])], following

    def named(self, ids: Iterable[str]) -> list[Named]:
        return list(SlackNames(self._client).of_ids(ids).values())

    def _user_groups(self) -> dict[SourceId, frozenset[SlackId]]:
        """Read all in one call, because Slack allows about twenty a minute.

        A disabled group has no members.
        """
        answer = call("usergroups.list", lambda: self._client.usergroups_list(include_users=True))
        rows: list[dict[str, Any]] = answer.get("usergroups", [])
        return {
            SourceId(row["id"]): frozenset(SlackId(user) for user in row.get("users", []))
            for row in rows
            if not row.get("date_delete")
        }

    def _channel(self, channel: SourceId) -> frozenset[SlackId] | None:
        """Return the members; None if Slack lacks the channel, or hides it from the app."""
        found, cursor, ended = set[SlackId](), "", False
        try:
            while not ended:
                answer, cursor = self._page("conversations.members", cursor, channel=channel)
                found |= {SlackId(user) for user in answer.get("members", [])}
                ended = not cursor
        except SlackFailure as failure:
            if failure.code in _GONE:
                return None
            raise
        return frozenset(found)

    def _one_person(self, slack_id: SlackId) -> Mapping[str, Any] | None:
        try:
            answer = call("users.info", lambda: self._client.users_info(user=slack_id))
        except SlackFailure as failure:
            if failure.code in _GONE:
                return None
            raise
        row: Mapping[str, Any] = answer["user"]
        return row

    def _page(self, method: str, cursor: str, **arguments: str) -> tuple[Any, str]:
        """Return a page and the cursor of the next one, which is empty at the end."""
        params = {**arguments, "limit": str(_PAGE)} | ({"cursor": cursor} if cursor else {})
        answer = call(method, lambda: self._client.api_call(method, params=params))
        return answer, str((answer.get("response_metadata") or {}).get("next_cursor") or "")

    def _person(self, row: Mapping[str, Any]) -> Person:
        profile = row.get("profile") or {}
        name = profile.get("real_name") or row.get("real_name") or row.get("name") or ""
        return Person(
            slack_id=SlackId(row["id"]),
            team_id=self._team_of(row),
            name=" ".join(clean(str(name)).split()) or str(row["id"]),
            tz=str(row.get("tz") or ""),
            is_guest=bool(row.get("is_restricted") or row.get("is_ultra_restricted")),
            is_bot=bool(row.get("is_bot")) or row["id"] == _SLACKBOT,
            is_deactivated=bool(row.get("deleted")),
            sources=frozenset(),
            read_at=self._clock(),
        )

    def _team_of(self, row: Mapping[str, Any]) -> str:
        """Return our team if the account belongs to our workspace, else its own.

        Never ours for a stranger.
        """
        own = str(row.get("team_id") or "")
        if row.get("is_stranger"):
            return own if own != self._team_id else ""
        teams = (row.get("enterprise_user") or {}).get("teams") or []
        return self._team_id if self._team_id in teams else own
