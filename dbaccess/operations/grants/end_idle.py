"""Idle grants: their holders are offered to end them, or they end, as the deciding rule says."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from dbaccess.domain.coverage import CaptureLevel
from dbaccess.domain.events import BY_SYSTEM
from dbaccess.domain.grant import EndCause, Grant, GrantId, GrantState
from dbaccess.domain.message import MessageKind
from dbaccess.domain.policy import Policy, Rule
from dbaccess.domain.use import Sighting
from dbaccess.operations.activity.use import look_at, use_of
from dbaccess.operations.batches import each
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants.end_early import start_revocation
from dbaccess.operations.message_updates import schedule_grant_update
from dbaccess.ports import UnitOfWork

AT_ONCE: Final = 200


def find_idle(context: WorkerContext) -> None:
    """Offer the end of each idle grant to its holder, once in each idle time, or end it.

    A grant is idle where each look for the rule's `idle_after` showed no session, and no statement is known.
    A short session between two looks is seen by its statements alone: without their capture nothing ends.
    A grant that fails holds up no other.
    """
    rules = {rule.id: rule for rule in context.policy.rules if rule.idle_after is not None}
    if rules:
        each(
            _quiet(context, rules),
            partial(_see_to, context, rules),
            what="idle check",
            check=context.check_records,
        )


def _see_to(context: WorkerContext, rules: Mapping[str, Rule], grant_id: GrantId) -> None:
    with context.begin() as uow:
        grant = uow.grants.get(grant_id)
        rule = _rule(uow, rules, grant)
        ends = rule is not None and _may_end(uow, context.policy, rule, grant)
    # An end needs a look at this moment: a session that has begun since the last one must not be closed.
    if ends and not _is_seen(context, grant):
        return
    with context.begin() as uow:
        grant = uow.grants.lock(grant_id)
        rule = _rule(uow, rules, grant)
        if rule is not None:
            _offer_or_end(uow, context.policy, rule, grant, was_looked_at=ends)
            uow.commit()


def _is_seen(context: WorkerContext, grant: Grant) -> bool:
    """Return whether the target shows the sessions of the grant now."""
    found = look_at(context, grant.cluster, [grant.recipe])
    return found is not None and grant.id in found


def _rule(uow: UnitOfWork, rules: Mapping[str, Rule], grant: Grant) -> Rule | None:
    """Return the rule that decided, if it ends or offers; None for a grant that is not active."""
    if grant.state is not GrantState.ACTIVE:
        return None
    return rules.get(uow.requests.get(grant.request_id).terms.rule)


def _quiet(context: WorkerContext, rules: Mapping[str, Rule]) -> Iterator[GrantId]:
    shortest = min(rule.idle_after for rule in rules.values() if rule.idle_after is not None)
    after = GrantId(0)
    while True:
        with context.begin() as uow:
            found = uow.sightings.quiet(since=uow.now - shortest, after=after, limit=AT_ONCE)
        if not found:
            return
        yield from (one.grant_id for one in found)
        after = found[-1].grant_id


def _may_end(uow: UnitOfWork, policy: Policy, rule: Rule, grant: Grant) -> bool:
    """Return whether the rule ends the grant now, because it is idle and nothing that it ran is unknown."""
    if not rule.idle_end or rule.idle_after is None:
        return False
    use = use_of(uow, policy, grant)
    since = use.idle_since(uow.now)
    if since is None or uow.now - since < rule.idle_after or not use.is_captured:
        return False
    return _is_proved(uow, grant, since, since + rule.idle_after)


def _offer_or_end(uow: UnitOfWork, policy: Policy, rule: Rule, grant: Grant, *, was_looked_at: bool) -> None:
    uow.sightings.of([grant.id], lock=True)  # a look that ends meanwhile must not undo what is written here
    use = use_of(uow, policy, grant)
    seen, since = use.sighting, use.idle_since(uow.now)
    if seen is None or since is None:
        return
    if seen.offered_at is not None and since > seen.offered_at:
        seen = _close_offer(uow, grant, seen)
    if rule.idle_after is None or uow.now - since < rule.idle_after:
        return
    if was_looked_at and _may_end(uow, policy, rule, grant):
        start_revocation(uow, grant, cause=EndCause.IDLE, by=BY_SYSTEM, note=None)
    elif seen.offered_at is None:
        _offer(uow, grant, seen)


def _is_proved(uow: UnitOfWork, grant: Grant, since: datetime, until: datetime) -> bool:
    """Return whether each statement of this grant between these times would be known.

    The canary proves the target now. It proves neither the login, whose settings are older, nor the time of a
    gap, nor lines that the reader has not reached.
    """
    read_to = uow.log_positions.caught_up_at(grant.cluster)
    if read_to is None or read_to < until:
        return False
    if uow.activity.coverage_of(grant.id).level is CaptureLevel.NONE:
        return False
    return all(gap.until is not None and gap.until <= since for gap in uow.activity.gaps_of(grant))


def _close_offer(uow: UnitOfWork, grant: Grant, seen: Sighting) -> Sighting:
    """End an idle time because of a statement; no look showed its session."""
    closed = replace(seen, offered_at=None)
    uow.sightings.put_all([closed])
    schedule_grant_update(uow, grant)
    return closed


def _offer(uow: UnitOfWork, grant: Grant, seen: Sighting) -> None:
    uow.sightings.put_all([replace(seen, offered_at=uow.now)])
    uow.messages.plan(grant.request_id, MessageKind.IDLE, channel=grant.holder_slack_id)
    _post_anew(uow, grant)
    schedule_grant_update(uow, grant)


def _post_anew(uow: UnitOfWork, grant: Grant) -> None:
    """Let the message of an earlier idle time stay where it is: an edit notifies no person."""
    for message in uow.messages.of(grant.request_id):
        if message.kind is MessageKind.IDLE and message.posted_ts is not None:
            anew = replace(
                uow.messages.lock(message.id),
                posted_channel=None,
                posted_ts=None,
                posted_at=None,
                rendered=None,
                attempts=0,
                refusal=None,
            )
            uow.messages.save(anew)
