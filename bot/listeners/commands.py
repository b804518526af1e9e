"""`/dbaccess`, with its words or with a request in one line."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot import idempotency_key
from bot.command_line import first_word, read_line, unescape
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.listeners import break_glass, extend, lockdown
from bot.reply import show
from dbaccess.domain.errors import DuplicateRequest, Refused
from dbaccess.domain.people import SlackId
from dbaccess.operations.identity import identify
from dbaccess.operations.queries.lockdowns import lockdown_covering
from dbaccess.operations.queries.mine import mine, to_revoke
from dbaccess.operations.queries.who import holders_of
from dbaccess.operations.requests.submit import submit
from dbaccess.slack.views import answers, form, listing
from dbaccess.slack.views import who as who_view


def register(app: ListenerRegistry, deps: Deps) -> None:
    words: dict[str, Callable[[Deps, SlackId], dict[str, Any]]] = {
        "list": _list,
        "done": _done,
        "revoke": _revoke,
        "help": lambda _deps, _slack_id: answers.help_(),
    }
    with_a_name: dict[str, Callable[[Deps, SlackId, str], dict[str, Any]]] = {"who": _who}

    @app.command("/dbaccess")
    def command(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        text, slack_id = unescape(body.get("text") or "").strip(), SlackId(body["user_id"])
        if not text:
            _open_form(deps, ack, client, body)
            return
        answer, (word, name) = words.get(text.lower()), first_word(text)
        if answer is not None:
            ack(response_type="ephemeral", **answer(deps, slack_id))
        elif (answer_of := with_a_name.get(word.lower())) is not None:
            ack(response_type="ephemeral", **answer_of(deps, slack_id, name))
        elif word.lower() == "break-glass":
            break_glass.command(deps, ack, client, body, name)
        elif word.lower() == "lockdown":
            lockdown.command(deps, ack, client, body, name)
        elif word.lower() == "extend":
            extend.command(deps, ack, client, body, name)
        else:
            _ask(deps, ack, body, text)


def _open_form(deps: Deps, ack: Ack, client: WebClient, body: dict[str, Any]) -> None:
    with deps.begin() as uow:
        person, now = identify(uow, SlackId(body["user_id"]), deps.policy, deps.workspace), uow.now
    ack()
    show(client, body, form.build(form.FormState(), deps.policy, person, now=now))


def _ask(deps: Deps, ack: Ack, body: dict[str, Any], text: str) -> None:
    slack_id, state = SlackId(body["user_id"]), read_line(text)
    try:
        _check_target(deps, slack_id, state.target)
        request = submit(
            deps.begin,
            policy=deps.policy,
            workspace=deps.workspace,
            slack_id=slack_id,
            ask=state.ask(),
            idempotency_key=idempotency_key.of_command(body),
        )
    except DuplicateRequest:
        raise  # its first telling had the answer, and the draft that goes with it
    except Refused as refused:
        with deps.begin() as uow:
            draft_id = uow.drafts.add(slack_id, state.as_draft())
            uow.commit()
        ack(response_type="ephemeral", **answers.refused(refused, draft_id=draft_id))
    else:
        ack(response_type="ephemeral", **answers.recorded(request))


def _check_target(deps: Deps, slack_id: SlackId, target: str | None) -> None:
    """A word that means nothing is told so before what is missing; to nobody whom we do not know."""
    if target is None or target in deps.policy.targets:
        return
    with deps.begin() as uow:
        identify(uow, slack_id, deps.policy, deps.workspace)
    deps.policy.target(target)


def _list(deps: Deps, slack_id: SlackId) -> dict[str, Any]:
    with deps.begin() as uow:
        found = mine(uow, policy=deps.policy, workspace=deps.workspace, slack_id=slack_id)
    return listing.build(
        held=found.holds,
        waiting=found.waits,
        reviews=found.reviews,
        owed=found.owed,
        owes=found.owes,
        lockdowns=found.lockdowns,
    )


def _who(deps: Deps, slack_id: SlackId, target: str) -> dict[str, Any]:
    with deps.begin() as uow:
        held = holders_of(uow, policy=deps.policy, workspace=deps.workspace, slack_id=slack_id, target=target)
        stopped = lockdown_covering(uow, target)
    return who_view.build(target, held, stopped)


def _done(deps: Deps, slack_id: SlackId) -> dict[str, Any]:
    with deps.begin() as uow:
        identify(uow, slack_id, deps.policy, deps.workspace)
        return listing.to_end(uow.grants.open_of(deps.policy.accounts(slack_id)))


def _revoke(deps: Deps, slack_id: SlackId) -> dict[str, Any]:
    with deps.begin() as uow:
        person = identify(uow, slack_id, deps.policy, deps.workspace)
        return listing.to_revoke(to_revoke(uow, deps.policy, person))
