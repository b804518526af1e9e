"""Break-glass by command or form, and the review that closes it."""

from dataclasses import replace
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot import idempotency_key
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.payload import account_of, value
from bot.refused import tell_ledger
from bot.reply import rebuild, recorded, show
from bot.request_line import read_line
from bot.subcommand import CommandCall
from bot.submission import at_fields, on_submission
from dbaccess.domain.ask import Ask
from dbaccess.domain.errors import BadReason, BadTicket, NotAllowed, Refused, TooLong, UnknownName
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import Request
from dbaccess.operations.break_glass.invoke import break_glass
from dbaccess.operations.break_glass.review import check_may_close, review_break_glass, review_of
from dbaccess.operations.delivery.request_details import load_request_details
from dbaccess.operations.identity import identify
from dbaccess.slack.views import break_form, break_glass_review
from dbaccess.slack.views.break_form import BreakState
from dbaccess.slack.views.break_glass import REVIEW_BREAK_GLASS
from dbaccess.slack.views.button_value import parse_approval
from dbaccess.slack.views.form_role import BREAK_GLASS

Json = dict[str, Any]
_CHANGEABLE = (TooLong, BadReason, BadTicket, UnknownName, NotAllowed)
"""Refusals that lead to the form: in an emergency a sentence without a way on costs minutes."""


def register(app: ListenerRegistry, deps: Deps) -> None:
    @app.action(BREAK_GLASS)
    def opened(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        target, _, role = value(body).partition("/")
        _open(deps, client, body, account_of(body), BreakState(target=target, role=role))

    @app.action(break_form.WHAT)
    def chosen(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        _rebuild(deps, client, body)

    @app.action(REVIEW_BREAK_GLASS)
    def review_clicked(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        _open_review(deps, client, body)

    on_submission(
        app, deps, break_form.BREAK_FORM, _submit, at_fields(break_form.field_errors), close_all=True
    )
    on_submission(
        app, deps, break_glass_review.REVIEW_FORM, _close, at_fields(break_glass_review.field_errors)
    )


def command(call: CommandCall) -> None:
    """Handle `break-glass TARGET ROLE DURATION WHY`; the form asks for what is missing or wrong.

    Raises `Refused` for what no form can change.
    """
    read = read_line(call.text, call.deps.policy, call.clock)
    line = read.state
    typed = BreakState(
        target=line.target or "", role=line.role or "", duration=line.duration or "", reason=line.reason
    )
    if line.duration is None or not line.reason:
        call.ack()
        _open(call.deps, call.client, call.body, call.slack_id, typed, problem=read.problem)
        return
    try:
        request = _break(call.deps, call.slack_id, line.ask(), idempotency_key.of_command(call.body))
    except _CHANGEABLE as refused:
        if isinstance(refused, NotAllowed) and not refused.possible:
            raise
        call.ack()
        # A length that is too long is none of the menu's.
        typed = replace(typed, duration="") if isinstance(refused, TooLong) else typed
        _open(call.deps, call.client, call.body, call.slack_id, typed, problem=refused)
        tell_ledger(call.deps, refused, call.body, command="break-glass")
    else:
        call.answer(recorded(call.deps, request))


def _break(deps: Deps, slack_id: SlackId, ask: Ask, key: str) -> Request:
    return break_glass(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=slack_id,
        ask=ask,
        idempotency_key=key,
    )


def _open(
    deps: Deps,
    client: WebClient,
    body: Json,
    slack_id: SlackId,
    state: BreakState,
    *,
    problem: Refused | None = None,
) -> None:
    with deps.begin() as uow:
        person, now = identify(uow, slack_id, deps.policy, deps.workspace), uow.now
        stops = [] if deps.policy.break_glass_in_lockdown else uow.lockdowns.open()
    view = break_form.build(state, deps.policy, person, now=now, lockdowns=stops, problem=problem)
    show(client, body, view)


def _rebuild(deps: Deps, client: WebClient, body: Json) -> None:
    with deps.begin() as uow:
        person, now = identify(uow, account_of(body), deps.policy, deps.workspace), uow.now
        stops = [] if deps.policy.break_glass_in_lockdown else uow.lockdowns.open()
    state = replace(break_form.parse(body["view"]), duration="")  # it was chosen for another role
    view = break_form.build(state, deps.policy, person, now=now, lockdowns=stops)
    rebuild(client, body, view)


def _submit(deps: Deps, body: Json, view: Json) -> None:
    _break(deps, account_of(body), break_form.parse(view).ask(), idempotency_key.of_submission(body))


def _open_review(deps: Deps, client: WebClient, body: Json) -> None:
    request_id, _ = parse_approval(value(body))
    with deps.begin() as uow:
        person = identify(uow, account_of(body), deps.policy, deps.workspace)
        pending = review_of(uow, request_id)
        check_may_close(uow, policy=deps.policy, review=pending, reviewer=person)
        details = load_request_details(uow, deps.policy, deps.workspace, request_id)
    show(client, body, break_glass_review.build(details))


def _close(deps: Deps, body: Json, view: Json) -> None:
    said = break_glass_review.parse(view)
    review_break_glass(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        request_id=said.request_id,
        fingerprint=said.fingerprint,
        verdict=said.verdict,
        note=said.note,
        idempotency_key=idempotency_key.of_submission(body),
    )
