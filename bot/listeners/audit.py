"""`/dbaccess audit`: questions that are answered in pages, and reports that a worker sends."""

from datetime import datetime
from typing import Any

from slack_bolt import Ack, Respond
from slack_sdk import WebClient

from bot import idempotency_key
from bot.audit_line import read_audit_line
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.payload import account_of, value
from bot.reply import reply
from bot.report_line import read_report_line
from bot.subcommand import CommandCall
from dbaccess.domain.audit_ask import AuditAsk
from dbaccess.domain.audit_page import AuditKey
from dbaccess.domain.errors import NotFound
from dbaccess.domain.people import SlackId
from dbaccess.operations.queries.ask_audit import ask_audit
from dbaccess.operations.queries.auditors import auditor
from dbaccess.operations.queries.report.order import order_report
from dbaccess.slack.views import audit, report_order
from dbaccess.slack.views import audit_answer as view

Json = dict[str, Any]


def register(app: ListenerRegistry, deps: Deps) -> None:
    @app.action(view.OLDER)
    @app.action(view.NEWER)
    def turned(ack: Ack, body: Json, client: WebClient, respond: Respond) -> None:
        ack()
        draft_id, places = view.parse_place(value(body))
        with deps.begin() as uow:
            asked = AuditAsk.of_draft(uow.drafts.get(draft_id, account_of(body)))
        key = idempotency_key.of_action(body)
        answer = _page(deps, account_of(body), asked, draft_id=draft_id, places=places, key=key)
        reply(answer, respond=respond, client=client, body=body)


def command(call: CommandCall) -> None:
    """Answer a question, order a report, or explain what can be asked; only auditors get any of it."""
    deps, (word, _, rest) = call.deps, call.text.partition(" ")
    with deps.begin() as uow:
        auditor(uow, call.slack_id, deps.policy, deps.workspace)
        now = uow.now
    if not word or word.casefold() == "help":
        call.answer(audit.explained())
        return
    if word.casefold() == "report":
        _order(call, rest, now)
        return
    asked = read_audit_line(call.text, now, deps.policy.targets)
    with deps.begin() as uow:
        draft_id = uow.drafts.add(call.slack_id, asked.as_draft())
        uow.commit()
    key = idempotency_key.of_command(call.body)
    call.answer(_page(deps, call.slack_id, asked, draft_id=draft_id, places=[], key=key))


def _order(call: CommandCall, text: str, now: datetime) -> None:
    deps, asked = call.deps, read_report_line(text, now)
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


def _page(
    deps: Deps, slack_id: SlackId, asked: AuditAsk, *, draft_id: int, places: list[AuditKey], key: str
) -> Json:
    try:
        found = ask_audit(
            deps.begin,
            policy=deps.policy,
            workspace=deps.workspace,
            slack_id=slack_id,
            asked=asked,
            after=places[-1] if places else None,
            limit=view.PAGE,
            idempotency_key=key,
        )
    except ValueError:
        raise NotFound("This page has expired; ask again with /dbaccess audit.") from None
    return view.build(found.page, found.names, asked, draft_id=draft_id, places=places)
