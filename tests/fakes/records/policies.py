"""The policies that processes loaded."""

import hashlib
from datetime import datetime
from operator import attrgetter
from typing import Any

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.events import EventKind
from dbaccess.domain.ledger_body import UnreadableBody, read_body
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_content import policy_of
from dbaccess.domain.policy_in_use import BOT, SEEN_WITHIN, PolicyReport, Process
from tests.fakes.database import Transaction
from tests.fakes.tables import LEDGER, POLICIES_IN_FORCE, POLICY_VERSIONS, PolicyInForce

_MOST_PROCESSES = 1000


class MemoryPolicies:
    def __init__(self, transaction: Transaction, now: datetime) -> None:
        self._transaction = transaction
        self._now = now

    def is_new(self, policy_hash: str, *, writer: str) -> bool:
        if self._transaction.lock(POLICY_VERSIONS, (policy_hash, writer)) is not None:
            return False
        self._transaction.put(POLICY_VERSIONS, (policy_hash, writer), True)
        return True

    def report(self, process: Process, policy_hash: str, *, refused: str | None) -> bool:
        first = refused is not None and self._is_first(process.host, refused)
        key = (process.name, process.host, process.pid)
        known = self._transaction.lock(POLICIES_IN_FORCE, key)
        loaded_at = known.loaded_at if known and known.hash == policy_hash else self._now
        row = PolicyInForce(
            process=process, hash=policy_hash, loaded_at=loaded_at, seen_at=self._now, refused=refused
        )
        self._transaction.put(POLICIES_IN_FORCE, key, row)
        return first

    def of_other_hosts(self, host: str, *, since: datetime) -> list[tuple[str, object]]:
        self._transaction.claim("policy_in_force", "refused")
        others = {
            (row.process.host, row.hash)
            for row in self._transaction.rows(POLICIES_IN_FORCE)
            if row.process.name != BOT and row.process.host != host and row.seen_at >= since
        }
        return [(other, self._content_of(used)) for other, used in sorted(others)]

    def _content_of(self, policy_hash: str) -> Any:
        loaded = [_content(entry.body) for entry in reversed(self._transaction.rows(LEDGER))]
        fits = (one for one in loaded if hashlib.sha256(canonical_bytes(one)).hexdigest() == policy_hash)
        return next(fits, None)

    def workers_away_since(self, until: datetime) -> datetime | None:
        self._transaction.claim("policy_in_force", "refused")
        rows = self._transaction.rows(POLICIES_IN_FORCE)
        last = max((row.seen_at for row in rows if row.process.name != BOT), default=None)
        return last if last is not None and last <= until else None

    def last_of_workers(self, host: str) -> Policy | None:
        workers = [row for row in self._transaction.rows(POLICIES_IN_FORCE) if row.process.name != BOT]
        newest = max(workers, key=lambda row: (row.process.host == host, row.seen_at), default=None)
        if newest is None:
            return None
        loaded = (_content(entry.body) for entry in reversed(self._transaction.rows(LEDGER)))
        found = (policy_of(content, newest.hash) for content in loaded if content is not None)
        return next((policy for policy in found if policy is not None), None)

    def knows_other(self, policy_hash: str, *, since: datetime) -> bool:
        rows = self._transaction.rows(POLICIES_IN_FORCE)
        return any(row.seen_at >= since and row.hash != policy_hash for row in rows)

    def seen_since(self, moment: datetime) -> list[PolicyReport]:
        seen = [row for row in self._transaction.rows(POLICIES_IN_FORCE) if row.seen_at >= moment]
        seen.sort(key=attrgetter("seen_at"), reverse=True)
        seen.sort(key=lambda row: row.process.name == BOT)
        reports = [_report(row) for row in seen[:_MOST_PROCESSES]]
        return sorted(reports, key=attrgetter("process.host", "process.name", "process.pid"))

    def _is_first(self, host: str, refused: str) -> bool:
        self._transaction.claim("policy_in_force", "refused")
        return not any(
            (row.process.host, row.refused) == (host, refused)
            and row.process.name != BOT
            and row.seen_at >= self._now - SEEN_WITHIN
            for row in self._transaction.rows(POLICIES_IN_FORCE)
        )


def _content(body: bytes) -> Any:
    """The policy that a worker loaded with this entry, if it is such an entry."""
    try:
        entry = read_body(body)
    except UnreadableBody:
        return None
    loaded = entry["kind"] == EventKind.POLICY_LOADED and str(entry["actor"]).startswith("worker@")
    return entry["data"].get("policy") if loaded else None


def _report(row: PolicyInForce) -> PolicyReport:
    return PolicyReport(
        process=row.process,
        hash=row.hash,
        loaded_at=row.loaded_at,
        seen_at=row.seen_at,
        refused=row.refused is not None,
    )
