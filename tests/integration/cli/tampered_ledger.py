"""Ways in which a superuser changes the ledger by hand, and the fault that verification names for each."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import psycopg

from dbaccess.audit.signing import LedgerKey
from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.checkpoint import SignedCheckpoint
from dbaccess.domain.events import EventKind
from dbaccess.domain.ledger import GENESIS, Entry, digest
from tests.signed_ledger import checkpoint, checkpoint_of, introduction

FIRST, SECOND, MALLORY = LedgerKey.generate(), LedgerKey.generate(), LedgerKey.generate()
ROTATED, LAST = 15, 23
Superuser = psycopg.Connection[tuple[Any, ...]]
Harm = Callable[["Tampered"], None]


@dataclass(slots=True, kw_only=True)
class Tampered:
    """A superuser's connection, the entries as they were, and what a witness outside kept of them."""

    superuser: Superuser
    entries: Sequence[Entry]
    witness: SignedCheckpoint

    def write(self, entries: Sequence[Entry]) -> None:
        """Put these entries in the place of those that are there."""
        self.superuser.execute("delete from ledger")
        with self.superuser.cursor() as cursor:
            cursor.executemany(
                "insert into ledger (seq, prev_hash, body, hash, kind) values (%s, %s, %s, %s, %s)",
                [(*entry, json.loads(entry.body)["kind"]) for entry in entries],
            )

    def rewrite(self, *, begin: int, change: Callable[[dict[str, Any]], None]) -> Sequence[Entry]:
        """Change what entries say from `begin` on, and link them anew, as an owner can."""
        made = [entry for entry in self.entries if entry.seq < begin]
        for entry in self.entries[begin - 1 :]:
            fields = entry.fields
            change(fields)
            before, body = made[-1].hash if made else GENESIS, canonical_bytes(fields)
            made.append(Entry(seq=entry.seq, prev_hash=before, body=body, hash=digest(before, body)))
        self.write(made)
        return made

    def add(self, signed: SignedCheckpoint) -> None:
        found = signed.checkpoint
        self.superuser.execute(
            """insert into ledger_checkpoints (seq, head, at, installation, key_id, signature)
               values (%s, %s, %s, %s, %s, %s)""",
            [found.seq, found.head, found.at, found.installation, found.key_id, signed.signature],
        )

    def at(self, seq: int) -> datetime:
        return datetime.fromisoformat(self.entries[seq - 1].fields["at"])


def sql(statement: str) -> Harm:
    def run(tampered: Tampered) -> None:
        tampered.superuser.execute(statement.encode())

    return run


def swap(tampered: Tampered) -> None:
    """The seventh and the eighth row change places."""
    one, other = tampered.entries[6:8]
    swapped = [one._replace(seq=8), other._replace(seq=7)]
    tampered.write([*tampered.entries[:6], *reversed(swapped), *tampered.entries[8:]])


def blame(fields: dict[str, Any]) -> None:
    if fields["kind"] != EventKind.LEDGER_KEY_INTRODUCED:
        fields["actor"] = "mallory"


def rewrite_all(tampered: Tampered) -> None:
    tampered.rewrite(begin=1, change=blame)


def rewrite_unsigned(tampered: Tampered) -> None:
    rewrite_all(tampered)
    tampered.superuser.execute("delete from ledger_checkpoints")


def rewrite_later(tampered: Tampered) -> None:
    tampered.rewrite(begin=12, change=blame)


def rewrite_and_sign(tampered: Tampered) -> None:
    """The owner makes everything anew, with a key and checkpoints of their own."""
    mine = introduction(MALLORY).data()

    def change(fields: dict[str, Any]) -> None:
        blame(fields)
        if fields["seq"] == 1:
            fields["data"] = mine
        elif fields["seq"] == ROTATED:
            fields |= {"kind": "grant.ended", "data": {}}

    made = tampered.rewrite(begin=1, change=change)
    tampered.superuser.execute("delete from ledger_checkpoints")
    for seq in (10, 20):
        tampered.add(checkpoint_of(made[seq - 1], MALLORY))


def forge_rotation(tampered: Tampered) -> None:
    """The owner's own key is said to follow the first one, without a signature of that one."""
    forged = replace(introduction(MALLORY, follows=FIRST), follows_signature=bytes(64)).data()

    def change(fields: dict[str, Any]) -> None:
        if fields["seq"] == ROTATED:
            fields["data"] = forged

    tampered.rewrite(begin=ROTATED, change=change)


def other_ledger(tampered: Tampered) -> None:
    tampered.add(checkpoint(FIRST, seq=9, head=bytes(32), at=tampered.at(9)))


def other_installation(tampered: Tampered) -> None:
    tampered.add(checkpoint_of(tampered.entries[8], FIRST, installation="other"))


def replaced_key(tampered: Tampered) -> None:
    tampered.add(checkpoint_of(tampered.entries[20], FIRST))


def number_without_bound(tampered: Tampered) -> None:
    def change(fields: dict[str, Any]) -> None:
        if fields["grant"] is not None:
            fields["grant"] = 10**30

    tampered.rewrite(begin=2, change=change)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`online` and `offline` are the expected (place, kind) of a fault; more may be named beside it.

    A bundle has no columns, so it is whole where only these were changed: `offline` is None.
    """

    harm: Harm
    online: tuple[int, str]
    offline: tuple[int, str] | None
    with_witness: bool = False


CASES: Mapping[str, Case] = {
    "changed byte of a body": Case(
        harm=sql("update ledger set body = overlay(body placing '\\x7a' from 12 for 1) where seq = 7"),
        online=(7, "changed"),
        offline=(7, "changed"),
    ),
    "changed byte of a hash": Case(
        harm=sql("update ledger set hash = overlay(hash placing '\\x7a7b' from 12 for 2) where seq = 7"),
        online=(7, "changed"),
        offline=(7, "changed"),
    ),
    "missing row": Case(
        harm=sql("delete from ledger where seq = 7"), online=(7, "missing"), offline=(8, "missing")
    ),
    "swapped pair": Case(harm=swap, online=(7, "moved"), offline=(7, "moved")),
    "cut tail, seen by the last checkpoint": Case(
        harm=sql("delete from ledger where seq > 18"), online=(20, "cut"), offline=(18, "cut")
    ),
    "cut tail, seen by a witness": Case(
        harm=sql("delete from ledger where seq > 21"),
        online=(22, "cut"),
        offline=(22, "cut"),
        with_witness=True,
    ),
    "whole chain rewritten": Case(harm=rewrite_all, online=(10, "rewritten"), offline=(10, "rewritten")),
    "later part rewritten": Case(harm=rewrite_later, online=(20, "rewritten"), offline=(20, "rewritten")),
    "whole chain rewritten and signed": Case(harm=rewrite_and_sign, online=(10, "key"), offline=(10, "key")),
    "whole chain rewritten without checkpoints": Case(
        harm=rewrite_unsigned,
        online=(22, "rewritten"),
        offline=(22, "rewritten"),
        with_witness=True,
    ),
    "bad signature": Case(
        harm=sql("update ledger_checkpoints set signature = decode(repeat('ab', 64), 'hex') where seq = 10"),
        online=(10, "signature"),
        offline=(10, "signature"),
    ),
    "checkpoint of a time that no program holds": Case(
        harm=sql("update ledger_checkpoints set at = 'infinity' where seq = 10"),
        online=(10, "signature"),
        offline=(10, "signature"),
    ),
    "checkpoint of a time before all times": Case(
        harm=sql("update ledger_checkpoints set at = '-infinity' where seq = 10"),
        online=(10, "signature"),
        offline=(10, "signature"),
    ),
    "checkpoint moved to another entry": Case(
        harm=sql("update ledger_checkpoints set seq = 11 where seq = 10"),
        online=(11, "signature"),
        offline=(11, "signature"),
    ),
    "checkpoint with another head": Case(
        harm=sql("update ledger_checkpoints set head = decode(repeat('ab', 32), 'hex') where seq = 10"),
        online=(10, "signature"),
        offline=(10, "signature"),
    ),
    "checkpoint not on the chain": Case(
        harm=other_ledger, online=(9, "checkpoint"), offline=(9, "checkpoint")
    ),
    "checkpoint of another installation": Case(
        harm=other_installation, online=(9, "installation"), offline=(9, "installation")
    ),
    "forged rotation": Case(harm=forge_rotation, online=(15, "key"), offline=(15, "key")),
    **{
        f"changed column {change}": Case(
            harm=sql(f"update ledger set {change} where seq = 7"), online=(7, "misfiled"), offline=None
        )
        for change in ("kind = 'grant.ended'", "request_id = 4711", "request_id = null", "grant_id = 0")
    },
    **{
        f"reach of a grant: {name}": Case(harm=sql(statement), online=place, offline=None)
        for name, statement, place in (
            ("another table", "update reached_tables set name = 'other'", (2, "reach")),
            ("another use", "update reached_tables set writes = true", (2, "reach")),
            ("a table left out", "delete from reached_tables", (2, "reach")),
            ("said to be unread", "update grants set reach_id = null, reach_read_at = null", (2, "reach")),
            (
                "of which no entry tells",
                "update grants set reach_read_at = now(), reach_id = (select max(reach_id) from grants)",
                (0, "reach"),
            ),
        )
    },
    **{
        f"statements: {name}": Case(harm=sql(statement), online=(11, "statements"), offline=None)
        for name, statement in (
            ("another text", "update activity_statements set text = 'select 2'"),
            ("a deletion", "delete from activity_statements"),
            (
                "a deletion with the summary",
                "delete from activity_statements; delete from activity_summaries",
            ),
        )
    },
    "number that no grant can have": Case(
        harm=number_without_bound, online=(10, "rewritten"), offline=(10, "rewritten")
    ),
    "checkpoint by a key that was replaced": Case(harm=replaced_key, online=(21, "key"), offline=(21, "key")),
}
