"""An auditor orders a report in Slack; a worker makes and sends it."""

from datetime import datetime

from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.report_order import ReportForm, ReportOrder, ReportOrderId
from dbaccess.operations.identity import Workspace
from dbaccess.operations.queries.auditors import auditor, check_target
from dbaccess.ports import Job, UnitOfWorkFactory


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
            check_target(uow, policy, target)
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
