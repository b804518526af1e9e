"""Lockdown: declared by command, lifted by button; each asks why first."""

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot import idempotency_key
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.payload import account_of, value
from bot.reply import show
from bot.request_line import first_word, known_name
from bot.subcommand import CommandCall
from bot.submission import at_fields, on_submission
from dbaccess.domain.lockdown import LockdownId
from dbaccess.operations.lockdowns.declare import (
    check_may_declare,
    check_may_lift,
    declare_lockdown,
    lift_lockdown,
)
from dbaccess.operations.lockdowns.lifters import who_lifts
from dbaccess.slack.views import lockdown_form as view
from dbaccess.slack.views.button_value import parse_id
from dbaccess.slack.views.lockdown import LIFT

Json = dict[str, Any]


def register(app: ListenerRegistry, deps: Deps) -> None:
    @app.action(LIFT)
    def clicked(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        _open_lift(deps, client, body)

    on_submission(app, deps, view.LOCKDOWN_FORM, _declare, at_fields(view.field_errors))
    on_submission(app, deps, view.LIFT_FORM, _lift, at_fields(view.field_errors))


def command(call: CommandCall) -> None:
    """Handle `lockdown [TARGET [WHY]]`; nothing is stopped before the form is sent. Raises `Refused`."""
    deps, (name, reason) = call.deps, first_word(call.text)
    target = known_name(name, deps.policy.targets) or None
    with deps.begin() as uow:
        check_may_declare(
            uow, policy=deps.policy, workspace=deps.workspace, slack_id=call.slack_id, target=target
        )
        grants = uow.lockdowns.count_open(target)
        lifts = who_lifts(uow, deps.policy, deps.workspace, target=target, declared=call.slack_id)
    call.ack()
    show(call.client, call.body, view.build(target, grants=grants, lifts=lifts, reason=reason))


def _open_lift(deps: Deps, client: WebClient, body: Json) -> None:
    with deps.begin() as uow:
        lockdown = uow.lockdowns.get(LockdownId(parse_id(value(body))))
        check_may_lift(
            uow, policy=deps.policy, workspace=deps.workspace, slack_id=account_of(body), lockdown=lockdown
        )
    show(client, body, view.build_lift(lockdown))


def _declare(deps: Deps, body: Json, submitted: Json) -> None:
    asked = view.parse(submitted)
    declare_lockdown(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        target=asked.target,
        reason=asked.reason,
        idempotency_key=idempotency_key.of_submission(body),
    )


def _lift(deps: Deps, body: Json, submitted: Json) -> None:
    asked = view.parse_lift(submitted)
    lift_lockdown(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        lockdown_id=asked.lockdown_id,
        reason=asked.reason,
        idempotency_key=idempotency_key.of_submission(body),
    )
