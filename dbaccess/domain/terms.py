"""What exactly was asked, shown and approved, and its fingerprint."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Self

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.people import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A copy of the ask and of the configuration it met. Approved is this, granted only this."""

    requester: PersonId
    target: str
    cluster: str
    database: str
    env: str
    login: str
    personal_login: str | None
    role: str
    access: str
    grants: tuple[str, ...]
    act_as: str | None
    duration_seconds: int
    reason: str
    ticket: str | None
    rule: str
    approvals: tuple[tuple[str, int], ...]

    @property
    def duration(self) -> timedelta:
        return timedelta(seconds=self.duration_seconds)

    @property
    def fingerprint(self) -> str:
        """SHA-256 in hex over the canonical form: the same terms, the same fingerprint, on any host."""
        return hashlib.sha256(canonical_bytes(self.as_json())).hexdigest()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        fields = dict(data)
        fields["grants"] = tuple(fields["grants"])
        fields["approvals"] = tuple((str(group), int(count)) for group, count in fields["approvals"])
        return cls(**fields)
