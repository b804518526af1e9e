"""The use of grants: sessions looked at on their clusters, and what people are told of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from dbaccess.domain.activity_summary import KeptSummary
from dbaccess.domain.coverage import CaptureLevel
from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Grant, GrantId, Recipe
from dbaccess.domain.policy import Policy
from dbaccess.domain.use import OpenSessions, StatementSpan, Use, next_sighting
from dbaccess.operations.activity.capture import is_proved_now, is_read_now
from dbaccess.operations.activity.sharing import shared_with
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.message_updates import schedule_grant_updates
from dbaccess.ports import UnitOfWork

AT_ONCE: Final = 500
"""Grants that one look at a cluster asks for."""

_SHARE: Final = 0.005
"""The part of a processor's time that looks at one cluster take."""
_AT_MOST: Final = 90.0
"""Seconds between two looks, so that the last one still tells of the present (`WATCHED`)."""


def look_again_after(used: float, *, at_least: float) -> float:
    """Return the seconds from one look to the next, if it used so many seconds of a processor."""
    return min(max(at_least, used / _SHARE), _AT_MOST)


def look_at_sessions(context: WorkerContext, cluster: str) -> None:
    """Store the sessions that the active grants of the cluster have now.

    A cluster that does not answer, or hides sessions, changes nothing: the time of the last look tells.
    """
    after = GrantId(0)
    while True:
        with context.begin() as uow:
            recipes = uow.grants.active_recipes(cluster, after=after, limit=AT_ONCE)
        if not recipes or look_at(context, cluster, recipes.values()) is None:
            return
        after = max(recipes)


def look_at(
    context: WorkerContext, cluster: str, recipes: Iterable[Recipe | None]
) -> Mapping[GrantId, OpenSessions] | None:
    """Store and return the sessions that these grants have now; None if the cluster showed none of them.

    A grant whose login the cluster did not show, such as a renamed one, is left out.
    """
    readable = [recipe for recipe in recipes if recipe is not None]
    try:
        found = context.targets.driver(cluster).open_sessions(readable)
    except TargetFailure:
        return None
    _store(context, found)
    return found


def _store(context: WorkerContext, found: Mapping[GrantId, OpenSessions]) -> None:
    """Store the sightings; a message that offers to end an idle grant changes once it is used again."""
    with context.begin() as uow:
        # Most grants have no session, as at the look before: one statement moves their time.
        empty = [grant_id for grant_id, sessions in found.items() if not sessions.count]
        kept = uow.sightings.keep_quiet(empty, now=uow.now)
        changed = {grant_id: sessions for grant_id, sessions in found.items() if grant_id not in kept}
        before = uow.sightings.of(changed, lock=True)
        seen = [
            next_sighting(before.get(grant_id), grant_id, sessions, now=uow.now)
            for grant_id, sessions in changed.items()
        ]
        uow.sightings.put_all(seen)
        resumed = [
            one.grant_id
            for one in seen
            if one.offered_at is None and (known := before.get(one.grant_id)) and known.offered_at
        ]
        schedule_grant_updates(uow, uow.grants.get_all(resumed))
        uow.commit()


def known_use(uow: UnitOfWork, grant: Grant, kept: KeptSummary | None, *, is_captured: bool = False) -> Use:
    """Return the use of one grant as far as it is on record; by its figures where the texts were deleted."""
    ran = uow.activity.spans([grant.id]).get(grant.id)
    if kept is not None and kept.summary.first_at is not None and kept.summary.last_at is not None:
        ran = StatementSpan(first_at=kept.summary.first_at, last_at=kept.summary.last_at)
    seen = uow.sightings.of([grant.id]).get(grant.id)
    return Use(sighting=seen, statements=ran, is_captured=is_captured)


def use_of(uow: UnitOfWork, policy: Policy, grant: Grant) -> Use:
    return uses_of(uow, policy, [grant])[grant.id]


def uses_of(uow: UnitOfWork, policy: Policy, grants: Sequence[Grant]) -> Mapping[GrantId, Use]:
    """Return what is known of the use of each grant in this transaction."""
    ids = [grant.id for grant in grants]
    sightings, spans = uow.sightings.of(ids), uow.activity.spans(ids)
    captured = captured_now(uow, policy, grants)
    return {
        grant.id: Use(
            sighting=sightings.get(grant.id),
            statements=spans.get(grant.id),
            is_captured=grant.id in captured,
        )
        for grant in grants
    }


def captured_now(uow: UnitOfWork, policy: Policy, grants: Sequence[Grant]) -> set[GrantId]:
    """Return the grants of which every statement since their begin is known.

    A canary proves the target now. It proves neither a login that is older, nor the time of a gap. If two
    grants share a login, a statement may be counted under the other one.
    """
    targets = {
        target
        for target in {grant.target for grant in grants}
        if is_proved_now(uow, policy, target) and is_read_now(uow, policy.targets[target].cluster)
    }
    of_target = [grant for grant in grants if grant.target in targets]
    coverages = uow.activity.coverages_of([grant.id for grant in of_target])
    return {
        grant.id
        for grant in of_target
        if coverages[grant.id].level is not CaptureLevel.NONE
        and not uow.activity.gaps_of(grant)
        and not shared_with(uow, grant)
    }
