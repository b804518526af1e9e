"""A grant: a role on a target, held for a time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType, Self

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.receipt import Receipt
from dbaccess.domain.request import RequestId

GrantId = NewType("GrantId", int)

SHELF_LIFE = timedelta(hours=1)
"""A grant that is not active within this time is abandoned and must be requested again: an approval is for
now.
"""


class GrantState(StrEnum):
    """The states of a grant. There is no `failed`: every failure leads through revoking."""

    PROVISIONING = "provisioning"
    ACTIVE = "active"
    REVOKING = "revoking"
    ENDED = "ended"
    WRITTEN_OFF = "written_off"

    @property
    def is_final(self) -> bool:
        """Return whether no work on the grant is left: ended, or written off by two operators."""
        return self in {GrantState.ENDED, GrantState.WRITTEN_OFF}


class EndCause(StrEnum):
    """The reason why a grant is revoked."""

    EXPIRED = "expired"
    SURRENDERED = "surrendered"
    REVOKED = "revoked"
    INVALIDATED = "invalidated"
    ABANDONED = "abandoned"
    LOCKED_DOWN = "locked_down"
    IDLE = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The data that the driver needs to make and to remove a grant, never SQL.

    `tag` marks a login as made by this installation for this grant. `standing` are the roles that the login
    held before the grant; they are never given and never removed. `login_identity` is how the engine tells
    this login from all others, whatever its name; it is known once the login exists. `role_identities` are
    those of `roles`, in the same order, because another role may have the name at the end. They are empty if
    the memberships go with the login, or if they were not recorded. `traces` are
    recorded before a login is given anything, to tell at the end what is new; None if not recorded.
    Only the driver reads them, and identities.
    """

    grant_id: GrantId
    cluster: str
    cluster_identity: str
    database: str
    login_kind: str
    login: str
    login_identity: str | None
    tag: str
    roles: tuple[str, ...]
    act_as: str | None
    standing: tuple[str, ...]
    on: ObjectPrivileges | None = None
    role_identities: tuple[str, ...] = ()
    traces: tuple[str, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        data["on"] = self.on.as_json() if self.on else None
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        fields = dict(data)
        fields["roles"] = tuple(fields["roles"])
        fields["standing"] = tuple(fields["standing"])
        fields["role_identities"] = tuple(fields.get("role_identities", ()))
        traces = fields.get("traces")
        fields["traces"] = None if traces is None else tuple(traces)
        fields["on"] = ObjectPrivileges.from_json(fields["on"]) if fields["on"] else None
        return cls(**fields)


class Likeness(StrEnum):
    """The result of comparing a server's login with a grant's. An absent login proves nothing.

    RENAMED: the identity exists under another name, so it may be the grant's or a stranger's. OTHER: the name
    exists with another identity, as in a copy by dump and restore.
    """

    SAME = "same"
    UNPROVED = "unproved"
    RENAMED = "renamed"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The access that an open grant gives on its cluster, by its recipe.

    `login_identity` is None until the login exists. `roles` are without those that were held before;
    `role_identities` are theirs, as far as recorded.
    """

    grant_id: GrantId
    login: str
    login_identity: str | None
    roles: tuple[str, ...]
    role_identities: tuple[str, ...]

    @classmethod
    def by(cls, recipe: dict[str, Any]) -> Self:
        """Read it from a stored recipe, ignoring the rest of the recipe.

        Parts that cannot be read are left out: the login is known as long as its name is.
        """
        named, standing = _texts(recipe.get("roles")), set(_texts(recipe.get("standing")))
        identities = dict(zip(named, recipe.get("role_identities") or (), strict=False))
        roles = tuple(role for role in named if role not in standing)
        return cls(
            grant_id=GrantId(recipe["grant_id"]),
            login=str(recipe.get("login")),
            login_identity=recipe.get("login_identity"),
            roles=roles,
            role_identities=tuple(identities[role] for role in roles if role in identities),
        )

    def gives(self, login_identity: str, role_identity: str, role: str) -> bool:
        """Return whether this grant gives the membership: by identity if that is known, else by name."""
        known = role_identity in self.role_identities if self.role_identities else role in self.roles
        return self.login_identity == login_identity and known


def _texts(stored: Any) -> list[str]:
    return [str(one) for one in stored] if isinstance(stored, list) else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A grant with its lease. `expires_at` is None until the first attempt to provision begins.

    `lease_id` and `lease_until` name the worker that may work on the target now. `attempts` counts the
    attempts in the present state. `next_attempt_at` is when work is due; None if none is. One operator
    proposes a write-off with a reason, and another confirms it; from then on it is unknown what the target
    holds. A grant is `damaged` if its stored recipe cannot be read: then `recipe` is None and what it gave is
    unknown. `begun_at` is when the attempt began that fixed `expires_at`; None if none began, and for grants
    of older versions. `progress` is the work done about its end, loaded only where a worker continues it.
    """

    id: GrantId
    request_id: RequestId
    holder: PersonId
    holder_slack_id: SlackId
    target: str
    cluster: str
    role: str
    duration: timedelta
    state: GrantState
    created_at: datetime
    begun_at: datetime | None = None
    expires_at: datetime | None = None
    activated_at: datetime | None = None
    revoking_at: datetime | None = None
    ended_at: datetime | None = None
    end_cause: EndCause | None = None
    ended_by: str | None = None
    end_note: str | None = None
    recipe: Recipe | None = None
    receipt: Receipt | None = None
    lease_id: str | None = None
    lease_until: datetime | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    last_failure: str | None = None
    write_off_by: str | None = None
    write_off_reason: str | None = None
    written_off_by: str | None = None
    written_off_at: datetime | None = None
    damaged: bool = False
    progress: EndProgress = field(default=EndProgress(), compare=False)

    @property
    def label(self) -> str:
        return f"G-{self.id}"

    @property
    def held_from(self) -> datetime | None:
        """Return the earliest time from which there may have been access; None if no attempt was begun."""
        return (self.begun_at or self.created_at) if self.recipe is not None or self.damaged else None

    @property
    def due_at(self) -> datetime | None:
        """The time when access must be gone: the end, or the earlier revocation. None if not known yet."""
        return min((at for at in (self.expires_at, self.revoking_at) if at is not None), default=None)

    def is_overdue(self, now: datetime) -> bool:
        """Return whether the access should be gone at `now`, and no receipt proves that it is."""
        is_open = self.state not in {GrantState.ENDED, GrantState.WRITTEN_OFF}
        return is_open and self.due_at is not None and self.due_at <= now

    @property
    def stale_at(self) -> datetime:
        """The time at which an inactive grant is abandoned: its approval is too old, or its end has come."""
        until = self.created_at + SHELF_LIFE
        return until if self.expires_at is None else min(until, self.expires_at)
