"""The people told of a break-glass before access begins."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dbaccess.domain.request import RequestId


class Place(StrEnum):
    """The place of an announcement, made before any access was given."""

    SLACK = "slack"
    """The target's channel."""
    OPERATORS = "operators"
    """The operators' channel, where the target's took no message."""
    SYSLOG = "syslog"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Another person could read the announcement from `announced_at` on."""

    request_id: RequestId
    place: Place
    announced_at: datetime
