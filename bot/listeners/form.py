"""The request form: opened prefilled, and rebuilt as target and role are chosen."""

import re
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, Respond
from slack_sdk import WebClient

from bot import idempotency_key
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.payload import account_of
from bot.recorded import recorded
from bot.reply import rebuild, reply, show
from dbaccess.domain.errors import NotYours
from dbaccess.domain.request import RequestId
from dbaccess.operations.activity.capture import coverage_now
from dbaccess.operations.identity import identify
from dbaccess.operations.requests.submit import submit
from dbaccess.slack.views import answers, form, home
from dbaccess.slack.views.clicked import parse_id
from dbaccess.slack.views.direct import ASK_AGAIN
from dbaccess.slack.views.form_role import SWITCH_ROLE


def register(app: ListenerRegistry, deps: Deps) -> None:
    @app.action(form.TARGET)
    @app.action(form.ROLE)
    @app.action(form.DURATION)
    def chosen(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        _rebuild(deps, body, client, form.parse(body["view"]))

    @app.action(re.compile(rf"^{re.escape(SWITCH_ROLE)}\.\d+$"))
    def switched(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        _rebuild(deps, body, client, form.switched(body["view"], str(body["actions"][0]["value"])))

    @app.action(re.compile(rf"^({re.escape(answers.CHANGE)}|{re.escape(answers.OPEN_FORM)})$"))
    @app.action(re.compile(rf"^{re.escape(answers.USE_NAME)}\.\d+$"))
    @app.action(ASK_AGAIN)
    @app.action(home.REQUEST_A_ROLE)
    def opened(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        _open(deps, body, client)

    @app.action(answers.REQUEST_LONGEST)
    def shortened(ack: Ack, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
        ack()
        reply(_submit_longest(deps, body), respond=respond, client=client, body=body)

    @app.action(answers.REPLACE)
    def replaced(ack: Ack, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
        ack()
        reply(_submit_instead(deps, body), respond=respond, client=client, body=body)


def _rebuild(deps: Deps, body: dict[str, Any], client: WebClient, state: form.FormState) -> None:
    with deps.begin() as uow:
        person, now = identify(uow, account_of(body), deps.policy, deps.workspace), uow.now
        lockdowns = uow.lockdowns.open()
        captured = coverage_now(uow, deps.policy, state.target or "", deps.policy.person_id(person.slack_id))
    view = form.build(state, deps.policy, person, now=now, lockdowns=lockdowns, coverage=captured)
    rebuild(client, body, view)


def _open(deps: Deps, body: dict[str, Any], client: WebClient) -> None:
    action, slack_id = body["actions"][0], account_of(body)
    with deps.begin() as uow:
        person, now = identify(uow, slack_id, deps.policy, deps.workspace), uow.now
        lockdowns = uow.lockdowns.open()
        if action["action_id"] == home.REQUEST_A_ROLE:
            state = form.FormState()
        elif action["action_id"] == ASK_AGAIN:
            request = uow.requests.get(RequestId(parse_id(str(action["value"]))))
            if not deps.policy.is_same(slack_id, request.requester_slack_id):
                raise NotYours("Only the requester can request this again.")
            state = form.FormState.of_request(request)
        elif action["action_id"].startswith(answers.USE_NAME):
            draft_id, name = answers.parse_choice(str(action["value"]))
            state = _with_name(deps, form.FormState.of_draft(uow.drafts.get(draft_id, slack_id)), name)
        else:
            draft = uow.drafts.get(parse_id(str(action["value"])), slack_id)
            state = form.FormState.of_draft(draft)
        captured = coverage_now(uow, deps.policy, state.target or "", deps.policy.person_id(person.slack_id))
    view = form.build(state, deps.policy, person, now=now, lockdowns=lockdowns, coverage=captured)
    show(client, body, view)


def _with_name(deps: Deps, state: form.FormState, name: str) -> form.FormState:
    """Return the state with the part that its line lacked: the target, then the role, then the duration."""
    target = deps.policy.targets.get(state.target or "")
    if target is None:
        return replace(state, target=name)
    if state.role in target.roles and not state.duration:
        return replace(state, duration=name)
    return replace(state, role=name)


def _submit_instead(deps: Deps, body: dict[str, Any]) -> dict[str, Any]:
    state, request_id = _draft_and_choice(deps, body)
    return _submit(deps, body, state, instead_of=RequestId(parse_id(request_id)))


def _submit_longest(deps: Deps, body: dict[str, Any]) -> dict[str, Any]:
    state, duration = _draft_and_choice(deps, body)
    return _submit(deps, body, replace(state, duration=duration))


def _draft_and_choice(deps: Deps, body: dict[str, Any]) -> tuple[form.FormState, str]:
    draft_id, choice = answers.parse_choice(str(body["actions"][0]["value"]))
    with deps.begin() as uow:
        return form.FormState.of_draft(uow.drafts.get(draft_id, account_of(body))), choice


def _submit(
    deps: Deps, body: dict[str, Any], state: form.FormState, *, instead_of: RequestId | None = None
) -> dict[str, Any]:
    request = submit(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        ask=state.ask(),
        idempotency_key=idempotency_key.of_action(body),
        instead_of=instead_of,
    )
    return recorded(deps, request)
