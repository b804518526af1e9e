"""`/dbaccess`, with its words or with a request in one line."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot import intake_key
from bot.deps import Deps
from bot.one_line import read_line, unescape
from dbaccess.domain.errors import Refused, Replayed
from dbaccess.domain.people import SlackId
from dbaccess.operations.end_grant import may_revoke
from dbaccess.operations.identify import identify
from dbaccess.operations.mine import mine
from dbaccess.operations.submit import submit
from dbaccess.slack.views import answers, form, listing


def register(app: App, deps: Deps) -> None:
    words: dict[str, Callable[[Deps, SlackId], dict[str, Any]]] = {
        "list": _list,
        "done": _done,
        "revoke": _revoke,
        "help": lambda _deps, _slack_id: answers.help_(),
    }

    @app.command("/dbaccess")
    def command(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        text, slack_id = unescape(body.get("text") or "").strip(), SlackId(body["user_id"])
        if not text:
            ack()
            _open_form(deps, client, body["trigger_id"], slack_id, body)
            return
        answer = words.get(text.lower())
        try:
            if answer is not None:
                ack(response_type="ephemeral", **answer(deps, slack_id))
            else:
                _ask(deps, ack, body, text)
        except Refused as refused:
            ack(response_type="ephemeral", **answers.refused(refused))


def _open_form(
    deps: Deps, client: WebClient, trigger_id: str, slack_id: SlackId, body: dict[str, Any]
) -> None:
    try:
        with deps.begin() as uow:
            person = identify(uow, slack_id, deps.workspace)
    except Refused as refused:
        client.chat_postEphemeral(channel=body["channel_id"], user=slack_id, **answers.refused(refused))
        return
    client.views_open(trigger_id=trigger_id, view=form.build(form.FormState(), deps.policy, person))


def _ask(deps: Deps, ack: Ack, body: dict[str, Any], text: str) -> None:
    slack_id, state = SlackId(body["user_id"]), read_line(text)
    try:
        request = submit(
            deps.begin,
            policy=deps.policy,
            workspace=deps.workspace,
            slack_id=slack_id,
            ask=state.ask(),
            intake_key=intake_key.of_command(body),
        )
    except Replayed:
        ack()
    except Refused as refused:
        with deps.begin() as uow:
            draft_id = uow.drafts.add(slack_id, state.as_draft())
            uow.commit()
        ack(response_type="ephemeral", **answers.refused(refused, draft_id=draft_id))
    else:
        ack(response_type="ephemeral", **answers.recorded(request))


def _list(deps: Deps, slack_id: SlackId) -> dict[str, Any]:
    with deps.begin() as uow:
        found = mine(uow, policy=deps.policy, workspace=deps.workspace, slack_id=slack_id)
    reviews = [
        listing.ToReview(request=request, requester_name=found.names.get(request.requester_slack_id, ""))
        for request in found.reviews
    ]
    return listing.build(held=found.holds, waiting=found.waits, reviews=reviews)


def _done(deps: Deps, slack_id: SlackId) -> dict[str, Any]:
    with deps.begin() as uow:
        identify(uow, slack_id, deps.workspace)
        return listing.to_end(uow.grants.open_of(deps.policy.person_id(slack_id)))


def _revoke(deps: Deps, slack_id: SlackId) -> dict[str, Any]:
    with deps.begin() as uow:
        person = identify(uow, slack_id, deps.workspace)
        grants = [
            grant for grant in uow.grants.open() if grant.revoking_at is None
            and may_revoke(uow, deps.policy, grant, person)
        ]  # fmt: skip
        names = uow.directory.people(grant.holder_slack_id for grant in grants)
    rows = []
    for grant in grants:
        holder = names.get(grant.holder_slack_id)
        rows.append(listing.ToRevoke(grant=grant, holder_name=holder.name if holder else grant.holder))
    return listing.to_revoke(rows)
