"""The job that makes a report and sends it to the auditor who ordered it, if that is still due."""

from dbaccess.domain.report_order import ReportOrderId
from dbaccess.operations.queries.report.send import send_report
from workers.wiring import of_this_process


def run(order_id: int) -> None:
    wiring = of_this_process()
    send_report(wiring.context, wiring.reports, ReportOrderId(order_id))
