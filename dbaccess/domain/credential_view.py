"""A modal that waits for a password, and what became of it. The password itself is never here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from dbaccess.domain.grant import GrantId
from dbaccess.domain.people import SlackId

CredentialViewId = NewType("CredentialViewId", int)


class CredentialState(StrEnum):
    """Asked for; a worker is at it, or was killed at it; shown; none, and the modal says so or is gone."""

    REQUESTED = "requested"
    STARTED = "started"
    SHOWN = "shown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialView:
    """One click on Show credentials. `view_id` is Slack's id of the open modal."""

    id: CredentialViewId
    grant_id: GrantId
    slack_id: SlackId
    view_id: str
    state: CredentialState
    requested_at: datetime
    started_at: datetime | None = None
    shown_at: datetime | None = None
