"""A request: its form, the submission, the longest allowed time, a replacement, and its withdrawal."""

import re
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, Respond
from slack_sdk import WebClient

from bot import idempotency_key
from bot.click import on_click
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.listeners import commands
from bot.payload import account_of, value
from bot.reply import rebuild, recorded, reply, show
from bot.submission import at_fields, in_place, on_submission
from dbaccess.domain.errors import NotYours, Refused
from dbaccess.domain.request import Request, RequestId
from dbaccess.operations.activity.capture import coverage_now
from dbaccess.operations.identity import identify
from dbaccess.operations.requests.submit import submit
from dbaccess.operations.requests.withdraw import withdraw
from dbaccess.slack.views import answers, form, home, replace_request
from dbaccess.slack.views.button_value import parse_id
from dbaccess.slack.views.direct_messages import ASK_AGAIN
from dbaccess.slack.views.form_role import SWITCH_ROLE
from dbaccess.slack.views.withdraw import WITHDRAW

Json = dict[str, Any]


def register(app: ListenerRegistry, deps: Deps) -> None:
    @app.action(form.TARGET)
    @app.action(form.ROLE)
    @app.action(form.DURATION)
    def chosen(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        _rebuild(deps, body, client, form.parse(body["view"]))

    @app.action(re.compile(rf"^{re.escape(SWITCH_ROLE)}\.\d+$"))
    def switched(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        _rebuild(deps, body, client, form.switched(body["view"], str(body["actions"][0]["value"])))

    @app.action(re.compile(rf"^({re.escape(answers.CHANGE)}|{re.escape(answers.OPEN_FORM)})$"))
    @app.action(re.compile(rf"^{re.escape(answers.USE_NAME)}\.\d+$"))
    @app.action(ASK_AGAIN)
    @app.action(home.REQUEST_A_ROLE)
    def opened(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        _open(deps, body, client)

    @app.action(answers.REQUEST_LONGEST)
    def shortened(ack: Ack, body: Json, client: WebClient, respond: Respond) -> None:
        ack()
        reply(_submit_longest(deps, body), respond=respond, client=client, body=body)

    @app.action(answers.REPLACE)
    def replaced(ack: Ack, body: Json, client: WebClient, respond: Respond) -> None:
        ack()
        reply(_submit_instead(deps, body), respond=respond, client=client, body=body)

    on_click(app, deps, WITHDRAW, _withdraw)
    on_submission(app, deps, form.REQUEST_FORM, _submit_form, _refused)
    on_submission(app, deps, replace_request.REPLACE_FORM, _replace, in_place, close_all=True)


def _rebuild(deps: Deps, body: Json, client: WebClient, state: form.FormState) -> None:
    with deps.begin() as uow:
        person, now = identify(uow, account_of(body), deps.policy, deps.workspace), uow.now
        lockdowns = uow.lockdowns.open()
        captured = coverage_now(uow, deps.policy, state.target or "", deps.policy.person_id(person.slack_id))
    view = form.build(state, deps.policy, person, now=now, lockdowns=lockdowns, coverage=captured)
    rebuild(client, body, view)


def _open(deps: Deps, body: Json, client: WebClient) -> None:
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


def _submit_form(deps: Deps, body: Json, view: Json) -> None:
    _submit(deps, body, form.parse(view), key=idempotency_key.of_submission(body))


def _refused(refused: Refused, view: Json) -> Json:
    """Offer to replace an own request that stands in the way; name the field of any other refusal."""
    if replace_request.offers(refused):
        return {"response_action": "push", "view": replace_request.build(refused, form.parse(view))}
    return at_fields(form.field_errors)(refused, view)


def _replace(deps: Deps, body: Json, view: Json) -> None:
    instead_of, state = replace_request.parse(view)
    _submit(deps, body, state, key=idempotency_key.of_submission(body), instead_of=instead_of)


def _submit_instead(deps: Deps, body: Json) -> Json:
    state, request_id = _draft_and_choice(deps, body)
    key = idempotency_key.of_action(body)
    return recorded(deps, _submit(deps, body, state, key=key, instead_of=RequestId(parse_id(request_id))))


def _submit_longest(deps: Deps, body: Json) -> Json:
    state, duration = _draft_and_choice(deps, body)
    state = replace(state, duration=duration)
    return recorded(deps, _submit(deps, body, state, key=idempotency_key.of_action(body)))


def _draft_and_choice(deps: Deps, body: Json) -> tuple[form.FormState, str]:
    draft_id, choice = answers.parse_choice(str(body["actions"][0]["value"]))
    with deps.begin() as uow:
        return form.FormState.of_draft(uow.drafts.get(draft_id, account_of(body))), choice


def _submit(
    deps: Deps, body: Json, state: form.FormState, *, key: str, instead_of: RequestId | None = None
) -> Request:
    return submit(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        ask=state.ask(),
        idempotency_key=key,
        instead_of=instead_of,
    )


def _withdraw(deps: Deps, body: Json, client: WebClient, respond: Respond) -> None:
    request = withdraw(
        deps.begin,
        policy=deps.policy,
        slack_id=account_of(body),
        request_id=RequestId(parse_id(value(body))),
        idempotency_key=idempotency_key.of_action(body),
    )
    commands.reply_with_list(deps, answers.withdrawn(request), body, client, respond)
