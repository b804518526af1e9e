"""Clicks: each is authorised at that moment, by the database and not by the button's content."""

import re
from typing import Any

from slack_bolt import Ack, Respond
from slack_sdk import WebClient

from bot import idempotency_key
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.listeners import commands, home
from bot.payload import account_of, value
from bot.refused import tell_ledger
from bot.reply import refuse, reply, show
from dbaccess.domain.credential_view import CredentialView
from dbaccess.domain.errors import AlreadyDecided, NotYours, Refused
from dbaccess.domain.grant import GrantId
from dbaccess.domain.request import RequestId, Verdict
from dbaccess.operations.delivery.request_details import load_request_details
from dbaccess.operations.grants.credentials import ask_credentials, check_holder
from dbaccess.operations.grants.end_early import may_revoke, surrender
from dbaccess.operations.identity import identify, look_up
from dbaccess.operations.requests.eligibility import check_reviewer
from dbaccess.operations.requests.review import review
from dbaccess.operations.requests.withdraw import withdraw
from dbaccess.slack.client import call
from dbaccess.slack.views import (
    answers,
    credentials,
    deny,
    listing,
    reduced_approval,
    request_details,
    request_message,
    revoke,
    rows,
)
from dbaccess.slack.views.clicked import parse_approval, parse_id
from dbaccess.slack.views.direct import SEE_REQUEST
from dbaccess.slack.views.surrender import SURRENDER
from dbaccess.slack.views.withdraw import WITHDRAW


def register(app: ListenerRegistry, deps: Deps) -> None:
    def on(action_id: str, work: Any) -> None:
        @app.action(re.compile(f"^{re.escape(action_id)}$"))
        def listener(ack: Ack, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
            ack()
            try:
                work(deps, body, client, respond)
            except Exception as error:  # noqa: BLE001 said at once: what says it on the Home tab is soon worth nothing
                refuse(error, ack=ack, respond=respond, client=client, body=body)
                tell_ledger(deps, error, body)
            home.follow(deps, client, body)

    on(request_message.APPROVE, _approve)
    on(request_message.APPROVE_IN_DETAILS, _open_to_approve)
    on(request_message.DENY, _open_deny)
    on(request_message.APPROVE_FOR_LESS, _open_less)
    on(request_message.DETAILS, _open_details)
    on(rows.OPEN, _open_to_approve)
    on(SEE_REQUEST, _open_details)
    on(request_message.REVOKE, _open_revoke)
    on(SURRENDER, _surrender)
    on(WITHDRAW, _withdraw)
    on(credentials.SHOW_CREDENTIALS, _show_credentials)


def _approve(deps: Deps, body: dict[str, Any], _client: WebClient, _respond: Respond) -> None:
    request_id, fingerprint = parse_approval(value(body))
    review(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        request_id=request_id,
        fingerprint=fingerprint,
        verdict=Verdict.APPROVED,
        note="",
        idempotency_key=idempotency_key.of_action(body),
    )


def _open_to_approve(deps: Deps, body: dict[str, Any], client: WebClient, _respond: Respond) -> None:
    _open(
        deps,
        body,
        client,
        lambda details: request_details.build(details, approvable=True),
        says=Verdict.APPROVED,
    )


def _open_deny(deps: Deps, body: dict[str, Any], client: WebClient, _respond: Respond) -> None:
    _open(deps, body, client, deny.build, says=Verdict.DENIED)


def _open_less(deps: Deps, body: dict[str, Any], client: WebClient, _respond: Respond) -> None:
    _open(deps, body, client, reduced_approval.build, says=Verdict.APPROVED)


def _open_details(deps: Deps, body: dict[str, Any], client: WebClient, _respond: Respond) -> None:
    _open(deps, body, client, lambda details: request_details.build(details, approvable=False), says=None)


def _open(deps: Deps, body: dict[str, Any], client: WebClient, build: Any, *, says: Verdict | None) -> None:
    """Open the view; `says` is the verdict that it leads to, None for reading only."""
    request_id = RequestId(parse_id(value(body).partition(".")[0]))
    with deps.begin() as uow:
        person = identify(uow, account_of(body), deps.policy, deps.workspace)
        request = uow.requests.get(request_id)
        if says is not None:
            check_reviewer(
                uow,
                policy=deps.policy,
                workspace=deps.workspace,
                request=request,
                reviewer=person,
                verdict=says,
            )
        else:
            groups = [group for group, _ in request.terms.approvals]
            mine = deps.policy.is_same(person.slack_id, request.requester_slack_id)
            reviews = any(deps.policy.belongs(person, group) for group in groups)
            if not (mine or reviews or deps.policy.is_operator(person)):
                raise NotYours("Only the requester and the reviewers of this request see its details.")
        details = load_request_details(uow, deps.policy, deps.workspace, request_id)
    show(client, body, build(details))


def _open_revoke(deps: Deps, body: dict[str, Any], client: WebClient, _respond: Respond) -> None:
    with deps.begin() as uow:
        person = identify(uow, account_of(body), deps.policy, deps.workspace)
        grant = uow.grants.get(GrantId(parse_id(value(body))))
        if not may_revoke(uow, deps.policy, grant, person):
            raise NotYours("Only the holder, a reviewer of this grant's rule or an operator can revoke it.")
        holder = look_up(uow, grant.holder_slack_id, deps.policy)
    show(client, body, revoke.build(grant, holder.shown if holder else grant.holder))


def _surrender(deps: Deps, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
    grant = surrender(
        deps.begin,
        policy=deps.policy,
        slack_id=account_of(body),
        grant_id=GrantId(parse_id(value(body))),
        idempotency_key=idempotency_key.of_action(body),
    )
    _reply(deps, answers.ending(grant.role, grant.target), body, client, respond)


def _withdraw(deps: Deps, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
    request = withdraw(
        deps.begin,
        policy=deps.policy,
        slack_id=account_of(body),
        request_id=RequestId(parse_id(value(body))),
        idempotency_key=idempotency_key.of_action(body),
    )
    _reply(deps, answers.withdrawn(request), body, client, respond)


def _reply(
    deps: Deps, answer: dict[str, Any], body: dict[str, Any], client: WebClient, respond: Respond
) -> None:
    """Answer a click. The answer to one in a list replaces the list, so it shows what is still open."""
    if str(body["actions"][0].get("block_id")).startswith(listing.ROW):
        answer = listing.below(answer, commands.open_for(deps, account_of(body)))
    reply(answer, respond=respond, client=client, body=body)


def _show_credentials(deps: Deps, body: dict[str, Any], client: WebClient, _respond: Respond) -> None:
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


def _no_password(deps: Deps, grant_id: GrantId, refused: Refused) -> dict[str, Any]:
    if not isinstance(refused, AlreadyDecided):
        return credentials.refused(text=refused.at_field)
    with deps.begin() as uow:
        return credentials.closed(uow.grants.get(grant_id))


def _ask_credentials(deps: Deps, body: dict[str, Any], grant_id: GrantId, view_id: str) -> CredentialView:
    return ask_credentials(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        grant_id=grant_id,
        view_id=view_id,
        idempotency_key=idempotency_key.of_action(body),
    )
