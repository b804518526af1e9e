"""Lockdowns, and how far the grants under them have ended."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from dbaccess.domain.errors import AlreadyOpen, NotFound
from dbaccess.domain.grant import Grant, GrantState
from dbaccess.domain.lockdown import Lockdown, LockdownId, Progress
from dbaccess.domain.notice import NoticeKind
from tests.fakes.database import Transaction
from tests.fakes.tables import GRANTS, LOCKDOWNS, NOTICES

_DECLARED = ("target", "reason", "declared_by", "declared_slack_id")
_HELD = {GrantState.PROVISIONING, GrantState.ACTIVE}


class MemoryLockdowns:
    def __init__(self, transaction: Transaction, now: datetime) -> None:
        self._transaction = transaction
        self._now = now

    def add(self, lockdown: Lockdown) -> Lockdown:
        self._transaction.claim("lockdowns_one_open", lockdown.target)
        if any(other.target == lockdown.target for other in self.open()):
            raise AlreadyOpen(f"{lockdown.label} is in lockdown already.")
        added = Lockdown(
            id=LockdownId(self._transaction.next_id(LOCKDOWNS)),
            declared_at=self._now,
            **{name: getattr(lockdown, name) for name in _DECLARED},
        )
        self._transaction.put(LOCKDOWNS, added.id, added)
        return added

    def get(self, lockdown_id: LockdownId) -> Lockdown:
        return _found(self._transaction.get(LOCKDOWNS, lockdown_id))

    def lock(self, lockdown_id: LockdownId) -> Lockdown:
        return _found(self._transaction.lock(LOCKDOWNS, lockdown_id))

    def lift(self, lockdown: Lockdown) -> None:
        known = self.lock(lockdown.id)
        lifted = replace(
            known,
            lifted_by=lockdown.lifted_by,
            lifted_slack_id=lockdown.lifted_slack_id,
            lift_reason=lockdown.lift_reason,
            lifted_at=known.lifted_at or self._now,
        )
        self._transaction.put(LOCKDOWNS, known.id, lifted)

    def open(self) -> list[Lockdown]:
        return self._where(lambda lockdown: lockdown.lifted_at is None)

    def covering(self, target: str) -> list[Lockdown]:
        return [lockdown for lockdown in self.open() if lockdown.covers(target)]

    def to_enforce(self, *, limit: int) -> list[Lockdown]:
        held = {grant.target for grant in self._transaction.rows(GRANTS) if grant.state in _HELD}

        def ends_some(lockdown: Lockdown) -> bool:
            return bool(held) if lockdown.target is None else lockdown.target in held

        wanted = self._where(
            lambda lockdown: _matters(lockdown) and (lockdown.enforced_at is None or ends_some(lockdown))
        )
        wanted.sort(key=lambda found: (not ends_some(found), found.lifted_at is not None, found.id))
        return wanted[:limit]

    def enforced(self, lockdown_id: LockdownId, *, at: datetime) -> None:
        self._transaction.put(LOCKDOWNS, lockdown_id, replace(self.lock(lockdown_id), enforced_at=at))

    def untold(self, *, targets: Collection[str], limit: int) -> list[Lockdown]:
        return [found for found in self._untold(NoticeKind.LOCKDOWN, targets) if _matters(found)][:limit]

    def untold_lifts(self, *, since: datetime, targets: Collection[str], limit: int) -> list[Lockdown]:
        untold = self._untold(NoticeKind.LOCKDOWN_LIFTED, targets)
        return [found for found in untold if found.lifted_at is not None and found.lifted_at >= since][:limit]

    def recent(self, *, limit: int) -> list[Lockdown]:
        return self._transaction.rows(LOCKDOWNS)[::-1][:limit]

    def progress(self, lockdown: Lockdown) -> Progress:
        since = lockdown.declared_at
        then = [
            grant
            for grant in self._transaction.rows(GRANTS)
            if grant.created_at <= since and lockdown.covers(grant.target)
        ]
        ended = [grant.ended_at for grant in then if grant.ended_at is not None and grant.ended_at >= since]
        lost = sum(grant.written_off_at is not None and grant.written_off_at >= since for grant in then)
        return Progress(
            total=sum(not grant.state.is_final for grant in then) + len(ended) + lost,
            held=sum(grant.state in _HELD for grant in then),
            ended=len(ended),
            written_off=lost,
            ended_at=max(ended, default=None),
        )

    def count_open(self, target: str | None) -> int:
        return sum(target in {None, grant.target} for grant in self._open_grants())

    def _open_grants(self) -> list[Grant]:
        return [grant for grant in self._transaction.rows(GRANTS) if not grant.state.is_final]

    def _untold(self, kind: NoticeKind, targets: Collection[str]) -> list[Lockdown]:
        told = {kept.notice.key for kept in self._transaction.rows(NOTICES)}
        stopped = {None, *targets, *(grant.target for grant in self._open_grants())}
        found = self._where(
            lambda lockdown: lockdown.target in stopped and f"{kind.value}:{lockdown.id}" not in told
        )
        return found[::-1]

    def _where(self, wanted: Callable[[Lockdown], bool]) -> list[Lockdown]:
        return [lockdown for lockdown in self._transaction.rows(LOCKDOWNS) if wanted(lockdown)]


def _matters(lockdown: Lockdown) -> bool:
    return lockdown.lifted_at is None or lockdown.enforced_at is None


def _found(lockdown: Lockdown | None) -> Lockdown:
    if lockdown is None:
        raise NotFound("There is no such lockdown.")
    return lockdown
