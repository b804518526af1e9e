"""The chain is checked where it is written, also against who writes past our code."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import psycopg
import pytest
from psycopg import errors

from dbaccess.domain.events import BOT_MAY_RECORD, EventKind
from dbaccess.domain.ledger import GENESIS, digest, link
from tests.databases import ControlDatabase, ControlTemplate, PostgresServer, control_database_on
from tests.integration.storage.conftest import Connection
from tests.integration.storage.facts import event, terms


@pytest.fixture(scope="module")
def control_database(
    control_postgres: PostgresServer, control_template: ControlTemplate
) -> Iterator[ControlDatabase]:
    """One for all: each statement is refused, or rolled back."""
    with control_database_on(control_postgres, control_template) as database:
        yield database


@pytest.fixture
def request_1001(control_database: ControlDatabase) -> None:
    """The next request that is stored has this number."""
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("alter table requests alter id restart with 1001")


def asked() -> dict[str, object]:
    """The data of the entry of a request."""
    decide_by = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="microseconds")
    known = {"decide_by": decide_by, "fingerprint": "f", "policy_hash": "p1", "slack_id": "UMAYA"}
    return {**known, "terms": terms().as_json()}


def forged(**changes: object) -> dict[str, object]:
    """The first entry of a chain, but for the changes."""
    entry = link(event(**asked()), seq=1, prev_hash=bytes(32), at=datetime.now(UTC))
    fields = {
        "seq": 1,
        "prev_hash": entry.prev_hash,
        "hash": entry.hash,
        "body": entry.body,
        "kind": "request.submitted",
        "request_id": 1001,
        "grant_id": None,
    }
    return {**fields, **changes}


INSERT_ENTRY = """insert into ledger (seq, prev_hash, hash, body, kind, request_id, grant_id) values
    (%(seq)s, %(prev_hash)s, %(hash)s, %(body)s, %(kind)s, %(request_id)s, %(grant_id)s)"""


def take(connection: Connection, entry: dict[str, object]) -> None:
    """The bot does what its entry says. Checked as at a commit, and rolled back."""
    with connection.transaction(force_rollback=True):
        if connection.info.user == "dbaccess_bot" and entry["kind"] == "policy.loaded":
            connection.execute(
                """insert into policy_versions (hash, writer)
                   select split_part(convert_from(%s, 'UTF8'), '"', 14), 'bot'""",
                [entry["body"]],
            )
        elif connection.info.user == "dbaccess_bot":
            connection.execute(
                """insert into requests (requester_slack_id, terms, fingerprint, policy_hash, state,
                                         submitted_at, decide_by)
                   select 'UMAYA', data -> 'terms', 'f', 'p1', 'pending', now(),
                          (data ->> 'decide_by')::timestamptz
                     from (select convert_from(%s, 'UTF8')::jsonb -> 'data') entry (data)""",
                [entry["body"]],
            )
        connection.execute(INSERT_ENTRY, entry)
        connection.execute("set constraints all immediate")


@pytest.mark.usefixtures("request_1001")
@pytest.mark.parametrize(
    ("changes", "guard"),
    [
        ({"seq": 2}, "ledger_follows_head"),
        ({"seq": 0}, "ledger_follows_head"),
        ({"prev_hash": b"\x01" * 32}, "ledger_follows_head"),
        ({"hash": bytes(32)}, "ledger_hash_fits"),
        ({"body": b"{}"}, "ledger_hash_fits"),
        ({"kind": "request.approved"}, "ledger_columns_fit"),
        ({"request_id": 1002}, "ledger_columns_fit"),
        ({"request_id": None}, "ledger_columns_fit"),
        ({"grant_id": 1001}, "ledger_columns_fit"),
    ],
)
def test_entry_that_does_not_fit_the_chain_is_refused(
    direct: Connection, changes: dict[str, object], guard: str
) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        direct.execute(INSERT_ENTRY, forged(**changes))
    assert refused.value.diag.constraint_name == guard
    take(direct, forged())


def body(
    data: bytes = b"{}",
    *,
    kind: str = "request.submitted",
    actor: str = "maya",
    at: str | None = None,
    request: str = "1001",
) -> bytes:
    """The first entry of a chain, byte by byte."""
    at = at if at is not None else datetime.now(UTC).isoformat(timespec="microseconds")
    return (
        f'{{"actor":"{actor}","at":"{at}","data":'.encode()
        + data
        + f',"grant":null,"kind":"{kind}","request":{request},"seq":1}}'.encode()
    )


def linked(body: bytes, **changes: object) -> dict[str, object]:
    return forged(body=body, hash=digest(GENESIS, body), **changes)


POISON = {
    "nested 3,000 deep": b'{"x":' + b"[" * 3_000 + b"]" * 3_000 + b"}",
    "nested 20 deep": b'{"x":' + b"[" * 20 + b"]" * 20 + b"}",
    "nested too deep for the server": b'{"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "a number of 5,000 digits": b'{"x":' + b"9" * 5_000 + b"}",
    "infinity as a number": b'{"x":1e999}',
    "no number": b'{"x":NaN}',
    "Infinity": b'{"x":-Infinity}',
    "half a character": rb'{"x":"\ud800"}',
    "not UTF-8": b'{"x":"\xff"}',
    "a line feed in a string": b'{"x":"\n"}',
    "a list": b"[]",
    "a string": b'"x"',
    "nothing": b"",
    "other keys of the entry": b'{},"kind":"grant.ended","data":{}',
    "the end of the entry": b'{},"grant":null,"kind":"request.submitted","request":1001,"seq":1},"data":{}',
    "half an object": b'{"x":1',
    "two objects": b"{}{}",
    "a comment": b"{/* */}",
}


@pytest.mark.parametrize("data", POISON.values(), ids=POISON)
def test_entry_that_a_program_could_not_read_is_refused(direct: Connection, data: bytes) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        direct.execute(INSERT_ENTRY, linked(body(data)))
    assert refused.value.diag.constraint_name == "ledger_body_is_an_event"


AMBIGUOUS = {
    "a key twice": b'{"x":1,"x":2}',
    "a key twice, deep": b'{"y":[{"x":1,"x":2}]}',
    "a key twice, written otherwise": rb'{"x":1,"\u0078":2}',
    "a key twice, made up for in length": b'{"x":1,"x":1,"y":1e9}',
    "a key thrice among lists": b'{"y":[1e9,-2.5E+6],"x":1,"x":2,"x":3}',
    "a tab": b'{"x":\t1}',
}


@pytest.mark.parametrize("data", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_entry_of_the_bot_that_two_programs_could_read_otherwise_is_refused(
    as_bot: Connection, data: bytes
) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        as_bot.execute(INSERT_ENTRY, linked(body(data)))
    assert refused.value.diag.constraint_name == "ledger_body_is_an_event"


@pytest.mark.parametrize(
    "whole",
    [
        b" " + body(),
        body() + b" ",
        body()[:-1] + b',"seq":1}',
        b'{"seq":1,' + body()[1:],
        body().replace(b'"actor":"maya",', b""),
        body().replace(b'"actor":"maya"', b'"actor":null'),
        body().replace(b'"actor":"maya"', b'"actor":"' + b"x" * 2_000 + b'"'),
        body().replace(b'"actor":"maya"', b'"actor":"a\x00b"'),
        b"",
        b"null",
    ],
)
def test_entry_has_each_key_once_and_in_its_place(direct: Connection, whole: bytes) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        direct.execute(INSERT_ENTRY, linked(whole))
    assert refused.value.diag.constraint_name in {"ledger_body_is_an_event", "ledger_columns_fit"}


@pytest.mark.parametrize(("kind", "most"), [("request.submitted", 64 * 1024), ("policy.loaded", 1024 * 1024)])
def test_entry_of_the_bot_is_small(as_bot: Connection, kind: str, most: int) -> None:
    actor = "bot@host" if kind == "policy.loaded" else "maya"
    frame = len(body(b'{"x":""}', kind=kind, actor=actor))
    for size in (most - frame + 1, 30_000_000):
        whole = body(b'{"x":"' + b"a" * size + b'"}', kind=kind, actor=actor)
        with pytest.raises(errors.CheckViolation) as refused:
            as_bot.execute(INSERT_ENTRY, linked(whole, kind=kind))
        assert refused.value.diag.constraint_name == "ledger_body_is_small"


@pytest.mark.parametrize(
    "data",
    [
        b'{"reason":"1e9,2e5 :3e4 [4e4","hash":"9e7"}',
        rb'{"reason":"Zo \u0000 \\u0000 \"x\":1 {[","n":[-1.5,1,true,null]}',
        '{"reason":"Zoë \u202e 😀"}'.encode(),
        b'{"a":{"b":[{"c":{"d":[[]]}}]}}',
    ],
)
def test_entry_of_what_people_write_is_taken(direct: Connection, data: bytes) -> None:
    policy = b'{"hash":"%s","policy":%s}' % (sha256(data).hexdigest().encode(), data)
    whole = body(policy, kind="policy.loaded", actor="bot@host", request="null")
    take(direct, linked(whole, kind="policy.loaded", request_id=None))


def test_entry_of_the_worker_may_list_much(as_worker: Connection) -> None:
    """And small numbers: its end of a grant must not hang on how one is written."""
    receipt = b'{"lag":1.5e-07,"reassigned":[' + b'"shop.orders",' * 100_000 + b'""]}'
    take(as_worker, linked(body(receipt, kind="grant.ended"), kind="grant.ended"))


@pytest.mark.parametrize(
    ("kind", "actor"),
    [
        ("request.submitted", "worker"),
        ("request.submitted", "system"),
        ("request.submitted", "worker@host"),
        ("request.submitted", "bot@host"),
        ("grant.revoked", "cli:root@host"),
        ("grant.created", "maya"),
        ("request.auto_approved", "maya"),
        ("review.voided", "worker"),
        ("policy.loaded", "worker@host"),
        ("policy.loaded", "maya"),
    ],
)
def test_bot_records_in_no_name_but_of_people_and_of_its_own(
    as_bot: Connection, kind: str, actor: str
) -> None:
    with pytest.raises(errors.InsufficientPrivilege) as refused:
        as_bot.execute(INSERT_ENTRY, linked(body(kind=kind, actor=actor), kind=kind))
    assert refused.value.diag.constraint_name == "ledger_actor_allowed"


@pytest.mark.parametrize("at", ["now", "", "infinity", "2026-13-01T00:00:00.000000+00:00", "today", "1 2 3"])
def test_entry_has_its_time_as_one_is_written(direct: Connection, at: str) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        direct.execute(INSERT_ENTRY, linked(body(at=at)))
    assert refused.value.diag.constraint_name in {"ledger_body_is_an_event", "ledger_dated_now"}


def test_entry_is_not_dated_back_by_a_transaction_that_was_kept_open(direct: Connection) -> None:
    with direct.transaction():
        direct.execute("set local idle_in_transaction_session_timeout = 0")
        (begun,) = direct.execute("select now()").fetchone() or (None,)
        direct.execute("select pg_sleep(0.01)")
        at = (begun.astimezone(UTC) - timedelta(seconds=10)).isoformat(timespec="microseconds")
        with pytest.raises(errors.CheckViolation) as refused, direct.transaction():
            direct.execute(INSERT_ENTRY, linked(body(at=at)))
        assert refused.value.diag.constraint_name == "ledger_dated_now"


@pytest.mark.parametrize("late", [timedelta(days=-1), timedelta(seconds=-15), timedelta(minutes=1)])
def test_entry_is_dated_now(direct: Connection, late: timedelta) -> None:
    entry = link(event(), seq=1, prev_hash=bytes(32), at=datetime.now(UTC) + late)
    with pytest.raises(errors.CheckViolation) as refused:
        direct.execute(INSERT_ENTRY, forged(body=entry.body, hash=entry.hash))
    assert refused.value.diag.constraint_name == "ledger_dated_now"


@pytest.mark.parametrize("kind", sorted(set(EventKind) - BOT_MAY_RECORD))
def test_bot_cannot_record_what_is_the_workers_to_know(as_bot: Connection, kind: EventKind) -> None:
    entry = link(event(kind), seq=1, prev_hash=bytes(32), at=datetime.now(UTC))
    with pytest.raises(errors.InsufficientPrivilege) as refused:
        as_bot.execute(INSERT_ENTRY, forged(kind=kind, body=entry.body, hash=entry.hash))
    assert refused.value.diag.constraint_name == "ledger_kind_allowed"


def test_guards_hold_for_a_superuser_in_replica_mode_too(control_database: ControlDatabase) -> None:
    with psycopg.connect(control_database.superuser_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        with pytest.raises(errors.CheckViolation):
            admin.execute(INSERT_ENTRY, forged(hash=bytes(32)))
