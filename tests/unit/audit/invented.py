"""An invented installation for reports: as many grants as wanted, the same for the same number."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from dbaccess.domain.checkpoint import SignedCheckpoint
from dbaccess.domain.events import EventKind as E
from dbaccess.domain.ledger import EntryRange
from dbaccess.domain.people import SlackId
from dbaccess.domain.recorded_facts import Fact, GrantFacts, People, RequestFacts
from dbaccess.ports.report import LedgerState, ReportScope
from tests.terms import TERMS

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime(2026, 4, 1, tzinfo=UTC)
SCOPE = ReportScope(since=BEGIN, until=END)
_PEOPLE = (
    "Maya Lindqvist",
    "Tom Berg",
    "Priya Nair",
    "Sam Okafor",
    "Zoë Müller",
    "李 娜",
    "Ada <b>Lovelace</b>",
)
_REASONS = (
    "Orders stuck in paid since 02:40, need to see queue_state",
    "Backfill of shop.orders.region after the migration",
    '=HYPERLINK("http://example.com","look")',
    "Customer 4711 asks why the refund was booked twice; comparing ledger and payment rows by hand",
    '<script>alert(1)</script> & "quotes" \u202eback',
)
_TARGETS = ("orders-prod", "billing-prod", "search-prod", "warehouse", "identity-prod")


class Invented:
    """`ReportSource` of so many grants over one month."""

    def __init__(self, grants: int, *, seed: int = 7) -> None:
        self._count, self._seed, self._apart = grants, seed, 30 * 86400 // max(grants, 1)

    @property
    def now(self) -> datetime:
        return END

    def ledger(self) -> LedgerState:
        entries = self._count * 10
        return LedgerState(
            entry_range=EntryRange(1 if entries else 0, entries, entries),
            head="5f" * 32 if entries else None,
            begins_at=BEGIN - timedelta(days=300) if entries else None,
            first_of_period=1,
            last_of_period=entries,
        )

    def checkpoint(self) -> SignedCheckpoint | None:
        return None

    def is_recorded(self) -> bool:
        return False

    def grants(self) -> Iterator[GrantFacts]:
        random = Random(self._seed)  # noqa: S311 the same for the same number
        for number in range(self._count):
            yield _grant(random, number, self._apart)

    def requests(self) -> Iterator[RequestFacts]:
        random = Random(self._seed + 1)  # noqa: S311 as above
        for number in range(self._count // 12):
            at = BEGIN + timedelta(seconds=random.randrange(30 * 86400))
            request = 500_000 + number
            denied = Fact(
                seq=1_000_000 + number * 3 + 1, at=_iso(at + timedelta(minutes=4)), kind=E.REVIEW_DENIED,
                actor="priya", request=request, data={"slack_id": "U7", "groups": ["dba"],
                "note": "Use the replica, please", "fingerprint": "c" * 64, "policy_hash": "b" * 64},
            )  # fmt: skip
            closed = Fact(
                seq=denied.seq + 1, at=denied.at, kind=E.REQUEST_DENIED, actor="priya", request=request
            )
            facts = (_asked(random, request, denied.seq - 1, at), denied, closed)
            yield RequestFacts(request_id=request, facts=facts, people=_people())

    def open_reviews(self) -> Iterator[GrantFacts]:
        return (one for one in self.grants() if one.terms["break_glass"] and one.grant_id % 3 == 0)

    def unreadable(self) -> list[int]:
        return []

    def events(
        self,
        kinds: Collection[E],
        *,
        whole: bool = False,  # noqa: ARG002 all fit
        later: bool = False,  # noqa: ARG002 all fit
    ) -> Iterator[Fact]:
        found = _events() if self._count else []
        return (fact for fact in found if fact.kind in kinds)


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _people() -> People:
    return People(
        names={SlackId(f"U{number}"): name for number, name in enumerate((*_PEOPLE, "Priya Nair"))},
        guests={SlackId(f"U{number}"): number == 3 for number in range(len(_PEOPLE) - 1)},
    )


def _asked(random: Random, request: int, seq: int, at: datetime, **more: Any) -> Fact:
    person = min(int(random.expovariate(0.5)), len(_PEOPLE) - 1)
    access = random.choice(("read", "read", "read", "write", "ddl"))
    terms = {
        **TERMS.as_json(),
        "requester": f"p{person}",
        "target": _TARGETS[min(int(random.expovariate(0.7)), 4)],
    }
    terms |= {
        "reason": random.choice(_REASONS),
        "access": access,
        "role": access,
        "ticket": f"OPS-{request % 9999}",
    }
    data = {"slack_id": f"U{person}", "terms": terms | more, "fingerprint": "a" * 64, "policy_hash": "b" * 64}
    return Fact(
        seq=seq, at=_iso(at), kind=E.REQUEST_SUBMITTED, actor=f"p{person}", request=request, data=data
    )


def _grant(random: Random, number: int, apart: int) -> GrantFacts:
    grant, request, seq = 1001 + number, 1001 + number, number * 10 + 1
    at = BEGIN + timedelta(seconds=number * apart + random.randrange(3600))
    broke = random.random() < 0.02
    asked = _asked(random, request, seq, at, break_glass=broke)
    minutes = random.choice((30, 60, 120, 240))
    active, ends = at + timedelta(minutes=3), at + timedelta(minutes=3 + minutes)
    lag = timedelta(milliseconds=random.choice((180, 240, 400, 900, 2_400))) * (
        200 if random.random() < 0.003 else 1
    )
    told: list[tuple[E, str, datetime, dict[str, Any]]] = [
        (E.REVIEW_APPROVED, "priya", at + timedelta(minutes=2), {
            "slack_id": "U7", "groups": ["dba"], "note": "", "fingerprint": "a" * 64, "policy_hash": "b" * 64,
            "role": "read", "duration_seconds": minutes * 60}),
        (E.REQUEST_APPROVED, "priya", at + timedelta(minutes=2), {}),
        (E.GRANT_CREATED, "system", at + timedelta(minutes=2), {
            "role": asked.data["terms"]["role"], "duration_seconds": minutes * 60}),
        (E.GRANT_PROVISION_STARTED, "worker", active, {
            "recipe": {"login": f"jit_acme_{number:06x}", "login_kind": "ephemeral", "standing": []},
            "expires_at": ends.isoformat(), "capture": {"level": random.choice(("full", "full", "none"))}}),
        (E.GRANT_ACTIVATED, "worker", active, {"roles": ["orders_read"], "tables": []}),
        (E.CREDENTIALS_SET, "worker", active, {}),
        (E.GRANT_EXPIRED, "system", ends, {"cause": "expired"}),
        (E.GRANT_ENDED, "worker", ends + lag, {"cause": "expired", "receipt": {
            "seen_at": _iso(ends + lag), "roles": [{"name": "orders_read", "state": "removed"}],
            "login_removed": True, "sessions": [{"server": "primary", "closed": 1, "left": 0}],
            "handed_over": [], "left": []}}),
        (E.ACTIVITY_SUMMARIZED, "worker", ends + timedelta(minutes=1), {
            "statements": random.randrange(400), "by_kind": {"read": 12}, "errors": random.randrange(3),
            "gaps": 0, "digest": "d" * 64, "first_at": _iso(active), "last_at": _iso(ends)}),
    ]  # fmt: skip
    if broke:
        told.insert(0, (E.BREAK_GLASS_REVIEW_OPENED, asked.actor, at, {
            "review_by": "dba", "due": _iso(at + timedelta(hours=24))}))  # fmt: skip
    facts = [
        Fact(seq=seq + step, at=_iso(when), kind=kind, actor=actor, request=request, grant=grant, data=data)
        for step, (kind, actor, when, data) in enumerate(told, start=1)
    ]
    return GrantFacts(
        grant_id=grant, request_id=request, facts=(asked, *facts), people=_people(),
        access=asked.data["terms"]["access"], mismatches=(),
    )  # fmt: skip


def _events() -> list[Fact]:
    def fact(number: int, kind: E, actor: str, day: int, **data: Any) -> Fact:
        at = _iso(BEGIN + timedelta(days=day, hours=9))
        return Fact(seq=900_000 + number, at=at, kind=kind, actor=actor, data=data)

    rules = [{"id": "prod-read", "max": 1}, {"id": "prod-write", "max": 1}]
    before = {"targets": {"orders-prod": {}}, "groups": {"dba": ["S1"]}, "rules": rules}
    after = before | {"rules": [*rules, {"id": "prod-ddl"}], "groups": {"dba": ["S1", "U9"]}}
    return [
        fact(1, E.POLICY_LOADED, "worker@db-1", -20, hash="b" * 64, policy=before),
        fact(2, E.POLICY_LOADED, "worker@db-1", 4, hash="e" * 64, policy=after),
        fact(3, E.GROUP_CHANGED, "worker", 6, group="dba", joined=["U0SAM"], left=["U0PRIYA"]),
        fact(
            4, E.STRAY_FOUND, "worker", 11, cluster="main", login="tom_db", roles="orders_owner, orders_write"
        ),
        fact(5, E.ACTIVITY_VIEWED, "priya", 12, statements=40, table="shop.orders"),
        fact(6, E.REPORT_MADE, "cli:ada@audit", 15, rows=311, filter={"person": "maya", "from": _iso(BEGIN)}),
        fact(
            7,
            E.WORKERS_AWAY,
            "worker@db-1",
            21,
            began_at=_iso(BEGIN),
            ended_at=_iso(BEGIN + timedelta(hours=1)),
        ),
    ]
