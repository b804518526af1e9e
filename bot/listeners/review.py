"""The review of a request: Approve, Deny, Approve for less and Details, as clicks and as submitted modals."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Respond
from slack_sdk import WebClient

from bot import idempotency_key, stray_copy
from bot.click import Work, on_click
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.payload import account_of, value
from bot.reply import show
from bot.submission import at_fields, in_place, on_submission
from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.errors import NotYours
from dbaccess.domain.request import RequestId, Verdict
from dbaccess.domain.request_details import RequestDetails
from dbaccess.operations.delivery.request_details import load_request_details
from dbaccess.operations.identity import identify
from dbaccess.operations.requests.eligibility import check_reviewer
from dbaccess.operations.requests.review import review
from dbaccess.slack.views import deny, reduced_approval, request_details, request_message, rows
from dbaccess.slack.views.button_value import parse_approval, parse_id
from dbaccess.slack.views.direct_messages import SEE_REQUEST

Json = dict[str, Any]


def register(app: ListenerRegistry, deps: Deps) -> None:
    on_click(app, deps, request_message.APPROVE, _in_message(_approve))
    on_click(app, deps, request_message.APPROVE_IN_DETAILS, _in_message(_open_to_approve))
    on_click(app, deps, request_message.DENY, _in_message(_open_deny))
    on_click(app, deps, request_message.APPROVE_FOR_LESS, _in_message(_open_less))
    on_click(app, deps, request_message.DETAILS, _in_message(_open_details))
    on_click(app, deps, rows.OPEN, _open_to_approve)
    on_click(app, deps, SEE_REQUEST, _open_details)
    on_submission(app, deps, request_details.APPROVE_FORM, _approve_details, in_place)
    on_submission(app, deps, deny.DENY_FORM, _deny, at_fields(deny.field_errors))
    on_submission(app, deps, reduced_approval.LESS_FORM, _less, at_fields(reduced_approval.field_errors))


def _in_message(work: Work) -> Work:
    """Return the work of a button in the message of a request, which may be a copy that nothing updates."""

    def do(deps: Deps, body: Json, client: WebClient, respond: Respond) -> None:
        try:
            work(deps, body, client, respond)
        finally:
            stray_copy.remove(deps, body, respond)

    return do


def _approve(deps: Deps, body: Json, _client: WebClient, _respond: Respond) -> None:
    request_id, fingerprint = parse_approval(value(body))
    key = idempotency_key.of_action(body)
    _review(deps, body, request_id, fingerprint, Verdict.APPROVED, key=key)


def _approve_details(deps: Deps, body: Json, view: Json) -> None:
    request_id, fingerprint = request_details.parse(view)
    key = idempotency_key.of_submission(body)
    _review(deps, body, request_id, fingerprint, Verdict.APPROVED, key=key)


def _deny(deps: Deps, body: Json, view: Json) -> None:
    said = deny.parse(view)
    key = idempotency_key.of_submission(body)
    _review(deps, body, said.request_id, said.fingerprint, Verdict.DENIED, note=said.note, key=key)


def _less(deps: Deps, body: Json, view: Json) -> None:
    said = reduced_approval.parse(view)
    _review(
        deps,
        body,
        said.request_id,
        said.fingerprint,
        Verdict.APPROVED,
        note=said.note,
        less=said.less,
        key=idempotency_key.of_submission(body),
    )


def _review(
    deps: Deps,
    body: Json,
    request_id: RequestId,
    fingerprint: str,
    verdict: Verdict,
    *,
    key: str,
    note: str = "",
    less: ApprovedScope | None = None,
) -> None:
    review(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        request_id=request_id,
        fingerprint=fingerprint,
        verdict=verdict,
        note=note,
        less=less,
        idempotency_key=key,
    )


def _open_to_approve(deps: Deps, body: Json, client: WebClient, _respond: Respond) -> None:
    _open(
        deps,
        body,
        client,
        lambda details: request_details.build(details, approvable=True),
        says=Verdict.APPROVED,
    )


def _open_deny(deps: Deps, body: Json, client: WebClient, _respond: Respond) -> None:
    _open(deps, body, client, deny.build, says=Verdict.DENIED)


def _open_less(deps: Deps, body: Json, client: WebClient, _respond: Respond) -> None:
    _open(deps, body, client, reduced_approval.build, says=Verdict.APPROVED)


def _open_details(deps: Deps, body: Json, client: WebClient, _respond: Respond) -> None:
    _open(deps, body, client, lambda details: request_details.build(details, approvable=False), says=None)


def _open(
    deps: Deps,
    body: Json,
    client: WebClient,
    build: Callable[[RequestDetails], Json],
    *,
    says: Verdict | None,
) -> None:
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
