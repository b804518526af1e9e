"""A person's clicks on a grant: Show credentials, the end by its holder, and Revoke."""

from typing import Any

from slack_bolt import Respond
from slack_sdk import WebClient

from bot import idempotency_key
from bot.click import on_click
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.listeners import commands
from bot.payload import account_of, value
from bot.refused import tell_ledger
from bot.reply import show
from bot.submission import at_fields, on_submission
from dbaccess.domain.credential_view import CredentialView
from dbaccess.domain.errors import AlreadyDecided, NotYours, Refused
from dbaccess.domain.grant import GrantId
from dbaccess.operations.grants.credentials import ask_credentials, check_holder
from dbaccess.operations.grants.end_early import may_revoke, revoke_grant, surrender
from dbaccess.operations.identity import identify, look_up
from dbaccess.slack.client import call
from dbaccess.slack.views import answers, credentials, request_message, revoke
from dbaccess.slack.views.button_value import parse_id
from dbaccess.slack.views.surrender import SURRENDER

Json = dict[str, Any]


def register(app: ListenerRegistry, deps: Deps) -> None:
    on_click(app, deps, credentials.SHOW_CREDENTIALS, _show_credentials)
    on_click(app, deps, SURRENDER, _surrender)
    on_click(app, deps, request_message.REVOKE, _open_revoke)
    on_submission(app, deps, revoke.REVOKE_FORM, _revoke, at_fields(revoke.field_errors))


def _show_credentials(deps: Deps, body: Json, client: WebClient, _respond: Respond) -> None:
    grant_id, slack_id = GrantId(parse_id(value(body))), account_of(body)
    try:
        with deps.begin() as uow:
            grant = check_holder(
                uow, policy=deps.policy, workspace=deps.workspace, slack_id=slack_id, grant_id=grant_id
            )
    except AlreadyDecided as over:
        show(client, body, _no_password(deps, grant_id, over))
        return
    login = grant.recipe.login if grant.recipe else None
    loading = credentials.loading(login=login, target=grant.target)
    view_id = show(client, body, loading)
    try:
        _ask_credentials(deps, body, grant_id, view_id)
    except Refused as refused:
        said = _no_password(deps, grant_id, refused)
        call("views.update", lambda: client.views_update(view_id=view_id, view=said))
        tell_ledger(deps, refused, body)


def _no_password(deps: Deps, grant_id: GrantId, refused: Refused) -> Json:
    if not isinstance(refused, AlreadyDecided):
        return credentials.refused(text=refused.at_field)
    with deps.begin() as uow:
        return credentials.closed(uow.grants.get(grant_id))


def _ask_credentials(deps: Deps, body: Json, grant_id: GrantId, view_id: str) -> CredentialView:
    return ask_credentials(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        grant_id=grant_id,
        view_id=view_id,
        idempotency_key=idempotency_key.of_action(body),
    )


def _surrender(deps: Deps, body: Json, client: WebClient, respond: Respond) -> None:
    grant = surrender(
        deps.begin,
        policy=deps.policy,
        slack_id=account_of(body),
        grant_id=GrantId(parse_id(value(body))),
        idempotency_key=idempotency_key.of_action(body),
    )
    answer = answers.ending(grant.role, grant.target)
    commands.reply_with_list(deps, answer, body, client, respond)


def _open_revoke(deps: Deps, body: Json, client: WebClient, _respond: Respond) -> None:
    with deps.begin() as uow:
        person = identify(uow, account_of(body), deps.policy, deps.workspace)
        grant = uow.grants.get(GrantId(parse_id(value(body))))
        if not may_revoke(uow, deps.policy, grant, person):
            raise NotYours("Only the holder, a reviewer of this grant's rule or an operator can revoke it.")
        holder = look_up(uow, grant.holder_slack_id, deps.policy)
    show(client, body, revoke.build(grant, holder.shown if holder else grant.holder))


def _revoke(deps: Deps, body: Json, view: Json) -> None:
    revocation = revoke.parse(view)
    revoke_grant(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        grant_id=revocation.grant_id,
        reason=revocation.reason,
        idempotency_key=idempotency_key.of_submission(body),
    )
