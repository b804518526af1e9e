"""The acting person, the place, and the keys that every interaction payload shares."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.delivery import Ack, Delivery
from sandbox.store import Store
from sandbox.wire import Json, Refused
from sandbox.world import Channel, User

TOKEN = "verification-token-nobody-should-read"  # noqa: S105 Slack's deprecated token, worth nothing

ANSWERABLE = frozenset({"view_submission", "block_suggestion"})


@dataclass(slots=True, kw_only=True)
class Context:
    """`suggested`: the options last offered, by surface, block_id and action_id."""

    store: Store
    delivery: Delivery
    suggested: dict[tuple[str, str, str], list[Json]] = field(default_factory=dict)

    def person(self, user_id: str) -> User:
        """Return a person who can use Slack; a deactivated person and a bot cannot."""
        user = self.store.world.find_user(user_id)
        if user is None:
            raise Refused("user_not_found", user_id)
        if user.deleted:
            raise Refused("account_inactive", f"{user_id} is deactivated")
        if user.is_bot:
            raise Refused("user_is_bot", user_id)
        return user

    def channel(self, user: User, channel_id: str) -> Channel:
        """A channel that this person sees."""
        channel = self.store.world.find_channel(channel_id)
        if channel is None or not self.store.world.can_see(user, channel):
            raise Refused("channel_not_found", f"{user.id} does not see {channel_id}")
        return channel

    def common(self, kind: str, user: User) -> Json:
        world = self.store.world
        return {
            "type": kind,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
            "api_app_id": world.app.id,
            "token": TOKEN,
            "team": {"id": world.team.id, "domain": world.team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    async def interact(self, payload: Json) -> Ack:
        """Only submissions and suggestions are answered within the acknowledgement."""
        if not self.store.manifest.interactivity:
            raise Refused("interactivity_disabled", "the manifest does not enable interactivity")
        answerable = payload["type"] in ANSWERABLE
        return await self.delivery.deliver("interactive", payload, answerable=answerable)

    def response_url(self, kind: str, user: User, channel: str, **message: Any) -> str:
        store, thread_ts = self.store, message.get("thread_ts")
        path = store.response_urls.issue(
            kind=kind,
            team=store.world.team.id,
            user=user.id,
            channel=channel,
            message_ts=message.get("message_ts"),
            thread_ts=thread_ts,
        )
        return store.address + path


def channel_name(channel: Channel) -> str:
    """Slack does not tell the names of private channels to the app."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name
