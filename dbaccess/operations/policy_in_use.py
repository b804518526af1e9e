"""Reports of the policy that each process uses."""

import hashlib
from collections.abc import Iterator

from dbaccess.domain.errors import CannotStart
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_content import policy_content
from dbaccess.domain.policy_in_use import BOT, SEEN_WITHIN, Process
from dbaccess.operations.message_updates import plan_notice
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


def start_worker(begin: UnitOfWorkFactory, *, policy: Policy, process: Process) -> None:
    """Record that a worker's process starts with this policy.

    Raises `CannotStart`, with nothing recorded, while workers of another host take a cluster's lock in
    another database: both could change the cluster at once. A running process refuses such a policy at its
    reload.
    """
    with begin() as uow:
        others = uow.policies.of_other_hosts(process.host, since=uow.now - SEEN_WITHIN)
        mine = dict(_lock_databases(policy_content(policy)))
        for host, content in others:
            for cluster, database in _lock_databases(content):
                if mine.get(cluster, database) != database:
                    raise _locks_elsewhere(cluster, mine[cluster], host, database)
        _record_absence(uow, process)
        uow.policies.report(process, policy.hash, refused=None)
        _record_content(uow, policy, process)
        uow.commit()


def _lock_databases(content: object) -> Iterator[tuple[str, str]]:
    """Yield cluster and database; of what another version wrote, as far as this one can read it."""
    clusters = content.get("clusters") if isinstance(content, dict) else None
    if isinstance(content, dict) and isinstance(clusters, dict):
        for name, cluster in clusters.items():
            if isinstance(cluster, dict):
                yield name, cluster.get("lock_database") or f"dbaccess_{content.get('installation')}"


def _locks_elsewhere(cluster: str, mine: str, host: str, theirs: str) -> CannotStart:
    return CannotStart(
        f"clusters.{cluster}.lock_database: this host has {mine}, and the workers of {host} take their lock "
        f"in {theirs}. Two workers could change {cluster} at once. Stop the workers of {host}, and start "
        f"again {int(SEEN_WITHIN.total_seconds())} s later."
    )


def report_policy(
    begin: UnitOfWorkFactory, *, policy: Policy, process: Process, refused: str | None = None
) -> None:
    """Record that the process runs with this policy; the ledger has its whole text. Safe to repeat.

    `refused` says why a newer file was refused. The first part of the worker on its host that refuses it
    tells the operators' channel. The first worker after a time without any records that time.
    """
    with begin() as uow:
        if process.name != BOT:
            _record_absence(uow, process)
        digest = hashlib.sha256(refused.encode()).hexdigest() if refused is not None else None
        first = uow.policies.report(process, policy.hash, refused=digest)
        _record_content(uow, policy, process)
        if refused is not None and first and process.name != BOT:
            _tell(uow, policy, process, refused)
        uow.commit()


def _record_absence(uow: UnitOfWork, process: Process) -> None:
    """Ends that came due in that time were late, and the ledger says why."""
    began_at = uow.policies.workers_away_since(uow.now - SEEN_WITHIN)
    if began_at is not None:
        data = {"began_at": began_at.isoformat(), "ended_at": uow.now.isoformat()}
        uow.record(Event(kind=EventKind.WORKERS_AWAY, actor=process.label, data=data))


def _record_content(uow: UnitOfWork, policy: Policy, process: Process) -> None:
    if uow.policies.is_new(policy.hash, writer=process.writer):
        data = {"hash": policy.hash, "policy": policy_content(policy)}
        uow.record(Event(kind=EventKind.POLICY_LOADED, actor=process.label, data=data))


def _tell(uow: UnitOfWork, policy: Policy, process: Process, refused: str) -> None:
    plan_notice(
        uow,
        NoticeKind.POLICY_REFUSED,
        key=f"{process.host}:{process.pid}:{uow.now.isoformat()}",
        channel=policy.ops_channel,
        data={"host": process.host, "why": refused, "hash": policy.hash},
    )
