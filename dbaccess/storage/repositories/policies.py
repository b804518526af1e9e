"""The policies that were loaded, and by which process."""

import hashlib
from collections.abc import Generator
from contextlib import closing
from datetime import datetime
from operator import attrgetter

from sqlalchemy import case, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.events import EventKind
from dbaccess.domain.ledger_body import UnreadableBody, read_body
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_content import policy_of
from dbaccess.domain.policy_in_use import BOT, SEEN_WITHIN, PolicyReport, Process
from dbaccess.storage.models.ledger import LedgerRow
from dbaccess.storage.models.policies import PolicyInForceRow as Row
from dbaccess.storage.models.policies import PolicyVersionRow

_BY_WORKER = b'{"actor":"worker@'
_LOCK = 0x706F6C696379
"""`policy` in ASCII: of several processes that refuse the same file, exactly one is the first."""


_MOST_PROCESSES = 1000


class SqlPolicies:
    def __init__(self, session: Session) -> None:
        self._session = session

    def is_new(self, policy_hash: str, *, writer: str) -> bool:
        row = insert(PolicyVersionRow).values(hash=policy_hash, writer=writer)
        added = row.on_conflict_do_nothing(constraint="policy_versions_pk").returning(PolicyVersionRow.hash)
        return self._session.scalar(added) is not None

    def report(self, process: Process, policy_hash: str, *, refused: str | None) -> bool:
        first = refused is not None and self._is_first(process.host, refused)
        now = func.now()
        row = insert(Row).values(
            process=process.name,
            host=process.host,
            pid=process.pid,
            hash=policy_hash,
            loaded_at=now,
            seen_at=now,
            refused=refused,
        )
        changed = {
            "hash": row.excluded.hash,
            "loaded_at": case((Row.hash == row.excluded.hash, Row.loaded_at), else_=now),
            "seen_at": now,
            "refused": refused,
        }
        self._session.execute(row.on_conflict_do_update(constraint="policy_in_force_pk", set_=changed))
        return first

    def workers_away_since(self, until: datetime) -> datetime | None:
        last = select(func.max(Row.seen_at)).where(Row.process != BOT)
        seen_at = self._session.scalar(last)
        if seen_at is None or seen_at > until:
            return None
        # Another worker may have come back meanwhile: this waits until its report is committed.
        self._session.execute(select(func.pg_advisory_xact_lock(literal(_LOCK))))
        seen_at = self._session.scalar(last)
        return seen_at if seen_at is not None and seen_at <= until else None

    def _is_first(self, host: str, refused: str) -> bool:
        self._session.execute(select(func.pg_advisory_xact_lock(literal(_LOCK))))
        same = select(Row.pid).where(
            Row.host == host,
            Row.refused == refused,
            Row.process != BOT,
            Row.seen_at >= func.now() - SEEN_WITHIN,  # an ended process does not count
        )
        return self._session.scalar(same.limit(1)) is None

    def last_of_workers(self, host: str) -> Policy | None:
        here_first = (Row.host == host).desc()
        newest = select(Row.hash).where(Row.process != BOT).order_by(here_first, Row.seen_at.desc()).limit(1)
        policy_hash = self._session.scalar(newest)
        if policy_hash is None:
            return None
        with closing(self._loaded()) as contents:
            found = (policy_of(content, policy_hash) for content in contents)
            return next((policy for policy in found if policy is not None), None)

    def of_other_hosts(self, host: str, *, since: datetime) -> list[tuple[str, object]]:
        self._session.execute(select(func.pg_advisory_xact_lock(literal(_LOCK))))
        of_others = (
            select(Row.host, Row.hash)
            .where(Row.process != BOT, Row.host != host, Row.seen_at >= since)
            .distinct()
            .order_by(Row.host, Row.hash)
        )
        return [(other, self._content_of(used)) for other, used in self._session.execute(of_others).all()]

    def _content_of(self, policy_hash: str) -> object:
        with closing(self._loaded()) as contents:
            return next((one for one in contents if _has_hash(one, policy_hash)), None)

    def _loaded(self) -> Generator[object]:
        """Yield the policies that workers loaded, the newest first."""
        # A compromised bot records any entries, any number of times; its entries are left out.
        loaded = select(LedgerRow.body).where(
            LedgerRow.kind == EventKind.POLICY_LOADED,
            func.substr(LedgerRow.body, 1, len(_BY_WORKER)) == _BY_WORKER,
        )
        newest_first = loaded.order_by(LedgerRow.seq.desc()).execution_options(yield_per=10)
        with closing(self._session.scalars(newest_first)) as bodies:
            yield from map(_content, bodies)

    def knows_other(self, policy_hash: str, *, since: datetime) -> bool:
        other = exists().where(Row.seen_at >= since, Row.hash != policy_hash)
        return bool(self._session.scalar(select(other)))

    def seen_since(self, moment: datetime) -> list[PolicyReport]:
        # A compromised bot may be any number of processes; none of them hides a worker.
        rows = select(Row).where(Row.seen_at >= moment).order_by(Row.process == BOT, Row.seen_at.desc())
        reports = [_report(row) for row in self._session.scalars(rows.limit(_MOST_PROCESSES))]
        return sorted(reports, key=attrgetter("process.host", "process.name", "process.pid"))


def _content(body: bytes) -> object:
    """Return the content; None if this version cannot read it."""
    try:
        return read_body(body)["data"].get("policy")
    except UnreadableBody:
        return None


def _has_hash(content: object, policy_hash: str) -> bool:
    return hashlib.sha256(canonical_bytes(content)).hexdigest() == policy_hash


def _report(row: Row) -> PolicyReport:
    return PolicyReport(
        process=Process(name=row.process, host=row.host, pid=row.pid),
        hash=row.hash,
        loaded_at=row.loaded_at,
        seen_at=row.seen_at,
        refused=row.refused is not None,
    )
