"""Modals that were sent: validated before the ack, so that it carries the errors to their fields."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot import idempotency_key
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.listeners import home
from bot.payload import account_of
from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.errors import DuplicateRequest, Refused
from dbaccess.domain.request import RequestId, Verdict
from dbaccess.operations.grants.end import revoke_grant
from dbaccess.operations.requests.review import review
from dbaccess.operations.requests.submit import submit
from dbaccess.slack.views import answers, deny, form, notice, reduced_approval, request_details, revoke

Json = dict[str, Any]


def register(app: ListenerRegistry, deps: Deps) -> None:
    def on(
        callback_id: str,
        work: Callable[[Deps, Json, Json], None],
        refusal: Callable[[Refused, Json], Json],
    ) -> None:
        @app.view(callback_id)
        def listener(ack: Ack, body: Json, view: Json, client: WebClient) -> None:
            try:
                work(deps, body, view)
            except DuplicateRequest:
                ack()
            except Refused as refused:
                ack(**refusal(refused, view))
            else:
                ack()
                home.renew(deps, client, account_of(body))

    on(form.REQUEST_FORM, _request, lambda refused, view: _errors(form.field_errors(refused, view)))
    on(deny.DENY_FORM, _deny, lambda refused, _view: _errors(deny.field_errors(refused)))
    on(
        reduced_approval.LESS_FORM,
        _less,
        lambda refused, view: _errors(reduced_approval.field_errors(refused, view)),
    )
    on(request_details.APPROVE_FORM, _approve, lambda refused, _view: _notice(refused))
    on(revoke.REVOKE_FORM, _revoke, lambda refused, _view: _errors(revoke.field_errors(refused)))


def _request(deps: Deps, body: Json, view: Json) -> None:
    submit(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        ask=form.parse(view).ask(),
        idempotency_key=idempotency_key.of_submission(body),
    )


def _deny(deps: Deps, body: Json, view: Json) -> None:
    denial = deny.parse(view)
    _review(deps, body, denial.request_id, denial.fingerprint, Verdict.DENIED, denial.note)


def _less(deps: Deps, body: Json, view: Json) -> None:
    wanted = reduced_approval.parse(view)
    _review(
        deps, body, wanted.request_id, wanted.fingerprint, Verdict.APPROVED, wanted.note, less=wanted.less
    )


def _approve(deps: Deps, body: Json, view: Json) -> None:
    request_id, fingerprint = request_details.parse(view)
    _review(deps, body, request_id, fingerprint, Verdict.APPROVED, "")


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


def _review(
    deps: Deps,
    body: Json,
    request_id: RequestId,
    fingerprint: str,
    verdict: Verdict,
    note: str,
    *,
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
        idempotency_key=idempotency_key.of_submission(body),
    )


def _errors(fields: dict[str, str]) -> Json:
    return {"response_action": "errors", "errors": fields}


def _notice(refused: Refused) -> Json:
    return {"response_action": "update", "view": notice.build(answers.refused(refused), title="Not done")}
