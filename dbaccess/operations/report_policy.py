"""Reports of the policy that each process uses."""

import hashlib

from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_content import policy_content
from dbaccess.domain.policy_report import BOT, Process
from dbaccess.operations.planning import plan_notice
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


def report_policy(
    begin: UnitOfWorkFactory, *, policy: Policy, process: Process, refused: str | None = None
) -> None:
    """Record that the process runs with this policy, whose whole text is in the ledger; safe to repeat.

    `refused` says why a newer file was refused. The first part of the worker on its host that refuses it
    tells the operators' channel.
    """
    with begin() as uow:
        digest = hashlib.sha256(refused.encode()).hexdigest() if refused is not None else None
        first = uow.policies.report(process, policy.hash, refused=digest)
        if uow.policies.is_new(policy.hash, writer=process.writer):
            data = {"hash": policy.hash, "policy": policy_content(policy)}
            uow.record(Event(kind=EventKind.POLICY_LOADED, actor=process.label, data=data))
        if refused is not None and first and process.name != BOT:
            _tell(uow, policy, process, refused)
        uow.commit()


def _tell(uow: UnitOfWork, policy: Policy, process: Process, refused: str) -> None:
    plan_notice(
        uow,
        NoticeKind.POLICY_REFUSED,
        key=f"{process.host}:{process.pid}:{uow.now.isoformat()}",
        channel=policy.ops_channel,
        data={"host": process.host, "why": refused, "hash": policy.hash},
    )
