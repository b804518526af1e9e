"""Observe mode: the control database is older than a cluster, and an operator decides."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import structlog

from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.ledger import Expected
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.observation import FRESH, Observation, Why
from dbaccess.domain.trial import is_of_trial
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.message_updates import plan_notice
from dbaccess.ports import TargetDriver, UnitOfWork, UnitOfWorkFactory

_log = structlog.get_logger(__name__)

OBSERVE = "observe"
"""The code of a wait for an operator's decision; the wait is no attempt."""


def check_observe_mode(context: WorkerContext, cluster: str) -> Observation:
    """Return and record what the cluster knows more than the control database; raises `TargetFailure`.

    The operators are told once.
    """
    seen = compare_cluster(context.begin, context.targets.driver(cluster), cluster)
    if seen.why is not None:
        _log.warning("observe mode kept", cluster=cluster, why=said(seen))
        _tell(context, seen)
    return seen


def compare_cluster(begin: UnitOfWorkFactory, driver: TargetDriver, cluster: str) -> Observation:
    """Record and return a new observation of the cluster.

    The cluster is read first: the control database had committed earlier all that the cluster shows.
    """
    head, made = driver.head(), driver.made_logins()
    with begin() as uow:
        before = uow.observations.lock(Observation(cluster=cluster, looked_at=uow.now))
        unknown = tuple(sorted(_unknown(uow, cluster, made) - set(before.accepted)))
        why = Why.UNKNOWN_LOGINS if unknown else None
        if head is not None and not uow.ledger.holds(head):
            why = Why.LEDGER_BEHIND
        since = (before.since or uow.now) if why else None
        seen = replace(before, looked_at=uow.now, why=why, since=since, unknown=unknown)
        uow.observations.save(seen)
        uow.commit()
    return seen


def accept_control(begin: UnitOfWorkFactory, driver: TargetDriver, seen: Observation, *, actor: str) -> None:
    """Accept the control database as the truth, by an operator's decision; safe to repeat.

    The observed logins belong to no grant. The sweep removes them, but none that appears later.
    """
    with begin() as uow:
        before = uow.observations.lock(seen)
        accepted = tuple(sorted({*before.accepted, *seen.unknown}))
        cleared = replace(before, looked_at=uow.now, why=None, since=None, unknown=(), accepted=accepted)
        uow.observations.save(cleared)
        data = {"cluster": seen.cluster, "why": seen.why, "logins": list(seen.unknown)}
        uow.record(Event(kind=EventKind.CONTROL_ADOPTED, actor=actor, data=data))
        uow.commit()
    with begin() as uow:
        head = uow.ledger.head()
    if head is not None:
        # Last: if it fails, the next observation reports again, and the operator is asked again.
        driver.put_head(Expected(hash=head.hash, seq=head.seq), back=True)


def is_observing(context: WorkerContext, cluster: str) -> bool:
    """Return whether the cluster accepts no grant now; raises `TargetFailure`.

    The ledger's head is compared each time, so that a copy restored a moment ago is found.
    """
    with context.begin() as uow:
        if observing(context, uow):
            return True
        mine = next((o for o in uow.observations.all() if o.cluster == cluster), None)
        fresh = mine is not None and uow.now - mine.looked_at <= FRESH
    head = context.targets.driver(cluster).head() if fresh else None
    with context.begin() as uow:
        if fresh and (head is None or uow.ledger.holds(head)):
            return False
    return check_observe_mode(context, cluster).why is not None


def observing(context: WorkerContext, uow: UnitOfWork) -> bool:
    """Return whether the last observation of a configured cluster found the control database older."""
    reach = set(context.targets.clusters())
    return any(o.why is not None and o.cluster in reach for o in uow.observations.all())


@dataclass(slots=True)
class HeadKeeper:
    """Writes the ledger's head to the clusters, out of reach of the control database's logins."""

    _kept: dict[str, int] = field(default_factory=dict)

    def keep(self, context: WorkerContext, cluster: str) -> None:
        """Store the ledger's present head on the cluster; a head that may be the truth is never replaced."""
        with context.begin() as uow:
            entry = uow.ledger.head()
            if entry is None or entry.seq == self._kept.get(cluster) or observing(context, uow):
                return
        driver = context.targets.driver(cluster)
        last = driver.head()
        with context.begin() as uow:
            # A ledger that was restored and has grown since is longer, but another one.
            if last is not None and not uow.ledger.holds(last):
                return
        driver.put_head(Expected(hash=entry.hash, seq=entry.seq))
        self._kept[cluster] = entry.seq


def _unknown(uow: UnitOfWork, cluster: str, made: Sequence[tuple[str, str]]) -> set[str]:
    given = uow.grants.logins_given(cluster, [login for login, _ in made])
    # A trial's login belongs to no grant, so it says nothing about the age of the control database.
    grants = [(login, tag) for login, tag in made if login not in given and not is_of_trial(tag)]
    return uow.grants.unknown([(_grant_id(tag), login) for login, tag in grants])


def _grant_id(tag: str) -> GrantId | None:
    """Return the grant that a login's mark names; None if the mark was changed."""
    digits = tag.rpartition(":grant:")[2]
    fits = digits.isascii() and digits.isdigit() and len(digits) <= 18  # noqa: PLR2004 fits a bigint
    return GrantId(int(digits)) if fits else None


def _tell(context: WorkerContext, seen: Observation) -> None:
    since = seen.since.isoformat() if seen.since else ""
    with context.begin() as uow:
        plan_notice(
            uow,
            NoticeKind.OBSERVING,
            key=f"observe:{seen.cluster}:{since}",
            channel=context.policy.ops_channel,
            data={"cluster": seen.cluster, "why": said(seen)},
        )
        uow.commit()


def said(seen: Observation) -> str:
    """Return one sentence that says what the cluster knows more."""
    if seen.why is Why.LEDGER_BEHIND:
        return f"The ledger is behind the head that {seen.cluster} keeps, or differs from it."
    shown = ", ".join(seen.unknown[:5])
    more = f" and {len(seen.unknown) - 5} more" if len(seen.unknown) > 5 else ""  # noqa: PLR2004 the five shown
    return f"The control database does not know the grants of {shown}{more} on {seen.cluster}."
