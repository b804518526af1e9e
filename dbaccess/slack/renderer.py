"""The views, as the use cases call them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dbaccess.domain.errors import Refused
from dbaccess.domain.grant import Grant
from dbaccess.domain.lockdown import LockdownDetails
from dbaccess.domain.message import Message, MessageKind
from dbaccess.domain.notice import Notice
from dbaccess.domain.overdue import Overdue
from dbaccess.domain.overview import Overview
from dbaccess.domain.report_order import ReportOrder
from dbaccess.domain.request_details import RequestDetails, ReviewerGroup
from dbaccess.slack.views import (
    channel_notice,
    credentials,
    digest,
    home,
    lockdown,
    not_posted,
    operators_channel,
    render_by_kind,
    report_order,
)


class Views:
    """`Renderer` over the view modules."""

    def message(self, kind: MessageKind, details: RequestDetails, *, first: bool) -> dict[str, Any]:
        return render_by_kind.render(kind, details, first=first)

    def notice(self, notice: Notice) -> dict[str, Any]:
        return channel_notice.render(notice)

    def still_overdue(self, details: RequestDetails) -> dict[str, Any]:
        return operators_channel.still_overdue(details)

    def many_overdue(
        self, target: str, overdue: Overdue | None, operators: ReviewerGroup, *, first: bool
    ) -> dict[str, Any]:
        return digest.overdue(target, overdue, operators, first=first)

    def not_posted(
        self,
        channel: str,
        targets: Sequence[str],
        refused: Sequence[Message],
        operators: ReviewerGroup,
        *,
        first: bool,
    ) -> dict[str, Any]:
        return not_posted.notice(channel, targets, refused, operators, first=first)

    def closed_channel(self, channel: str, code: str, *, of_operators: bool) -> dict[str, Any]:
        return not_posted.closed_channel(channel, code, of_operators=of_operators)

    def lockdown(self, details: LockdownDetails, *, first: bool) -> dict[str, Any]:
        return lockdown.message(details, first=first)

    def lockdown_lifted(self, details: LockdownDetails) -> dict[str, Any]:
        return lockdown.lifted(details)

    def home(self, found: Overview | Refused, *, now: datetime, dated: bool) -> dict[str, Any]:
        if isinstance(found, Refused):
            return home.refused(found, now=now, dated=dated)
        return home.build(found, dated=dated)

    def report(self, order: ReportOrder) -> dict[str, Any]:
        return report_order.message(order)

    def credentials(self, grant: Grant, *, password: str, replaced_at: datetime | None) -> dict[str, Any]:
        assert grant.recipe is not None and grant.expires_at is not None  # noqa: S101, PT018 active
        return credentials.shown(
            login=grant.recipe.login,
            password=password,
            expires_at=grant.expires_at,
            replaced_at=replaced_at,
        )

    def credentials_failed(self, grant: Grant) -> dict[str, Any]:
        return credentials.failed(target=grant.target)

    def credentials_replaced(self, *, made_at: datetime | None) -> dict[str, Any]:
        return credentials.replaced(made_at=made_at)

    def credentials_pressed_twice(self) -> dict[str, Any]:
        return credentials.pressed_twice()

    def credentials_closed(self, grant: Grant) -> dict[str, Any]:
        return credentials.closed(grant)

    def credentials_refused(self, text: str) -> dict[str, Any]:
        return credentials.refused(text=text)
