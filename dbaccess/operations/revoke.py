"""Grants whose time is over, or that were taken away, end on the target."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from dbaccess.domain.errors import DbaccessError, NotFound, TargetFailure
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import EndCause, Grant, GrantId, GrantState, Receipt, Recipe
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.operations.announce import announce_grant
from dbaccess.operations.end_grant import send_out
from dbaccess.operations.hands import Hands, backoff, new_lease
from dbaccess.operations.prolong import give_up
from dbaccess.operations.recipe import owed_by_others
from dbaccess.ports import Job, UnitOfWork

BATCH = 100
LEASE = timedelta(seconds=60)
TOLD_AFTER = 3
ACTOR = "worker"

_Results = dict[GrantId, Receipt | TargetFailure | None]
"""None: there is nothing on the target to see."""


def revoke(hands: Hands, grant_id: GrantId) -> int:
    """Everything due on the grant's cluster is worked off; the grant's id only says which cluster."""
    with hands.begin() as uow:
        try:
            cluster = uow.grants.get(grant_id).cluster
        except NotFound:
            return 0
    return drain(hands, cluster)


def drain(hands: Hands, cluster: str) -> int:
    """Every grant due to end on the cluster has ended or failed once more; how many were worked on.

    Any number of these may run at once: each grant is under one lease.
    """
    worked = 0
    while batch := _claim(hands, cluster):
        worked += len(batch)
        begun = [grant for grant in batch if grant.recipe is not None]
        results: _Results = {**_on_target(hands, cluster, begun)}
        # No attempt had begun, so there was never a login or a role to look for: nothing was seen either.
        results.update({grant.id: None for grant in batch if grant.recipe is None})
        _settle(hands, batch, results)
        if all(isinstance(result, TargetFailure) for result in results.values()):
            break  # the cluster is stuck: what failed is due again later, and others need this worker
    return worked


def _claim(hands: Hands, cluster: str) -> list[Grant]:
    """Expired ones are revoking now; each is leased, and the intent is in the ledger."""
    with hands.begin() as uow:
        claimed = []
        for due in uow.grants.due_to_end(cluster, uow.now, limit=BATCH):
            grant = due
            if grant.state is GrantState.ACTIVE:
                grant = give_up(uow, grant)
                grant = send_out(uow, grant, cause=EndCause.EXPIRED, by="system", note=None)
            started = advance(
                grant,
                EventKind.GRANT_REVOKE_STARTED,
                lease_id=new_lease(),
                lease_until=uow.now + LEASE,
                attempts=grant.attempts + 1,
            )
            uow.grants.save(started)
            uow.record(_event(started, EventKind.GRANT_REVOKE_STARTED, {"attempt": started.attempts}))
            claimed.append(started)
        uow.commit()
    return claimed


def _on_target(hands: Hands, cluster: str, grants: Sequence[Grant]) -> dict[GrantId, Receipt | TargetFailure]:
    if not grants:
        return {}
    recipes = [grant.recipe for grant in grants if grant.recipe is not None]

    def owed(several: Sequence[Recipe]) -> Mapping[GrantId, frozenset[str]]:
        with hands.begin() as uow:
            return owed_by_others(uow, several)

    try:
        results = hands.targets.driver(cluster).revoke(recipes, owed=owed)
    except TargetFailure as failure:
        return {grant.id: failure for grant in grants}
    except DbaccessError as error:
        unknown = TargetFailure(str(error), code="configuration", touched=False)
        return {grant.id: unknown for grant in grants}
    return {recipe.grant_id: result for recipe, result in zip(recipes, results, strict=True)}


def _settle(hands: Hands, batch: Sequence[Grant], results: _Results) -> None:
    with hands.begin() as uow:
        for mine in sorted(batch, key=lambda grant: grant.id):
            grant = uow.grants.lock(mine.id)
            result = results[grant.id]
            if grant.state is not GrantState.REVOKING:
                continue
            # What was seen is true whoever holds the lease by now: else slow ends could chase each other.
            if not isinstance(result, TargetFailure):
                _end(hands, uow, grant, result)
            elif grant.lease_id != mine.lease_id:
                continue
            else:
                _fail(hands, uow, grant, result)
            announce_grant(uow, grant)
        uow.commit()


def _end(hands: Hands, uow: UnitOfWork, grant: Grant, receipt: Receipt | None) -> None:
    ended = advance(
        grant,
        EventKind.GRANT_ENDED,
        ended_at=uow.now,
        receipt=receipt,
        lease_id=None,
        lease_until=None,
        next_attempt_at=None,
        last_failure=None,
    )
    uow.grants.save(ended)
    cause = grant.end_cause.value if grant.end_cause else None
    seen = receipt.as_json() if receipt else None
    uow.record(_event(ended, EventKind.GRANT_ENDED, {"cause": cause, "receipt": seen}))
    if grant.activated_at is None:
        uow.messages.plan(grant.request_id, MessageKind.NEVER_ACTIVE, channel=grant.holder_slack_id)
    else:
        uow.messages.plan(grant.request_id, MessageKind.THREAD_ENDED, channel="")
        uow.messages.plan(grant.request_id, MessageKind.ENDED, channel=grant.holder_slack_id)
    if grant.attempts > TOLD_AFTER:
        uow.messages.plan(grant.request_id, MessageKind.ENDED_LATE, channel=hands.policy.ops_channel)


def _fail(hands: Hands, uow: UnitOfWork, grant: Grant, failure: TargetFailure) -> None:
    failed = advance(
        grant,
        EventKind.GRANT_REVOKE_FAILED,
        lease_id=None,
        lease_until=None,
        next_attempt_at=uow.now + backoff(grant.attempts),
        last_failure=failure.code,
    )
    uow.grants.save(failed)
    data = {"code": failure.code, "said": str(failure), "attempt": grant.attempts}
    uow.record(_event(failed, EventKind.GRANT_REVOKE_FAILED, data))
    if grant.attempts >= TOLD_AFTER:
        _alarm(hands, uow, grant)
    uow.enqueue(Job.REVOKE, grant.id, at=failed.next_attempt_at)


def _alarm(hands: Hands, uow: UnitOfWork, grant: Grant) -> None:
    """Once in the operators' channel, and once in the target's where that is another."""
    operators = hands.policy.ops_channel
    uow.messages.plan(grant.request_id, MessageKind.OVERDUE, channel=operators)
    channel = _channel_of_target(hands, uow, grant)
    if channel is not None and channel != operators:
        uow.messages.plan(grant.request_id, MessageKind.CHANNEL_OVERDUE, channel=channel)


def _channel_of_target(hands: Hands, uow: UnitOfWork, grant: Grant) -> str | None:
    """Where this configuration has the target no more: where the request was posted, if it was."""
    target = hands.policy.targets.get(grant.target)
    if target is not None:
        return target.channel
    messages = uow.messages.of(grant.request_id)
    return next((m.posted_channel for m in messages if m.kind is MessageKind.REQUEST), None)


def _event(grant: Grant, kind: EventKind, data: dict[str, object]) -> Event:
    return Event(kind=kind, actor=ACTOR, request_id=grant.request_id, grant_id=grant.id, data=data)
