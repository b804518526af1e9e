"""Who is told of a break-glass before anything is given."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dbaccess.domain.request import RequestId


class Place(StrEnum):
    """Where a break-glass was announced before anything was given."""

    SLACK = "slack"
    SYSLOG = "syslog"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Somebody else could have read it from `announced_at` on."""

    request_id: RequestId
    place: Place
    announced_at: datetime
