"""`/dbaccess`, with its sub-commands or with a request in one line."""

import difflib
import re
from datetime import datetime
from typing import Any, Final

from slack_bolt import Ack, Respond
from slack_sdk import WebClient

from bot import idempotency_key
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.listeners import audit, break_glass, extend, lockdown
from bot.payload import account_of
from bot.refused import tell_ledger
from bot.reply import recorded, refuse, reply, show
from bot.request_line import MENTION, named_target, read_line, unescape
from bot.subcommand import COMMAND, CommandCall, SubCommand
from dbaccess.domain.errors import DuplicateRequest, Refused, UnknownName
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.text import clean
from dbaccess.operations.activity.capture import coverage_now
from dbaccess.operations.identity import identify
from dbaccess.operations.queries.mine import mine, to_revoke
from dbaccess.operations.queries.who import holders_of, lockdown_covering, may_request, standing_on
from dbaccess.operations.requests.eligibility import reviews_for
from dbaccess.operations.requests.submit import submit
from dbaccess.slack.views import answers, break_form, form, listing
from dbaccess.slack.views import who as who_view

_AGAIN: Final = re.compile(rf"\A\s*/\s*(?:{COMMAND[1:]}(?=\s|$)\s*)?", re.IGNORECASE)


def register(app: ListenerRegistry, deps: Deps) -> None:
    @app.command(COMMAND)
    def command(ack: Ack, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
        text = unescape(body.get("text") or "").strip()
        found, rest = find(text)
        try:
            found.handler(CommandCall(deps=deps, ack=ack, client=client, body=body, text=rest))
        except Refused as refused:
            refuse(refused, ack=ack, respond=respond, client=client, body=body)
            tell_ledger(deps, refused, body, command=found.word or "request")


def find(text: str) -> tuple[SubCommand, str]:
    """Return the sub-command that a line calls, and what follows its word; any other line is a request.

    A slash in front, or the command typed again, is left out: no name begins with a slash.
    """
    text = _AGAIN.sub("", text, count=1)
    line = clean(text)
    for one in SUBCOMMANDS:
        if (rest := one.rest_of(line)) is not None:
            return one, rest
    return (REQUEST if text else FORM), text


def nearest_command(word: str) -> str | None:
    """Return the word of the sub-command that a mistyped word resembles; None if none does."""
    words = [one.word for one in SUBCOMMANDS if one.word]
    close = difflib.get_close_matches(word.casefold(), words, n=1, cutoff=0.7)
    return close[0] if close else None


def usage_hint() -> str:
    """Return what Slack shows beside the command while it is typed."""
    return " | ".join(one.typed for one in SUBCOMMANDS if one.typed)


def _help(call: CommandCall) -> None:
    """List what this person can do; of one who may not act only what anyone can."""
    deps = call.deps
    with deps.begin() as uow:
        try:
            person, now = identify(uow, call.slack_id, deps.policy, deps.workspace), uow.now
        except Refused:
            usable = [one for one in SUBCOMMANDS if one.is_for is None]
        else:
            usable = [
                one for one in SUBCOMMANDS if one.is_for is None or one.is_for(deps.policy, person, now)
            ]
    call.answer(answers.help_([(one.typed, one.does) for one in usable]))


def _may_revoke(policy: Policy, person: Person, _now: datetime) -> bool:
    return policy.is_operator(person) or bool(reviews_for(policy, person, policy.rules))


def _operates(policy: Policy, person: Person, _now: datetime) -> bool:
    return policy.is_operator(person)


def _audits(policy: Policy, person: Person, _now: datetime) -> bool:
    return policy.is_auditor(person)


def _may_break_glass(policy: Policy, person: Person, now: datetime) -> bool:
    return bool(break_form.allowed(policy, person, now=now))


def _open_form(call: CommandCall) -> None:
    deps = call.deps
    with deps.begin() as uow:
        person, now = identify(uow, call.slack_id, deps.policy, deps.workspace), uow.now
        lockdowns = uow.lockdowns.open()
    call.ack()
    view = form.build(form.FormState(), deps.policy, person, now=now, lockdowns=lockdowns)
    show(call.client, call.body, view)


def _ask(call: CommandCall) -> None:
    deps, slack_id = call.deps, call.slack_id
    line = read_line(call.text, deps.policy, call.clock)
    state = line.state
    try:
        _check_names(deps, slack_id, state)
        request = submit(
            deps.begin,
            policy=deps.policy,
            workspace=deps.workspace,
            slack_id=slack_id,
            ask=line.ask(deps.policy),
            idempotency_key=idempotency_key.of_command(call.body),
        )
    except DuplicateRequest:
        raise  # the first delivery got the answer, with its draft
    except Refused as refused:
        with deps.begin() as uow:
            draft_id = uow.drafts.add(slack_id, state.as_draft())
            uow.commit()
        call.answer(answers.refused(refused, draft_id=draft_id))
        tell_ledger(deps, refused, call.body, command="request")
    else:
        call.answer(recorded(deps, request))


def _check_names(deps: Deps, slack_id: SlackId, state: form.FormState) -> None:
    """Refuse an unknown target before missing parts, and a missing role; say nothing to unknown people."""
    target = state.target
    if target is None or (target in deps.policy.targets and state.role):
        return
    with deps.begin() as uow:
        person, now = identify(uow, slack_id, deps.policy, deps.workspace), uow.now
    if target in deps.policy.targets:
        if possible := deps.policy.possible(person, target, now=now):
            said = f"Choose a role on {target}: {', '.join(possible)}."
            raise UnknownName(said, kind="role", asked="", nearest=possible)
        return
    try:
        deps.policy.target(target)
    except UnknownName as unknown:
        command = None if unknown.nearest else nearest_command(target)
        if command is None:
            raise
        said = f"{unknown} Nearest command: {COMMAND} {command}."
        raise UnknownName(said, kind=unknown.kind, asked=unknown.asked, nearest=()) from None


def _list(call: CommandCall) -> None:
    call.answer(open_for(call.deps, call.slack_id))


def open_for(deps: Deps, slack_id: SlackId) -> dict[str, Any]:
    """Return the list of what is open for this person; raises `Refused`."""
    with deps.begin() as uow:
        found = mine(uow, policy=deps.policy, workspace=deps.workspace, slack_id=slack_id)
    return listing.build(
        held=found.holds,
        waiting=found.waits,
        refusals=found.refusals,
        reviews=found.reviews,
        break_glass_reviews=found.break_glass_reviews,
        unreviewed=found.unreviewed,
        lockdowns=found.lockdowns,
    )


def reply_with_list(
    deps: Deps, answer: dict[str, Any], body: dict[str, Any], client: WebClient, respond: Respond
) -> None:
    """Answer a click. The answer to one in a list replaces the list, so it shows what is still open."""
    if str(body["actions"][0].get("block_id")).startswith(listing.ROW):
        answer = listing.below(answer, open_for(deps, account_of(body)))
    reply(answer, respond=respond, client=client, body=body)


def _who(call: CommandCall) -> None:
    deps, target = call.deps, named_target(call.text, call.deps.policy.targets)
    with deps.begin() as uow:
        held = holders_of(
            uow, policy=deps.policy, workspace=deps.workspace, slack_id=call.slack_id, target=target
        )
        stopped, now = lockdown_covering(uow, target), uow.now
        captured, standing = coverage_now(uow, deps.policy, target), standing_on(uow, deps.policy, target)
    call.answer(who_view.build(target, held, stopped, now=now, coverage=captured, standing=standing))


def _done(call: CommandCall) -> None:
    """Offer what this person holds, of one target where its name follows."""
    deps = call.deps
    with deps.begin() as uow:
        identify(uow, call.slack_id, deps.policy, deps.workspace)
        held = uow.grants.open_of(deps.policy.accounts(call.slack_id))
    target = named_target(call.text, deps.policy.targets.keys() | {grant.target for grant in held})
    theirs = [grant for grant in held if grant.target == target]
    named = bool(theirs) or target in deps.policy.targets
    call.answer(listing.to_end(theirs if named else held, of=target if named else ""))


def _revoke(call: CommandCall) -> None:
    """Offer what this person may end, of one person or target where a name follows."""
    deps = call.deps
    is_handle = call.text.startswith("@")
    mention = MENTION.match(call.text)
    meant = mention[1] if mention else call.text.removeprefix("@")
    with deps.begin() as uow:
        person = identify(uow, call.slack_id, deps.policy, deps.workspace)
        found = to_revoke(uow, deps.policy, person, of=meant)
    call.answer(listing.to_revoke(found, of=meant, is_handle=is_handle))


FORM = SubCommand(word="", does="open the request form", is_for=may_request, handler=_open_form)
REQUEST = SubCommand(
    word="",
    usage="TARGET ROLE TIME WHY",
    does="request a role in one line; TIME is 30m or 1h30m",
    is_for=may_request,
    handler=_ask,
)
SUBCOMMANDS = (
    FORM,
    REQUEST,
    SubCommand(
        word="list",
        does="list your grants, your requests and your reviews",
        aliases=("list all", "list mine", "status", "withdraw", "approve", "deny"),
        handler=_list,
    ),
    SubCommand(word="who", usage="TARGET", does="list who holds a role on a target now", handler=_who),
    SubCommand(
        word="extend",
        usage="[TARGET ROLE] [TIME] [WHY]",
        does="request more time for a grant of yours",
        handler=extend.command,
    ),
    SubCommand(
        word="done",
        usage="[TARGET]",
        does="end a grant of yours",
        aliases=("i'm done", "finished"),
        handler=_done,
    ),
    SubCommand(
        word="break-glass",
        usage="TARGET ROLE TIME WHY",
        does="take emergency access, reviewed afterwards",
        is_for=_may_break_glass,
        handler=break_glass.command,
    ),
    SubCommand(
        word="revoke",
        usage="[PERSON or TARGET]",
        does="end a grant of another person",
        audience="reviewers and operators",
        is_for=_may_revoke,
        handler=_revoke,
    ),
    SubCommand(
        word="lockdown",
        aliases=("lock down",),
        usage="[TARGET]",
        does="end all grants of a target, or of all, and refuse requests",
        audience="operators",
        is_for=_operates,
        handler=lockdown.command,
    ),
    SubCommand(
        word="audit",
        usage="[QUESTION or report FROM TO [TARGET]]",
        does="ask the records, or have a report sent",
        audience="auditors",
        is_for=_audits,
        handler=audit.command,
    ),
    SubCommand(word="help", does="show this list", aliases=("?", "--help", "-h"), handler=_help),
)
"""Every sub-command, in the order in which people read them."""
