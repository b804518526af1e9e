"""Submitted modals: validated before the ack, so that it carries the field errors."""

from collections.abc import Callable
from functools import partial
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot import idempotency_key
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.payload import account_of
from bot.submission import Refusal, at_fields, submit
from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.errors import Refused
from dbaccess.domain.request import RequestId, Verdict
from dbaccess.operations.grants.end_early import revoke_grant
from dbaccess.operations.requests.review import review
from dbaccess.operations.requests.submit import submit as submit_request
from dbaccess.slack.views import (
    answers,
    deny,
    form,
    reduced_approval,
    replace_request,
    request_details,
    revoke,
    text_modal,
)

Json = dict[str, Any]


def register(app: ListenerRegistry, deps: Deps) -> None:
    def on(
        callback_id: str,
        work: Callable[[Deps, Json, Json], None],
        refusal: Refusal,
        *,
        close_all: bool = False,
    ) -> None:
        @app.view(callback_id)
        def listener(ack: Ack, body: Json, view: Json, client: WebClient) -> None:
            do = partial(work, deps, body, view)
            submit(deps, ack, client, body, work=do, refusal=refusal, close_all=close_all)

    on(form.REQUEST_FORM, _request, _request_refused)
    on(replace_request.REPLACE_FORM, _replace, _notice, close_all=True)
    on(deny.DENY_FORM, _deny, at_fields(deny.field_errors))
    on(reduced_approval.LESS_FORM, _less, at_fields(reduced_approval.field_errors))
    on(request_details.APPROVE_FORM, _approve, _notice)
    on(revoke.REVOKE_FORM, _revoke, at_fields(revoke.field_errors))


def _request(deps: Deps, body: Json, view: Json) -> None:
    submit_request(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        ask=form.parse(view).ask(),
        idempotency_key=idempotency_key.of_submission(body),
    )


def _request_refused(refused: Refused, view: Json) -> Json:
    """Offer to replace an own request that stands in the way; name the field of any other refusal."""
    if replace_request.offers(refused):
        return {"response_action": "push", "view": replace_request.build(refused, form.parse(view))}
    return at_fields(form.field_errors)(refused, view)


def _replace(deps: Deps, body: Json, view: Json) -> None:
    instead_of, state = replace_request.parse(view)
    submit_request(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        ask=state.ask(),
        idempotency_key=idempotency_key.of_submission(body),
        instead_of=instead_of,
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


def _notice(refused: Refused, _view: Json) -> Json:
    return {"response_action": "update", "view": text_modal.build(answers.refused(refused), title="Not done")}
