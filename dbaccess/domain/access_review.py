"""The access that a review looks at: what people may request, and what stands without a grant."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from dbaccess.domain.people import SlackId
from dbaccess.domain.standing_access import How, standing_in_words, way

AskedKey = tuple[SlackId, str, str]
"""Account, target and role."""


class ItemKind(StrEnum):
    """The kind of an item: `unknown` stands for a cluster, or an account, that was not read lately."""

    MAY_REQUEST = "may_request"
    STANDING = "standing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How often a role was asked for and approved, and when last."""

    times: int = 0
    approved: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """One access of one account or login. A field that does not apply to the kind is None.

    `how` is a `How` of standing access; None in items of older versions, which are members. `asked` and
    `approved` count the days of the review. `since` is when standing access was found, or since
    when a cluster is unknown.
    """

    kind: ItemKind
    person: str | None = None
    slack_id: str | None = None
    name: str | None = None
    guest: bool | None = None
    target: str | None = None
    cluster: str | None = None
    role: str | None = None
    access: str | None = None
    rules: tuple[str, ...] | None = None
    asked: int | None = None
    approved: int | None = None
    last_asked_at: str | None = None
    login: str | None = None
    path: tuple[str, ...] | None = None
    usable: bool | None = None
    since: str | None = None
    server: str | None = None
    login_identity: str | None = None
    role_identity: str | None = None
    how: str | None = None
    database: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return every field as JSON has it."""
        found = asdict(self) | {"kind": self.kind.value}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the item that `as_json` wrote."""
        found: dict[str, Any] = {one.name: data.get(one.name) for one in fields(cls)}
        for name in ("rules", "path"):
            found[name] = None if found[name] is None else tuple(found[name])
        found["kind"] = ItemKind(data["kind"])
        return cls(**found)

    @property
    def label(self) -> str:
        """Return what the item is about, in one line."""
        if self.kind is ItemKind.UNKNOWN and self.slack_id is not None:
            return f"unknown: {self.slack_id} was not read from Slack"
        if self.kind is ItemKind.UNKNOWN:
            of = f"database {self.database} of " if self.database else ""
            return f"unknown: {of}{self.cluster} was not read"
        if self.kind is ItemKind.STANDING:
            return f"{self.login} {self.stands} on {self.cluster}"
        return f"{self.person} may request {self.role} on {self.target}"

    @property
    def stands(self) -> str:
        """Return the access of standing access, without login and cluster."""
        return standing_in_words(
            self.how or How.MEMBER, self.role or "", self.path or (), self.database or ""
        )

    @property
    def way(self) -> str:
        """Return how standing access leads to the data."""
        return way(self.how or How.MEMBER, self.path or ())
