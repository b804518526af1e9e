"""The workspace: people, user groups, channels and the installed app, read from a TOML file."""

import tomllib
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class WorldError(Exception):
    """Something that no workspace can be, told with the ids it is about."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, validate_assignment=True)


class Team(_Part):
    id: str = Field(pattern=r"^T[A-Z0-9]+$")
    domain: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str = ""


class App(_Part):
    id: str = Field(default="A0APP", pattern=r"^A[A-Z0-9]+$")
    bot_id: str = Field(default="B0BOT", pattern=r"^B[A-Z0-9]+$")
    bot_user: str = Field(default="U0BOT", pattern=r"^[UW][A-Z0-9]+$")
    bot_token: str = Field(pattern=r"^xoxb-")
    app_token: str = Field(pattern=r"^xapp-")
    signing_secret: str = ""


class User(_Part):
    id: str = Field(pattern=r"^[UW][A-Z0-9]+$")
    name: str
    real_name: str = ""
    title: str = ""
    tz: str = "Etc/UTC"
    team_id: str = ""
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    updated: int = 0

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted


class UserGroup(_Part):
    id: str = Field(pattern=r"^S[A-Z0-9]+$")
    handle: str
    name: str = ""
    users: list[str] = []
    date_update: int = 0
    date_delete: int = 0
    """When it was disabled; 0 while it is not. Its people stay on its list."""


class Channel(_Part):
    id: str = Field(pattern=r"^[CGD][A-Z0-9]+$")
    name: str
    members: list[str] = []
    is_private: bool = False
    is_ext_shared: bool = False
    is_pending_ext_shared: bool = False
    is_archived: bool = False
    is_frozen: bool = False
    is_read_only: bool = False
    is_thread_only: bool = False
    is_non_threadable: bool = False
    im_with: str = ""

    @property
    def is_im(self) -> bool:
        return bool(self.im_with)


class Limits(_Part):
    """`rates`: the app is held to Slack's tiers. A test may have a shorter minute, and fewer calls in it.

    The app has `acknowledge_within` seconds for its answer, and a trigger works for `trigger_within` seconds.
    Slack gives three for each; on a busy machine a test may give more.
    """

    acknowledge_within: float = Field(default=3.0, gt=0)
    trigger_within: float = Field(default=3.0, gt=0)
    rates: bool = False
    minute: float = Field(default=60.0, gt=0)
    per_minute: dict[str, int] = {}


class World(_Part):
    team: Team
    app: App
    users: list[User] = []
    user_groups: list[UserGroup] = []
    channels: list[Channel] = []
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if all(user.id != self.app.bot_user for user in self.users):
            self.users.append(User(id=self.app.bot_user, name="bot", is_bot=True))
        for user in self.users:
            user.team_id = user.team_id or self.team.id
        for things in (self.users, self.user_groups, self.channels):
            ids = [thing.id for thing in things]
            if len(ids) != len(set(ids)):
                raise ValueError(f"an id is given twice: {sorted(ids)}")
        for channel in self.channels:
            for member in channel.members:
                self.user(member)
        for group in self.user_groups:
            self.check_group(group.users)
        return self

    def user(self, user_id: str) -> User:
        found = self.find_user(user_id)
        if found is None:
            raise ValueError(f"no such person: {user_id}")
        return found

    def find_user(self, user_id: str) -> User | None:
        return next((user for user in self.users if user.id == user_id), None)

    def find_group(self, group_id: str) -> UserGroup | None:
        return next((group for group in self.user_groups if group.id == group_id), None)

    def find_channel(self, channel_id: str) -> Channel | None:
        return next((channel for channel in self.channels if channel.id == channel_id), None)

    def is_foreign(self, user: User) -> bool:
        return user.team_id != self.team.id

    def check_group(self, user_ids: list[str]) -> None:
        """Slack keeps guests, bots, strangers and deactivated people out of user groups."""
        for user_id in user_ids:
            user = self.user(user_id)
            if user.is_guest or user.is_bot or self.is_foreign(user) or user.deleted:
                raise ValueError(f"{user_id} cannot be in a user group: guest, bot, stranger or deactivated")

    def im(self, user_id: str) -> Channel:
        """The direct message channel of the app and this person, made when first asked for."""
        channel_id = "D" + user_id.removeprefix("U")  # U0ANN and W0ANN are two accounts
        found = self.find_channel(channel_id)
        if found is None:
            members = [user_id, self.app.bot_user]
            found = Channel(id=channel_id, name="directmessage", members=members, im_with=user_id)
            self.channels.append(found)
        return found

    def can_see(self, user: User, channel: Channel) -> bool:
        """Members see; full members of the workspace see every public channel besides."""
        if user.id in channel.members:
            return True
        return not (channel.is_private or channel.is_im or user.is_guest or self.is_foreign(user))


def load_world(path: Path) -> World:
    """Reads and checks the file; raises WorldError with every fault in it."""
    try:
        return World.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise WorldError(f"{path}: {error}") from error
