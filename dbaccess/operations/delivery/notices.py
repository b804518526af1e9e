"""Posting of notices, which belong to no single request."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import structlog

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.errors import NotFound, SlackFailure
from dbaccess.domain.grant import GrantId
from dbaccess.domain.lockdown import Lockdown, LockdownDetails, LockdownId
from dbaccess.domain.notice import Notice, NoticeId, NoticeKind
from dbaccess.domain.people import SourceId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request_details import ReviewerGroup
from dbaccess.operations.context import WorkerContext, wait_after
from dbaccess.operations.delivery.refusals import tell_of_closed_channel
from dbaccess.operations.delivery.request_details import load_request_details
from dbaccess.operations.identity import look_up_all
from dbaccess.operations.requests.eligibility import covers
from dbaccess.ports import Posted, UnitOfWork

LOOK_EVERY = timedelta(seconds=3)
"""The interval of edits while grants of a lockdown or a storm are still ending."""


REFUSED_AGAIN = timedelta(seconds=15)
"""The interval of looks at a channel that takes no message; it is edited only when something changed."""

REFUSED_SHOWN = 5
"""The most requests that a notice about such a channel names."""

_log = structlog.get_logger(__name__)


class _Render(Protocol):
    def __call__(self, *, first: bool) -> dict[str, Any]: ...


def post_notice(context: WorkerContext, notice_id: NoticeId) -> None:
    """Post, delay or drop the notice, as the present state requires.

    The row is locked during the call to Slack.
    """
    try:
        with context.begin() as uow:
            notice = _lock_due(uow, notice_id)
            if notice is not None:
                _show(context, uow, notice)
                uow.commit()
    except Exception as error:  # noqa: BLE001 the boundary of one notice: what cannot be rendered waits like what is refused
        context.check_records()
        _log.error("notice not shown", notice=notice_id, exc_info=error)
        _put_off(context, notice_id)


def _lock_due(uow: UnitOfWork, notice_id: NoticeId) -> Notice | None:
    """Return the locked notice; None if another worker showed it meanwhile, or its channel is gone."""
    try:
        notice = uow.notices.lock(notice_id)
    except NotFound:
        return None
    return notice if notice.is_due(uow.now) else None


def _put_off(context: WorkerContext, notice_id: NoticeId) -> None:
    with context.begin() as uow:
        notice = _lock_due(uow, notice_id)
        if notice is not None:
            _later(context, uow, notice, SlackFailure("The notice cannot be rendered.", code="not_rendered"))
            uow.commit()


def _show(context: WorkerContext, uow: UnitOfWork, notice: Notice) -> None:
    if notice.kind in _KEPT_TRUE:
        _KEPT_TRUE[notice.kind](context, uow, notice)
    elif notice.kind in {NoticeKind.ENDED, NoticeKind.MANY_ENDED_LATE}:
        _post_sum(context, uow, notice)
    else:
        payload = _payload(context, uow, notice)
        if payload is None:
            uow.notices.drop(notice.id)
        else:
            _post(context, uow, notice, payload)


def _payload(context: WorkerContext, uow: UnitOfWork, notice: Notice) -> dict[str, Any] | None:
    """Return the payload; None if it no longer holds, or a later notice reports the same."""
    if notice.kind is NoticeKind.LOCKDOWN_LIFTED:
        return context.renderer.lockdown_lifted(load_lockdown_details(context, uow, notice))
    if notice.kind is not NoticeKind.STILL_OVERDUE:
        return context.renderer.notice(notice)
    grant = uow.grants.get(GrantId(notice.data["grant"]))
    if not grant.is_overdue(uow.now) or uow.now >= datetime.fromisoformat(notice.data["until"]):
        return None
    return context.renderer.still_overdue(
        load_request_details(uow, context.policy, context.workspace, grant.request_id)
    )


def _post(context: WorkerContext, uow: UnitOfWork, notice: Notice, payload: dict[str, Any]) -> None:
    try:
        _send(context, notice, payload)
    except SlackFailure as failure:
        _later(context, uow, notice, failure)
    else:
        uow.notices.posted(notice.id, at=uow.now)


def _show_lockdown(context: WorkerContext, uow: UnitOfWork, notice: Notice) -> None:
    """Post it once, then edit it until the last grant has ended, and once more when it is lifted."""
    details = load_lockdown_details(context, uow, notice)
    render = partial(context.renderer.lockdown, details)
    _keep_true(
        context, uow, notice, render, look_again=None if details.is_settled else LOOK_EVERY, urgent=True
    )


def _show_many_overdue(context: WorkerContext, uow: UnitOfWork, notice: Notice) -> None:
    """Post it once, then edit it until no grant of the target is overdue."""
    target = notice.data["target"]
    overdue = next((one for one in uow.grants.overdue_by_target(uow.now) if one.target == target), None)
    if overdue is None and notice.posted_at is None:
        uow.notices.drop(notice.id)
        return
    render = partial(context.renderer.many_overdue, target, overdue, operators_of(context.policy))
    # An edit notifies no person, and Slack allows few edits, so an old message is updated rarely.
    age = uow.now - (notice.posted_at or uow.now)
    again = max(LOOK_EVERY, age / 10) if overdue is not None else None
    _keep_true(context, uow, notice, render, look_again=again, urgent=False)


def operators_of(policy: Policy) -> ReviewerGroup:
    """Return the group of the operators, for a mention."""
    return ReviewerGroup(name="operators", sources=policy.groups.get("operators", ()), count=1)


def _show_not_posted(context: WorkerContext, uow: UnitOfWork, notice: Notice) -> None:
    """Post it once, then edit it until no message waits for the channel.

    With a code it is about other messages than those of requests, and only posted.
    """
    channel = notice.data["target"]
    if "code" in notice.data:
        is_own = channel == context.policy.ops_channel
        payload = context.renderer.closed_channel(channel, notice.data["code"], of_operators=is_own)
        _post(context, uow, notice, payload)
        return
    refused = uow.messages.refused(channel=channel, limit=REFUSED_SHOWN)
    if not refused and notice.posted_at is None:
        uow.notices.drop(notice.id)
        return
    targets = [target.name for target in context.policy.targets.values() if target.channel == channel]
    render = partial(context.renderer.not_posted, channel, targets, refused, operators_of(context.policy))
    again = REFUSED_AGAIN if refused else None
    _keep_true(context, uow, notice, render, look_again=again, urgent=False)


_KEPT_TRUE = {
    NoticeKind.LOCKDOWN: _show_lockdown,
    NoticeKind.MANY_OVERDUE: _show_many_overdue,
    NoticeKind.NOT_POSTED: _show_not_posted,
}


def _keep_true(
    context: WorkerContext,
    uow: UnitOfWork,
    notice: Notice,
    render: _Render,
    *,
    look_again: timedelta | None,
    urgent: bool,
) -> None:
    """Show the present state in the channel; only the first post pings. `urgent` applies to edits."""
    settled = render(first=False)
    rendered = hashlib.sha256(canonical_bytes(settled)).hexdigest()
    try:
        if notice.posted_ts is None or notice.posted_channel is None:
            posted = _send(context, notice, render(first=True))
            notice = replace(
                notice,
                posted_channel=posted.channel,
                posted_ts=posted.ts,
                posted_at=notice.posted_at or uow.now,
            )
        elif rendered != notice.rendered:
            where = Posted(channel=notice.posted_channel, ts=notice.posted_ts)
            notice = _edit(context, notice, where, settled, render, urgent=urgent)
    except SlackFailure as failure:
        _later(context, uow, notice, failure)
        return
    next_look_at = None if look_again is None else uow.now + look_again
    uow.notices.shown(replace(notice, rendered=rendered), next_look_at=next_look_at)


def _edit(
    context: WorkerContext,
    notice: Notice,
    where: Posted,
    settled: dict[str, Any],
    render: _Render,
    *,
    urgent: bool,
) -> Notice:
    """Edit the message; one that was deleted is posted again."""
    try:
        context.messenger.update(where, settled, urgent=urgent)
    except SlackFailure as failure:
        if not failure.is_no_edit:
            raise
    else:
        return notice
    anew = _send(context, notice, render(first=True))
    return replace(notice, posted_channel=anew.channel, posted_ts=anew.ts)


def _post_sum(context: WorkerContext, uow: UnitOfWork, notice: Notice) -> None:
    """Post one message for all notices that report the same about the same target."""
    alike = uow.notices.lock_alike(notice)
    count = sum(one.data["count"] for one in alike)
    summed = replace(notice, data={**notice.data, "count": count})
    try:
        _send(context, notice, context.renderer.notice(summed))
    except SlackFailure as failure:
        _later(context, uow, notice, failure)
        return
    for one in alike:
        uow.notices.posted(one.id, at=uow.now)


def _send(context: WorkerContext, notice: Notice, payload: dict[str, Any]) -> Posted:
    key, channel = f"notice:{notice.id}", _place(context.policy, notice)
    return context.messenger.post(channel, payload, thread_ts=None, key=key, urgent=True)


def _place(policy: Policy, notice: Notice) -> str:
    """Return its channel, or the operators' if the policy no longer names that one.

    A repeated alarm stays with the alarm in the channel of a target that has left the policy. The operators'
    channel has an alarm of its own.
    """
    named = {policy.ops_channel, *(target.channel for target in policy.targets.values())}
    stays = notice.kind is NoticeKind.STILL_OVERDUE or _is_direct(notice.channel) or notice.channel in named
    return notice.channel if stays else policy.ops_channel


def _is_direct(channel: str) -> bool:
    return channel.startswith(("U", "W"))


def _later(context: WorkerContext, uow: UnitOfWork, notice: Notice, failure: SlackFailure) -> None:
    again_at = uow.now + wait_after(failure, notice.attempts)
    uow.notices.failed(notice.id, next_attempt_at=again_at)
    if failure.is_of_channel:
        uow.notices.put_off(notice.channel, until=again_at)
        place = _place(context.policy, notice)
        if not _is_direct(place):
            tell_of_closed_channel(context, uow, place, failure.code)


def load_lockdown_details(context: WorkerContext, uow: UnitOfWork, notice: Notice) -> LockdownDetails:
    """Return the lockdown as it is in this transaction, for the channel of the notice."""
    lockdown = uow.lockdowns.get(LockdownId(notice.data["lockdown"]))
    declared, lifted = lockdown.declared_slack_id, lockdown.lifted_slack_id
    people = look_up_all(uow, [one for one in (declared, lifted) if one is not None], context.policy)
    return LockdownDetails(
        lockdown=lockdown,
        progress=uow.lockdowns.progress(lockdown),
        declared_by=people.get(declared) if declared else None,
        lifted_by=people.get(lifted) if lifted else None,
        groups=tuple(_told(context.policy, lockdown, notice.channel)),
        workspace_url=context.workspace.url,
        is_for_operators=notice.channel == context.policy.ops_channel,
    )


def _told(policy: Policy, lockdown: Lockdown, channel: str) -> Iterator[ReviewerGroup]:
    """Yield the groups to ping in the channel: operators and reviewers, without the declaring operator."""
    names = ["operators"] if channel == policy.ops_channel and "operators" in policy.groups else []
    for target in policy.targets.values():
        if target.channel == channel and lockdown.covers(target.name):
            names += [group for rule in policy.rules if covers(rule, target) for group in rule.reviewing]
    account = lockdown.declared_slack_id
    own = [SourceId(known) for known in policy.accounts(account)] if account else []
    for name in dict.fromkeys(names):
        sources = tuple(source for source in policy.groups.get(name, ()) if source not in own)
        yield ReviewerGroup(name=name, sources=sources, count=1)
