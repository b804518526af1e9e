"""A worker makes an ordered report and sends it to the auditor, with every step kept in the database.

No transaction is open while Slack is called or the report is built, apart from the snapshot that it reads.
"""

import io
import tempfile
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import structlog

from dbaccess.domain.errors import DirectoryTooOld, Refused, SlackFailure
from dbaccess.domain.report_order import NotSentWhy, OrderState, ReportOrder, ReportOrderId
from dbaccess.operations.context import WorkerContext, wait_after
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.queries.auditors import auditor
from dbaccess.operations.queries.report.record import made_event
from dbaccess.operations.queries.report.source import RecordedSource
from dbaccess.ports import Files, Job, Posted, UnitOfWork, UnitOfWorkFactory
from dbaccess.ports.report import MadeReport, ReportMaker, ReportScope, ReportTooLarge

TAKEN_FOR: Final = timedelta(minutes=3)
"""After that another worker takes the order up: longer than a job of the queue may run.

Each later attempt is given twice the time, because one that ended its worker may do so again.
"""
GIVEN_UP_AFTER: Final = timedelta(hours=1)
LOST_AFTER: Final = timedelta(seconds=5)
"""An order that is due for so long is put into the queue again: its job may be lost."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEdges:
    """The edges that only reports need. Each transaction of `snapshot` sees one moment."""

    snapshot: UnitOfWorkFactory
    maker: ReportMaker
    files: Files


class _NotSent(Exception):
    """The report will not be sent."""

    def __init__(self, why: NotSentWhy) -> None:
        super().__init__(why)
        self.why = why


def send_report(context: WorkerContext, edges: ReportEdges, order_id: ReportOrderId) -> None:
    """Send the report, or tell the auditor why not; safe to repeat.

    The auditor's right is checked before the report is made and again before it is shown. `report.made` is
    recorded before a byte leaves. After a lost answer to the last step the file may be shown twice.
    """
    order = _take_up(context, order_id)
    if order is None:
        return
    try:
        _tell(context, _outcome(context, edges, order))
    except DirectoryTooOld:
        _put_off(context, order, SlackFailure("People could not be read.", code="no_answer"))
    except SlackFailure as failure:
        _log.warning("report not sent", order=order_id, code=failure.code)
        _put_off(context, order, failure)
    except Exception as error:  # noqa: BLE001 the boundary of one report: another attempt may succeed
        context.check_records()
        # The time for which it was taken is the wait, so the log has few of these.
        _log.error("report not made", order=order_id, attempts=order.attempts, exc_info=error)


def requeue_reports(begin: UnitOfWorkFactory) -> None:
    """Put each order that is due into the queue again: the queue may have lost it. Safe to repeat."""
    with begin() as uow:
        for order_id in uow.report_orders.due(uow.now - LOST_AFTER, limit=20):
            uow.enqueue(Job.REPORT, order_id)
        uow.commit()


def _take_up(context: WorkerContext, order_id: ReportOrderId) -> ReportOrder | None:
    """Return the order, kept from other workers for a time; None if it is not due."""
    with context.begin() as uow:
        order = uow.report_orders.lock(order_id)
        if not order.is_due(uow.now):
            return None
        order = replace(order, attempts=order.attempts + 1, next_attempt_at=uow.now + _taken_for(order))
        if order.state is OrderState.OPEN and uow.now - order.ordered_at > GIVEN_UP_AFTER:
            order = replace(order, state=OrderState.NOT_SENT, why=NotSentWhy.GIVEN_UP)
        uow.report_orders.save(order)
        uow.commit()
    return order


def _taken_for(order: ReportOrder) -> timedelta:
    doublings = min(order.attempts, 3)
    return TAKEN_FOR * (1 << doublings)


def _outcome(context: WorkerContext, edges: ReportEdges, order: ReportOrder) -> ReportOrder:
    if order.state is not OrderState.OPEN:
        return order
    try:
        return _send(context, edges, order)
    except _NotSent as ended:
        return _end(context, order.id, ended.why)


def _send(context: WorkerContext, edges: ReportEdges, order: ReportOrder) -> ReportOrder:
    _check(context, order)
    order = _announce(context, order)
    if order.file_id is None:
        if edges.files.has_scope() is False:
            raise _NotSent(NotSentWhy.NO_SCOPE)
        order = _upload(context, edges, order)
    refresh_directory(context, people=[order.slack_id], older_than=None)
    _check(context, order)
    _share(context, edges, order)
    return _save(context, replace(order, state=OrderState.SENT))


def _check(context: WorkerContext, order: ReportOrder) -> None:
    with context.begin() as uow:
        _auditor(uow, context, order)


def _auditor(uow: UnitOfWork, context: WorkerContext, order: ReportOrder) -> None:
    """Raise `_NotSent` unless the worker's own policy and snapshot have an auditor there now."""
    try:
        auditor(uow, order.slack_id, context.policy, context.workspace)
    except DirectoryTooOld:
        raise
    except Refused:
        raise _NotSent(NotSentWhy.NO_AUDITOR) from None


def _announce(context: WorkerContext, order: ReportOrder) -> ReportOrder:
    if order.posted_ts is not None:
        return order
    posted = context.messenger.post(
        order.slack_id, context.renderer.report(order), thread_ts=None, key=f"report:{order.id}"
    )
    return _save(context, replace(order, posted_channel=posted.channel, posted_ts=posted.ts))


def _upload(context: WorkerContext, edges: ReportEdges, order: ReportOrder) -> ReportOrder:
    scope = ReportScope(since=order.since, until=order.until, target=order.target)
    actor = context.policy.person_id(order.slack_id)
    with tempfile.TemporaryFile() as file:
        try:
            with edges.snapshot() as uow:
                source = RecordedSource(uow, scope)
                made = edges.maker.make(source, scope, file, actor=actor, form=order.form)
        except ReportTooLarge:
            raise _NotSent(NotSentWhy.TOO_LARGE) from None
        _record(context, order, scope, made)
        length = file.seek(0, io.SEEK_END)
        file.seek(0)
        try:
            file_id = edges.files.upload(order.file_name, file, length=length)
        except SlackFailure as failure:
            if failure.code == "missing_scope":
                raise _NotSent(NotSentWhy.NO_SCOPE) from None
            raise
    return _save(context, replace(order, file_id=file_id, digest=made.digest, rows=made.rows))


def _record(context: WorkerContext, order: ReportOrder, scope: ReportScope, made: MadeReport) -> None:
    """Record the report before a byte of it leaves, in a transaction that finds the auditor in office."""
    with context.begin() as uow:
        _auditor(uow, context, order)
        actor = context.policy.person_id(order.slack_id)
        more = {"slack_id": order.slack_id, "sent_by": "slack"}
        uow.record(made_event(actor=actor, scope=scope, form=order.form.value, report=made, **more))
        uow.commit()


def _share(context: WorkerContext, edges: ReportEdges, order: ReportOrder) -> None:
    """Show the uploaded file; one that Slack no longer has is made again by the next attempt."""
    assert order.file_id is not None and order.posted_channel is not None  # noqa: S101, PT018 both are saved
    sent = context.renderer.report(replace(order, state=OrderState.SENT))
    try:
        edges.files.share(
            order.file_id, channel=order.posted_channel, title=order.title, comment=sent["text"]
        )
    except SlackFailure as failure:
        if failure.code == "file_not_found":
            _save(context, replace(order, file_id=None, next_attempt_at=order.next_attempt_at))
        raise


def _tell(context: WorkerContext, order: ReportOrder) -> None:
    """Edit the message to how it ended; then the order is done.

    A person who is no auditor and was sent nothing is told nothing: a forged order reaches no one.
    """
    payload = context.renderer.report(order)
    if order.posted_channel is None or order.posted_ts is None:
        if order.why is NotSentWhy.NO_AUDITOR:
            _save(context, replace(order, next_attempt_at=None))
            return
        key = f"report:{order.id}"
        context.messenger.post(order.slack_id, payload, thread_ts=None, key=key)
    else:
        context.messenger.update(Posted(channel=order.posted_channel, ts=order.posted_ts), payload)
    _save(context, replace(order, next_attempt_at=None))


def _save(context: WorkerContext, order: ReportOrder) -> ReportOrder:
    with context.begin() as uow:
        uow.report_orders.lock(order.id)
        uow.report_orders.save(order)
        uow.commit()
    return order


def _end(context: WorkerContext, order_id: ReportOrderId, why: NotSentWhy) -> ReportOrder:
    """Return the order as it ends; how far it had come is read again, because steps may have been saved."""
    with context.begin() as uow:
        ended = replace(uow.report_orders.lock(order_id), state=OrderState.NOT_SENT, why=why)
        uow.report_orders.save(ended)
        uow.commit()
    return ended


def _put_off(context: WorkerContext, order: ReportOrder, failure: SlackFailure) -> None:
    """Let the next attempt come later, or give up what Slack refuses for good."""
    with context.begin() as uow:
        kept = uow.report_orders.lock(order.id)
        if not (failure.passes or failure.is_paced or failure.code == "file_not_found"):
            kept = _given_up(kept)
        later = uow.now + wait_after(failure, kept.attempts)
        kept = replace(kept, next_attempt_at=None if kept.next_attempt_at is None else later)
        uow.report_orders.save(kept)
        if kept.next_attempt_at is not None:
            uow.enqueue(Job.REPORT, kept.id, at=kept.next_attempt_at)
        uow.commit()


def _given_up(order: ReportOrder) -> ReportOrder:
    """Return the order as it ends: not sent, or sent with a message that stays as it is."""
    if order.state is OrderState.OPEN:
        return replace(order, state=OrderState.NOT_SENT, why=NotSentWhy.REFUSED)
    return replace(order, next_attempt_at=None)
