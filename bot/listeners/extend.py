"""More time: by command, or from a button of a direct message through the modal."""

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot import idempotency_key
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.payload import account_of, value
from bot.reply import show
from bot.request_line import read_more
from bot.subcommand import CommandCall
from bot.submission import at_fields, submit
from dbaccess.domain.errors import UnknownName
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import Request
from dbaccess.operations.identity import identify
from dbaccess.operations.requests.extend import MoreTime, extend, extension_offer
from dbaccess.slack.views import answers, listing
from dbaccess.slack.views import extend as view
from dbaccess.slack.views.clicked import parse_id

Json = dict[str, Any]


def register(app: ListenerRegistry, deps: Deps) -> None:
    refusal = at_fields(view.field_errors)

    @app.action(view.EXTEND)
    def clicked(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        _open(deps, client, body, account_of(body), GrantId(parse_id(value(body))))

    @app.view(view.EXTEND_FORM)
    def submitted(ack: Ack, body: Json, view: Json, client: WebClient) -> None:
        submit(deps, ack, client, body, work=lambda: _submit(deps, body, view), refusal=refusal)


def command(call: CommandCall) -> None:
    """Handle `extend [TARGET ROLE] [DURATION] [WHY]`; the modal asks for missing parts. Raises `Refused`."""
    deps, slack_id = call.deps, call.slack_id
    with deps.begin() as uow:
        identify(uow, slack_id, deps.policy, deps.workspace)
        active = [g for g in uow.grants.open_of(deps.policy.accounts(slack_id)) if _is_active(g)]
    which, more, reason = read_more(call.text, {(grant.target, grant.role) for grant in active}, call.clock)
    meant = [grant for grant in active if which is None or (grant.target, grant.role) == which]
    if not meant and which is not None:
        held = [grant.role for grant in active if grant.target == which[0]]
        said = f"You hold {' and '.join(held)} on {which[0]}, not {which[1] or 'another role'}."
        raise UnknownName(said, kind="role", asked=which[1], nearest=held)
    if len(meant) != 1:
        call.answer(listing.to_extend(meant))
    elif more and reason:
        ask = MoreTime(grant_id=meant[0].id, more=more, reason=reason)
        request = _extend(deps, slack_id, ask, idempotency_key.of_command(call.body))
        call.answer(answers.recorded(request))
    else:
        call.ack()
        _open(deps, call.client, call.body, slack_id, meant[0].id, reason)


def _is_active(grant: Grant) -> bool:
    return grant.state is GrantState.ACTIVE


def _open(
    deps: Deps, client: WebClient, body: Json, slack_id: SlackId, grant_id: GrantId, reason: str = ""
) -> None:
    with deps.begin() as uow:
        found = extension_offer(
            uow, policy=deps.policy, workspace=deps.workspace, slack_id=slack_id, grant_id=grant_id
        )
    show(client, body, view.build(found, reason=reason))


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
