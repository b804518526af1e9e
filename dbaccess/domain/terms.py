"""The exact terms that were asked, shown and approved, and their fingerprint."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.people import PersonId
from dbaccess.domain.privileges import ObjectPrivileges


class RequestKind(StrEnum):
    """The kinds of decisions: access, or more time for a grant."""

    ACCESS = "access"
    EXTENSION = "extension"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A copy of the ask and of the configuration it met. Approved is this, granted only this.

    `of_grant` is the grant that an extension is about. `rule_digest` is the hash of
    all that the deciding rule says, so that a review is of that rule and no other. `narrower` are the names
    and definitions' hashes of the roles that may be given instead. `can` and `cannot` are what reviewers read
    of the role, so that other words are other terms. `longest_seconds` is the most that the
    rule allows: for an extension the whole time of the grant, from its start.
    """

    kind: RequestKind
    of_grant: int | None
    break_glass: bool
    requester: PersonId
    target: str
    cluster: str
    database: str
    env: str
    login: str
    personal_login: str | None
    role: str
    can: str
    cannot: str
    access: str
    grants: tuple[str, ...]
    act_as: str | None
    on: ObjectPrivileges | None
    narrower: tuple[tuple[str, str], ...]
    duration_seconds: int
    longest_seconds: int
    reason: str
    ticket: str | None
    rule: str
    rule_digest: str
    approvals: tuple[tuple[str, int], ...]

    @property
    def duration(self) -> timedelta:
        return timedelta(seconds=self.duration_seconds)

    @property
    def fingerprint(self) -> str:
        """Return SHA-256 in hex over the canonical form, the same on every host."""
        return hashlib.sha256(canonical_bytes(self.as_json())).hexdigest()

    def as_json(self) -> dict[str, Any]:
        # Not `asdict` for all fields: it copies every tuple, and each request does this several times.
        data = {name: getattr(self, name) for name in self.__slots__}
        return data | {"on": asdict(self.on) if self.on else None}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        fields = dict(data)
        fields["kind"] = RequestKind(fields["kind"])
        fields["on"] = ObjectPrivileges.from_json(fields["on"]) if fields["on"] else None
        fields["narrower"] = tuple((str(name), str(digest)) for name, digest in fields["narrower"])
        fields["grants"] = tuple(fields["grants"])
        fields["approvals"] = tuple((str(group), int(count)) for group, count in fields["approvals"])
        return cls(**fields)
