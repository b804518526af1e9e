"""Review: an owner of a group answers its access review, page by page."""

from functools import partial
from typing import Any

import structlog
from slack_bolt import Ack
from slack_sdk import WebClient

from bot import idempotency_key
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.payload import account_of, value
from bot.reply import rebuild, show
from bot.submission import at_fields, submit
from dbaccess.domain.access_review_campaign import Answer, CampaignId
from dbaccess.domain.access_review_page import page_of
from dbaccess.domain.errors import Refused, SlackFailure
from dbaccess.operations.access_reviews.answer_in_slack import (
    answer_as_owner,
    item_to_answer,
    look_at_review,
)
from dbaccess.slack.client import call
from dbaccess.slack.views import access_review_page as view
from dbaccess.slack.views import review_answer as form
from dbaccess.slack.views.access_review import REVIEW
from dbaccess.slack.views.button_value import parse_id

log = structlog.get_logger()

Json = dict[str, Any]


def register(app: ListenerRegistry, deps: Deps) -> None:
    @app.action(REVIEW)
    def opened(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        show(client, body, _page(deps, body, CampaignId(parse_id(value(body))), after=None))

    @app.action(view.EARLIER)
    @app.action(view.NEXT)
    def turned(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        campaign_id, after = view.parse_place(value(body))
        rebuild(client, body, _page(deps, body, campaign_id, after=after))

    @app.action(view.KEEP)
    def kept(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        _ask_why(deps, body, client, Answer.KEEP)

    @app.action(view.REMOVE)
    def removed(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        _ask_why(deps, body, client, Answer.REMOVE)

    @app.view(form.ANSWER_FORM)
    def answered(ack: Ack, body: Json, client: WebClient) -> None:
        work, refusal = partial(_answer, deps, body), at_fields(form.field_errors)
        if submit(deps, ack, client, body, work=work, refusal=refusal):
            _show_below(deps, body, client)


def _ask_why(deps: Deps, body: Json, client: WebClient, answer: Answer) -> None:
    campaign_id, number = view.parse_place(value(body))
    item = item_to_answer(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        campaign_id=campaign_id,
        number=number,
    )
    show(client, body, form.build(item, answer))


def _answer(deps: Deps, body: Json) -> None:
    given = form.parse(body["view"])
    answer_as_owner(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        slack_id=account_of(body),
        campaign_id=given.campaign_id,
        number=given.number,
        answer=given.answer,
        reason=given.reason,
        idempotency_key=idempotency_key.of_submission(body),
    )


def _show_below(deps: Deps, body: Json, client: WebClient) -> None:
    """Show the answer in the page from which it was given; a page that was closed meanwhile needs none."""
    below, given = body["view"].get("previous_view_id"), form.parse(body["view"])
    if not below:
        return
    try:
        page = _page(deps, body, given.campaign_id, after=page_of(given.number))
        call("views.update", lambda: client.views_update(view_id=below, view=page))
    except (Refused, SlackFailure) as failure:
        log.info("page not updated", error=type(failure).__name__)


def _page(deps: Deps, body: Json, campaign_id: CampaignId, *, after: int | None) -> Json:
    return view.build(
        look_at_review(
            deps.begin,
            policy=deps.policy,
            workspace=deps.workspace,
            slack_id=account_of(body),
            campaign_id=campaign_id,
            after=after,
        )
    )
