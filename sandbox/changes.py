"""Changes by an administrator of the workspace, and their events."""

import time
from dataclasses import dataclass

from sandbox.interactions.events import Events
from sandbox.web_api.usergroups import group_row
from sandbox.web_api.users import user_row
from sandbox.wire import Json, Refused
from sandbox.world import Channel, User, UserGroup, World


@dataclass(frozen=True, slots=True)
class Changes:
    """Each change is made at once; its event follows."""

    world: World
    events: Events

    def set_group(self, group_id: str, users: list[str]) -> None:
        group = self._group(group_id)
        try:
            self.world.check_group(users)
        except ValueError as error:
            raise Refused("invalid_users", str(error)) from error
        before, group.users = group.users, list(dict.fromkeys(users))
        since, group.date_update = group.date_update, _now()
        added = [user for user in group.users if user not in before]
        removed = [user for user in before if user not in group.users]
        self.events.emit(
            {
                "type": "subteam_members_changed",
                "subteam_id": group.id,
                "team_id": self.world.team.id,
                "date_previous_update": since,
                "date_update": group.date_update,
                "added_users": added,
                "added_users_count": len(added),
                "removed_users": removed,
                "removed_users_count": len(removed),
                "event_ts": _event_ts(),
            }
        )

    def add_group(self, given: Json) -> None:
        group = UserGroup.model_validate(given)
        if self.world.find_group(group.id):
            raise Refused("subteam_already_exists", group.id)
        self.world.check_group(group.users)
        self.world.user_groups.append(group)
        self.events.emit(
            {"type": "subteam_created", "subteam": group_row(self.world, group), "event_ts": _event_ts()}
        )

    def disable_group(self, group_id: str, *, disabled: bool) -> None:
        """Take the group out of use, or put it back; it keeps its people."""
        group = self._group(group_id)
        group.date_update = _now()
        group.date_delete = group.date_update if disabled else 0
        self.events.emit(
            {"type": "subteam_updated", "subteam": group_row(self.world, group), "event_ts": _event_ts()}
        )

    def set_user(self, user_id: str, changed: Json) -> None:
        """Change the person; guests and deactivated people also leave user groups."""
        user = self._user(user_id)
        for key, value in changed.items():
            if key not in ("deleted", "is_restricted", "is_ultra_restricted", "tz", "name", "real_name"):
                raise Refused("invalid_arguments", key)
            setattr(user, key, value)
        user.updated = _now()
        self.events.emit(self._about("user_change", user))
        if user.deleted or user.is_guest:
            for group in self.world.user_groups:
                if user.id in group.users:
                    self.set_group(group.id, [one for one in group.users if one != user.id])

    def add_user(self, given: Json) -> None:
        user = User.model_validate({"team_id": self.world.team.id} | given)
        if self.world.find_user(user.id):
            raise Refused("already_in_team", user.id)
        self.world.users.append(user)
        self.events.emit(self._about("team_join", user))

    def set_member(self, channel_id: str, user_id: str, *, member: bool) -> None:
        channel, user = self._channel(channel_id), self._user(user_id)
        bot = self.world.app.bot_user
        told = bot in channel.members or user.id == bot
        if member == (user.id in channel.members):
            return
        if member:
            channel.members.append(user.id)
        else:
            channel.members.remove(user.id)
        event: Json = {
            "type": "member_joined_channel" if member else "member_left_channel",
            "user": user.id,
            "channel": channel.id,
            "channel_type": "G" if channel.is_private else "C",
            "team": user.team_id,
            "event_ts": _event_ts(),
        }
        if told:
            self.events.emit(event)

    def add_channel(self, given: Json) -> None:
        channel = Channel.model_validate(given)
        if self.world.find_channel(channel.id):
            raise Refused("name_taken", channel.id)
        for member in channel.members:
            self._user(member)
        self.world.channels.append(channel)

    def set_channel(self, channel_id: str, changed: Json) -> None:
        """Change the name, or any of what the channel is: archived, shared, private, read-only and so on."""
        channel = self._channel(channel_id)
        for key, value in changed.items():
            if key != "name" and (key not in Channel.model_fields or not key.startswith("is_")):
                raise Refused("invalid_arguments", key)
            setattr(channel, key, value)

    def _about(self, kind: str, user: User) -> Json:
        row = user_row(self.world, user)
        return {"type": kind, "user": row, "cache_ts": _now(), "event_ts": _event_ts()}

    def _user(self, user_id: str) -> User:
        user = self.world.find_user(user_id)
        if user is None:
            raise Refused("user_not_found", user_id)
        return user

    def _group(self, group_id: str) -> UserGroup:
        group = self.world.find_group(group_id)
        if group is None:
            raise Refused("no_such_subteam", group_id)
        return group

    def _channel(self, channel_id: str) -> Channel:
        channel = self.world.find_channel(channel_id)
        if channel is None:
            raise Refused("channel_not_found", channel_id)
        return channel


def _now() -> int:
    return int(time.time())


def _event_ts() -> str:
    return f"{time.time():.6f}"
