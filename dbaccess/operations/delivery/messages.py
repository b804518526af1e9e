"""Updating of a request's Slack messages to its present state."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import structlog

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.errors import NO_THREAD, NotFound, SlackFailure, TargetFailure
from dbaccess.domain.grant import GrantState, Recipe
from dbaccess.domain.message import ANNOUNCES, Lane, Message, MessageId, MessageKind
from dbaccess.domain.policy import LoginKind, Policy
from dbaccess.domain.request import Request, RequestId, RequestState
from dbaccess.domain.request_details import RequestDetails
from dbaccess.operations.context import MOST_TRIES, WorkerContext, wait_after
from dbaccess.operations.delivery.refusals import note_failure, note_success, root_of
from dbaccess.operations.delivery.request_details import grant_of, load_request_details
from dbaccess.operations.recipe import given_by_active_grants
from dbaccess.ports import Posted, UnitOfWork

_log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)


class _Place(NamedTuple):
    channel: str
    thread_ts: str | None = None


def update_messages(context: WorkerContext, request_id: RequestId, lane: Lane) -> bool:
    """Post or edit every planned message of the request in this lane, in order, to show its present state.

    One writer a message: its row is locked during the call to Slack. A repeated call sends nothing. New
    messages go before edits, because an edit notifies no person. If Slack is busy or silent, the rest of the
    lane waits for the next attempt, and nothing elsewhere. Return False if Slack's pace delayed a message.
    """
    with context.begin() as uow:
        leased_until = uow.now + LEASE
        uow.messages.lease(request_id, lane, until=leased_until)
        messages = [message for message in uow.messages.of(request_id) if message.kind.lane is lane]
        uow.commit()
    failures = _show_each(context, messages)
    with context.begin() as uow:
        waits = [
            wait_after(failure, message.attempts)
            for message, failure in failures
            if not _is_given_up(uow, message, failure)
        ]
        again_at = uow.now + min(waits) if waits else None
        uow.messages.settle(request_id, lane, leased_until=leased_until, next_attempt_at=again_at)
        uow.commit()
    return not any(failure.is_paced for _, failure in failures)


def _show_each(context: WorkerContext, messages: Sequence[Message]) -> list[tuple[Message, SlackFailure]]:
    """Return the messages that failed; later messages wait for one that Slack is too busy or silent for."""
    failures: list[tuple[Message, SlackFailure]] = []
    for message in sorted(messages, key=lambda message: message.posted_ts is not None):
        first_time = message.kind is MessageKind.REMINDER and message.posted_ts is None
        age = open_transaction_age(context, message.request_id) if first_time else None
        failure = _try_to_show(context, message, age)
        if failure is None:
            continue
        failures.append((message, failure))
        if failure.code == "no_answer" or failure.retry_after is not None:
            break
    return failures


def _try_to_show(
    context: WorkerContext, message: Message, open_transaction_age: timedelta | None
) -> SlackFailure | None:
    """Show the message, also if it cannot be rendered: a later alarm must not wait for it."""
    try:
        return post_or_update(context, message, open_transaction_age)
    except Exception as error:  # noqa: BLE001 the boundary between one message's failure and the others
        context.check_records()
        _log.error("message not shown", request=f"R-{message.request_id}", kind=message.kind, exc_info=error)
    failure = SlackFailure("The message cannot be rendered.", code="not_rendered")
    with context.begin() as uow:
        note_failure(context, uow, uow.messages.lock(message.id), failure, channel=message.channel)
        uow.commit()
    return failure


def post_or_update(
    context: WorkerContext, planned: Message, open_transaction_age: timedelta | None = None
) -> SlackFailure | None:
    """Return why the message is not posted or does not show the present state; None if it does.

    A deleted message is posted again. A message that comes too late, for reviewers or as a reminder, is left
    unposted; not one that Slack may show already, because an outcome has to follow it.
    `open_transaction_age` is shown only in a posted message, because nothing would update it later.
    """
    if planned.kind in ANNOUNCES and planned.posted_ts is None:
        _note_attempt(context, planned.id)
    with context.begin() as uow:
        message = uow.messages.lock(planned.id)
        details = load_request_details(uow, context.policy, context.workspace, message.request_id)
        if message.kind is MessageKind.ACTIVE:
            details = replace(details, connect_lines=_connect_lines(context, details))
        settled = context.renderer.message(message.kind, details, first=False)
        rendered = hashlib.sha256(canonical_bytes(settled)).hexdigest()
        if rendered == message.rendered and (message.refusal is None or _comes_too_late(message, details)):
            return None
        first = replace(details, open_transaction_age=open_transaction_age)
        channel = message.channel
        try:
            place = _place(context, uow, message, details)
            if place is None:
                uow.messages.save(replace(message, rendered=rendered))
                uow.commit()
                return None
            channel = place.channel
            message = _show(context, message, first, settled, place)
        except SlackFailure as failure:
            if message.maybe_posted and not (planned.maybe_posted or failure.is_unsure):
                message = replace(message, maybe_posted=False)
                uow.messages.save(message)
            note_failure(context, uow, message, failure, channel=channel)
            uow.commit()
            return failure
        note_success(uow, replace(message, rendered=rendered))
        uow.commit()
    return None


def _note_attempt(context: WorkerContext, message_id: MessageId) -> None:
    """Record that reviewers may read it from now on, before Slack is asked.

    Workers that are killed between Slack's answer and its record leave a message with buttons that no record
    names. By this one the next attempt posts the outcome of a request that is over by then.
    """
    with context.begin() as uow:
        message = uow.messages.lock(message_id)
        request = uow.requests.get(message.request_id)
        if not (message.maybe_posted or message.posted_ts or _is_over(request)):
            uow.messages.save(replace(message, maybe_posted=True))
            uow.commit()


def _is_over(request: Request) -> bool:
    return request.state not in {RequestState.PENDING, RequestState.APPROVED}


def _comes_too_late(message: Message, details: RequestDetails) -> bool:
    """Return whether a first post is of no use: to reviewers, or as a reminder of an end that is here."""
    if message.kind is MessageKind.REMINDER:
        return message.posted_ts is None and not _ends_later(details)
    return _is_over(details.request) and message.kind.lane is Lane.CHANNEL and details.is_unseen


def _ends_later(details: RequestDetails) -> bool:
    """Return whether the grant is active, and its end is not reached."""
    grant = details.grant
    if grant is None or grant.state is not GrantState.ACTIVE or grant.expires_at is None:
        return False
    return details.now < grant.expires_at


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


def _place(
    context: WorkerContext, uow: UnitOfWork, message: Message, details: RequestDetails
) -> _Place | None:
    """Return where a post of it goes; None if it comes too late.

    Raises `SlackFailure` if its thread does not exist yet.
    """
    if _comes_too_late(message, details):
        return None
    if not message.kind.is_in_thread:
        return _Place(channel_of(context.policy, message, details.request.terms.target))
    root = root_of(uow, message.request_id)
    if root is None or root.posted_channel is None:
        raise SlackFailure("The message of this thread is not posted yet.", code=NO_THREAD)
    return _Place(root.posted_channel, root.posted_ts)


def _show(
    context: WorkerContext,
    message: Message,
    details: RequestDetails,
    settled: Mapping[str, Any],
    place: _Place,
) -> Message:
    """Edit the message, or post it where it is new, deleted, or in a channel that the target has left."""
    if message.posted_ts is not None and message.posted_channel is not None:
        posted = Posted(channel=message.posted_channel, ts=message.posted_ts)
        try:
            context.messenger.update(posted, settled, urgent=_is_news(message, details))
        except SlackFailure as failure:
            has_left = failure.is_of_channel and place.channel != posted.channel and message.kind.is_of_target
            if not (failure.is_no_edit or has_left):
                raise
            if message.kind.is_in_thread and message.kind not in ANNOUNCES:
                return message  # a deleted line no longer tells anything
        else:
            return message
    posted = context.messenger.post(
        place.channel,
        context.renderer.message(message.kind, details, first=True),
        thread_ts=place.thread_ts,
        key=f"{message.request_id}:{message.kind.value}",
        urgent=message.kind.is_urgent,
    )
    return replace(
        message,
        posted_channel=posted.channel,
        posted_ts=posted.ts,
        posted_at=details.now,
        maybe_posted=False,
    )


def _is_given_up(uow: UnitOfWork, message: Message, failure: SlackFailure) -> bool:
    """Return whether only a state change leads to another attempt.

    Unless reviewers still have to decide, it then no longer counts as refused.
    """
    if failure.retry_after is not None or message.attempts < MOST_TRIES:
        return False
    request, kind = f"R-{message.request_id}", message.kind.value
    _log.error("message given up", request=request, kind=kind, code=failure.code)
    if uow.requests.get(message.request_id).state is not RequestState.PENDING:
        uow.messages.save(replace(uow.messages.lock(message.id), refusal=None))
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
    return bool(
        set(recipe.roles) - set(recipe.standing) - given_by_active_grants(uow, [recipe])[recipe.grant_id]
    )
