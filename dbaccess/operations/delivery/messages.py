"""Updating of a request's Slack messages to its present state."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.errors import NotFound, SlackFailure, TargetFailure
from dbaccess.domain.grant import GrantId, GrantState, Recipe
from dbaccess.domain.message import Message, MessageId, MessageKind
from dbaccess.domain.policy import LoginKind, Policy
from dbaccess.domain.request import RequestId
from dbaccess.domain.request_details import RequestDetails
from dbaccess.operations.context import MOST_TRIES, WorkerContext, wait_after
from dbaccess.operations.delivery.request_details import grant_of, load_request_details
from dbaccess.operations.recipe import owed_by_others
from dbaccess.ports import Posted, UnitOfWork

_log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)


def update_messages(context: WorkerContext, request_id: RequestId) -> bool:
    """Post or edit every planned message of the request, in order, to show its present state.

    One writer a message: its row is locked during the call to Slack. A repeated call sends nothing. New
    messages go before edits, because an edit notifies no person. A busy channel delays its later messages,
    and none elsewhere; if Slack is silent, the rest waits for the next attempt. Returns False if Slack's pace
    delayed a message: then the messages of other requests have to wait as well.
    """
    with context.begin() as uow:
        leased_until = uow.now + LEASE
        uow.messages.touch(request_id, next_attempt_at=leased_until)
        messages = uow.messages.of(request_id)
        uow.commit()
    failures = _show_each(context, messages)
    with context.begin() as uow:
        waits = [
            wait_after(failure, message.attempts)
            for message, failure in failures
            if not _is_given_up(message, failure)
        ]
        again_at = uow.now + min(waits) if waits else None
        uow.messages.settle(request_id, leased_until=leased_until, next_attempt_at=again_at)
        uow.commit()
    return not any(failure.is_paced for _, failure in failures)


def _show_each(context: WorkerContext, messages: Sequence[Message]) -> list[tuple[Message, SlackFailure]]:
    """Return the messages that failed; in a busy place later messages wait for earlier ones."""
    failures: list[tuple[Message, SlackFailure]] = []
    busy: set[str] = set()
    for message in sorted(messages, key=lambda message: message.posted_ts is not None):
        if message.place in busy:
            continue
        first_time = message.kind is MessageKind.REMINDER and message.posted_ts is None
        age = open_transaction_age(context, message.request_id) if first_time else None
        failure = _try_to_show(context, message, age)
        if failure is None:
            continue
        failures.append((message, failure))
        if failure.code == "no_answer":
            break
        if failure.retry_after is not None:
            busy.add(message.place)
    return failures


def _try_to_show(
    context: WorkerContext, message: Message, open_transaction_age: timedelta | None
) -> SlackFailure | None:
    """Show the message, also if it cannot be rendered: a later alarm must not wait for it."""
    try:
        return post_or_update(context, message.id, open_transaction_age)
    except Exception as error:  # noqa: BLE001 the boundary between one message's failure and the others
        context.check_records()
        _log.error("message not shown", request=f"R-{message.request_id}", kind=message.kind, exc_info=error)
    with context.begin() as uow:
        uow.messages.save(replace(uow.messages.lock(message.id), attempts=message.attempts + 1))
        uow.commit()
    return SlackFailure("The message cannot be rendered.", code="not_rendered")


def post_or_update(
    context: WorkerContext, message_id: MessageId, open_transaction_age: timedelta | None = None
) -> SlackFailure | None:
    """Return why the message is not posted or does not show the present state; None if it does.

    `open_transaction_age` is shown only in a posted message, because nothing would update it later.
    """
    with context.begin() as uow:
        message = uow.messages.lock(message_id)
        details = load_request_details(uow, context.policy, context.workspace, message.request_id)
        if message.kind is MessageKind.ACTIVE:
            details = replace(details, connect_lines=_connect_lines(context, details))
        settled = context.renderer.message(message.kind, details, first=False)
        rendered = hashlib.sha256(canonical_bytes(settled)).hexdigest()
        if rendered == message.rendered:
            return None
        try:
            if message.posted_ts is None:
                message = _post(
                    context, uow, message, replace(details, open_transaction_age=open_transaction_age)
                )
            elif message.posted_channel is not None:
                posted = Posted(channel=message.posted_channel, ts=message.posted_ts)
                context.messenger.update(posted, settled, urgent=_is_news(message, details))
        except SlackFailure as failure:
            if not failure.is_paced:
                uow.messages.save(replace(message, attempts=message.attempts + 1))
                uow.commit()
            return failure
        uow.messages.save(replace(message, rendered=rendered, attempts=0))
        uow.commit()
    return None


def _connect_lines(context: WorkerContext, details: RequestDetails) -> tuple[str, ...]:
    """As the cluster's engine spells them, or as the policy does where this worker has no such cluster."""
    grant, target = details.grant, context.policy.targets.get(details.request.terms.target)
    if grant is None or grant.recipe is None:
        return ()
    connect = target.connect if target else ""
    try:
        return context.targets.driver(grant.cluster).connect_lines(grant.recipe, connect)
    except NotFound:
        return (connect,) if connect else ()


def _is_news(message: Message, details: RequestDetails) -> bool:
    """Return whether an edit changes the buttons; messages about finished requests may wait."""
    over = details.grant is not None and details.grant.state.is_final
    return message.kind is MessageKind.REQUEST and not over


def channel_of(policy: Policy, message: Message, target_name: str) -> str:
    """Return the channel by this configuration; the planning process may have had another policy."""
    if message.kind.is_of_target:
        target = policy.targets.get(target_name)
        return target.channel if target else message.channel
    return policy.ops_channel if message.kind.is_alarm else message.channel


def _post(context: WorkerContext, uow: UnitOfWork, message: Message, details: RequestDetails) -> Message:
    """Post the message; raises `SlackFailure`, also if its thread does not exist yet."""
    root = _root(uow, message.request_id) if message.kind.is_in_thread else None
    if message.kind.is_in_thread and root is None:
        raise SlackFailure("The message of this thread is not posted yet.", code="no_thread")
    posted = context.messenger.post(
        root.channel if root else channel_of(context.policy, message, details.request.terms.target),
        context.renderer.message(message.kind, details, first=True),
        thread_ts=root.ts if root else None,
        key=f"{message.request_id}:{message.kind.value}",
        urgent=message.kind.is_urgent,
    )
    return replace(message, posted_channel=posted.channel, posted_ts=posted.ts, posted_at=uow.now)


def _root(uow: UnitOfWork, request_id: RequestId) -> Posted | None:
    """Return the root of the thread; extensions and reviews go into the thread of the grant's request."""
    request = uow.requests.get(request_id)
    if request.terms.of_grant is not None:
        request_id = uow.grants.get(GrantId(request.terms.of_grant)).request_id
    for message in uow.messages.of(request_id):
        if message.kind is MessageKind.REQUEST and message.posted_ts and message.posted_channel:
            return Posted(channel=message.posted_channel, ts=message.posted_ts)
    return None


def _is_given_up(message: Message, failure: SlackFailure) -> bool:
    """Return whether only a state change leads to another attempt."""
    if failure.retry_after is not None or message.attempts < MOST_TRIES:
        return False
    request, kind = f"R-{message.request_id}", message.kind.value
    _log.error("message given up", request=request, kind=kind, code=failure.code)
    return True


def open_transaction_age(context: WorkerContext, request_id: RequestId) -> timedelta | None:
    """Return the age of the holder's transaction that has written; None if there is none, or unknown.

    The target is queried outside any transaction of ours, so that a slow target delays no other work.
    """
    with context.begin() as uow:
        grant = grant_of(uow, uow.requests.get(request_id))
        if grant is None or grant.state is not GrantState.ACTIVE or grant.recipe is None:
            return None
        recipe = grant.recipe
        if not _loses_sessions(uow, recipe):
            return None
    try:
        return context.targets.driver(recipe.cluster).open_transaction_age(recipe)
    except (TargetFailure, NotFound):
        return None


def _loses_sessions(uow: UnitOfWork, recipe: Recipe) -> bool:
    """Return whether the end closes sessions; a personal login that keeps all its roles keeps them."""
    if recipe.login_kind == LoginKind.EPHEMERAL.value:
        return True
    return bool(set(recipe.roles) - set(recipe.standing) - owed_by_others(uow, [recipe])[recipe.grant_id])
