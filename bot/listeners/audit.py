"""`/dbaccess audit`: reports that a worker sends."""

from bot import idempotency_key
from bot.report_line import read_report_line
from bot.subcommand import CommandCall
from dbaccess.operations.queries.auditors import auditor
from dbaccess.operations.queries.report.order import order_report
from dbaccess.slack.views import audit, report_order


def command(call: CommandCall) -> None:
    """Order a report, or explain what can be asked; only auditors get either."""
    deps, (word, _, rest) = call.deps, call.text.partition(" ")
    with deps.begin() as uow:
        auditor(uow, call.slack_id, deps.policy, deps.workspace)
        now = uow.now
    if word.casefold() != "report":
        call.answer(audit.explained())
        return
    asked = read_report_line(rest, now)
    order = order_report(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=call.slack_id,
        since=asked.since,
        until=asked.until,
        target=asked.target,
        form=asked.form,
        idempotency_key=idempotency_key.of_command(call.body),
    )
    call.answer(report_order.ordered(order))
