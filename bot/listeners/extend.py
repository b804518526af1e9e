"""More time: by command, or from a button of a direct message through the modal."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot import idempotency_key
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.payload import account_of, value
from bot.reply import recorded, show
from bot.request_line import MoreLine, read_more
from bot.subcommand import CommandCall
from bot.submission import at_fields, on_submission
from dbaccess.domain.duration import is_until, take_duration
from dbaccess.domain.errors import BadDuration, UnknownName
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import Request
from dbaccess.operations.identity import identify
from dbaccess.operations.requests.request_extension import MoreTime, extend, extension_offer
from dbaccess.slack.views import extend_form as view
from dbaccess.slack.views import listing
from dbaccess.slack.views.button_value import parse_id

Json = dict[str, Any]


def register(app: ListenerRegistry, deps: Deps) -> None:
    @app.action(view.EXTEND)
    def clicked(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        _open(deps, client, body, account_of(body), GrantId(parse_id(value(body))))

    on_submission(app, deps, view.EXTEND_FORM, _submit, at_fields(view.field_errors))


def command(call: CommandCall) -> None:
    """Handle `extend [TARGET [ROLE]] [DURATION] [WHY]`; the modal asks for the rest. Raises `Refused`."""
    deps, slack_id = call.deps, call.slack_id
    with deps.begin() as uow:
        identify(uow, slack_id, deps.policy, deps.workspace)
        active = [g for g in uow.grants.open_of(deps.policy.accounts(slack_id)) if _is_active(g)]
    line = read_more(call.text, {(grant.target, grant.role) for grant in active}, deps.policy)
    meant = [g for g in active if line.target in {None, g.target} and line.role in {None, g.role}]
    if active and not meant:
        held = [grant.role for grant in active if grant.target == line.target]
        raise UnknownName(_not_held(line, held), kind="role", asked=line.role or "", nearest=held)
    if len(meant) != 1:
        call.answer(listing.to_extend(meant))
        return
    more, reason = _read_time(call, line.rest, meant[0])
    if more and reason:
        ask = MoreTime(grant_id=meant[0].id, more=more, reason=reason)
        request = _extend(deps, slack_id, ask, idempotency_key.of_command(call.body))
        call.answer(recorded(deps, request))
    else:
        call.ack()
        _open(deps, call.client, call.body, slack_id, meant[0].id, reason, more)


def _not_held(line: MoreLine, held: Sequence[str]) -> str:
    if not held:
        return f"You hold nothing on {line.target}."
    return f"You hold {' and '.join(held)} on {line.target}, not {line.role}."


def _read_time(call: CommandCall, text: str, grant: Grant) -> tuple[timedelta | None, str]:
    """How much more time, and why; `until 17:00` counts from the grant's end. Words alone are the reason."""

    def end() -> datetime:
        now = call.clock()
        return (grant.expires_at or now).astimezone(now.tzinfo)

    try:
        return take_duration(text, clock=end) if text else (None, "")
    except BadDuration as problem:
        if problem.choices or text[:1].isdigit() or is_until(text):
            raise
        return None, text


def _is_active(grant: Grant) -> bool:
    return grant.state is GrantState.ACTIVE


def _open(
    deps: Deps,
    client: WebClient,
    body: Json,
    slack_id: SlackId,
    grant_id: GrantId,
    reason: str = "",
    more: timedelta | None = None,
) -> None:
    with deps.begin() as uow:
        found = extension_offer(
            uow, policy=deps.policy, workspace=deps.workspace, slack_id=slack_id, grant_id=grant_id
        )
    show(client, body, view.build(found, reason=reason, more=more))


def _submit(deps: Deps, body: Json, submitted: Json) -> None:
    asked = view.parse(submitted)
    ask = MoreTime(grant_id=asked.grant_id, more=asked.more, reason=asked.reason)
    _extend(deps, account_of(body), ask, idempotency_key.of_submission(body))


def _extend(deps: Deps, slack_id: SlackId, ask: MoreTime, key: str) -> Request:
    return extend(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=slack_id,
        ask=ask,
        idempotency_key=key,
    )
