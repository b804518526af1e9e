"""Places outside the control database: witnesses keep checkpoints of the ledger, streams get its entries."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class WitnessKind(StrEnum):
    """The kinds of places; `WITNESS_KINDS` of the documentation says what each can prove."""

    FILE = "file"
    SYSLOG = "syslog"
    OBJECT_STORE = "object_store"
    SLACK = "slack"


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessState:
    """How far a place has the checkpoints or the entries, by its name, which holds no secret.

    `seq` is the entry of the last checkpoint, or the last entry, that the place took; 0 if it took none.
    `failing_since` and `failure` stay until it takes another one.
    """

    place: str
    seq: int = 0
    stored_at: datetime | None = None
    failing_since: datetime | None = None
    failure: str = ""
