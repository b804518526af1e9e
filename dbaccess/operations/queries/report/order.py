"""An auditor orders a report in Slack; a worker makes and sends it."""

from datetime import datetime

from dbaccess.domain.errors import UnknownName
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.record_filter import RecordFilter
from dbaccess.domain.report_order import ReportForm, ReportOrder, ReportOrderId
from dbaccess.operations.identity import Workspace
from dbaccess.operations.queries.auditors import auditor
from dbaccess.ports import Job, UnitOfWork, UnitOfWorkFactory


def order_report(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    since: datetime,
    until: datetime,
    target: str | None,
    form: ReportForm,
    idempotency_key: str,
) -> ReportOrder:
    """Return the order, of which a worker sends the file in a direct message.

    Raises `NotYours`, `UnknownName` for a target that no grant ever had, `AlreadyOpen` while another report
    is being made for this person, or `DuplicateRequest`.
    """
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        auditor(uow, slack_id, policy, workspace)
        if target is not None:
            _check_target(uow, policy, target)
        order = uow.report_orders.add(
            ReportOrder(
                id=ReportOrderId(0),
                slack_id=slack_id,
                since=since,
                until=until,
                target=target,
                form=form,
                ordered_at=uow.now,
                next_attempt_at=uow.now,
            )
        )
        uow.enqueue(Job.REPORT, order.id)
        uow.commit()
    return order


def _check_target(uow: UnitOfWork, policy: Policy, target: str) -> None:
    """An audit may be about a target that the policy no longer has."""
    try:
        policy.target(target)
    except UnknownName:
        if not uow.grants.ids(limit=1, only=RecordFilter(target=target)):
            raise
