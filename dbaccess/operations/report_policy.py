"""Reports of the policy that each process uses."""

import hashlib

from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_content import policy_content
from dbaccess.domain.policy_report import BOT, SEEN_WITHIN, Process
from dbaccess.operations.planning import plan_notice
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


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
        if uow.policies.is_new(policy.hash, writer=process.writer):
            data = {"hash": policy.hash, "policy": policy_content(policy)}
            uow.record(Event(kind=EventKind.POLICY_LOADED, actor=process.label, data=data))
        if refused is not None and first and process.name != BOT:
            _tell(uow, policy, process, refused)
        uow.commit()


def _record_absence(uow: UnitOfWork, process: Process) -> None:
    """Ends that came due in that time were late, and the ledger says why."""
    began_at = uow.policies.workers_away_since(uow.now - SEEN_WITHIN)
    if began_at is not None:
        data = {"began_at": began_at.isoformat(), "ended_at": uow.now.isoformat()}
        uow.record(Event(kind=EventKind.WORKERS_AWAY, actor=process.label, data=data))


def _tell(uow: UnitOfWork, policy: Policy, process: Process, refused: str) -> None:
    plan_notice(
        uow,
        NoticeKind.POLICY_REFUSED,
        key=f"{process.host}:{process.pid}:{uow.now.isoformat()}",
        channel=policy.ops_channel,
        data={"host": process.host, "why": refused, "hash": policy.hash},
    )
