"""A modal that waits for a password, and its outcome. The password itself is never stored."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from dbaccess.domain.grant import GrantId
from dbaccess.domain.people import SlackId

CredentialViewId = NewType("CredentialViewId", int)


class CredentialState(StrEnum):
    """The states of a view: requested, taken up by a worker, shown, or closed without a password.

    A worker that took it up may have been killed since.
    """

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
