"""Ask, approve, connect, and be gone at the end, through the processes that an operator runs."""

import json
import zlib
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import redis

from dbaccess.slack.views.deny import DENY_FORM
from dbaccess.slack.views.request_message import APPROVE, DENY
from demo.servers.valkey import Valkey
from sandbox.client import plain
from tests.acceptance import journey, records, talk
from tests.acceptance.stack import CHANNEL, Stack, wait
from tests.databases import TargetDatabase

LONG = "orders-prod read 10m looking into #4512"
SHORT = "orders-prod read 30s looking into #4512"
"""Long enough to connect on a busy machine: the end comes by the clock alone."""

STORY = [
    "request.submitted",
    "review.approved",
    "request.approved",
    "grant.created",
    "grant.provision_started",
    "grant.activated",
    "credentials.requested",
    "credentials.started",
    "credentials.set",
    "grant.expired",
    "grant.revoke_started",
    "grant.ended",
]


def test_access_comes_with_an_approval_and_goes_at_its_end(
    stack: Stack, shared_target: TargetDatabase
) -> None:
    talk.ask(stack, SHORT)
    journey.approve(stack)
    login = journey.show_credentials(stack, talk.holders_message(stack))
    connection = journey.connect(stack, login, shared_target.name)
    assert connection.execute("select count(*) from shop.orders").fetchone()

    message = journey.ended(stack)

    assert "role removed" in plain(message)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("select 1")
    with pytest.raises(psycopg.OperationalError):
        journey.connect(stack, login, shared_target.name)
    journey.approval(stack, "Ended")
    records.check_ledger(stack)
    assert _kinds(stack) == STORY
    _nothing_holds(stack, login.password)


def test_the_end_comes_by_the_delayed_job_alone(stack: Stack, shared_target: TargetDatabase) -> None:
    connection = _connected(stack, shared_target, SHORT)
    stack.stop("workers")
    stack.start_workers("reconciler")
    _is_ended(stack, connection)


def test_the_end_comes_by_the_reconciler_alone(
    stack: Stack, shared_target: TargetDatabase, shared_valkey: Valkey
) -> None:
    connection = _connected(stack, shared_target)
    shared_valkey.stop()
    records.time_is_over(stack, records.last_request(stack))
    _is_ended(stack, connection)


def test_the_end_comes_though_the_queue_was_wiped(
    stack: Stack, shared_target: TargetDatabase, shared_valkey: Valkey
) -> None:
    connection = _connected(stack, shared_target)
    shared_valkey.flush()
    records.time_is_over(stack, records.last_request(stack))
    _is_ended(stack, connection)


def test_the_end_comes_after_every_worker_was_killed_and_started_again(
    stack: Stack, shared_target: TargetDatabase
) -> None:
    connection = _connected(stack, shared_target)
    stack.kill("workers")
    stack.start_workers()
    records.time_is_over(stack, records.last_request(stack))
    _is_ended(stack, connection)


def test_a_denial_tells_the_requester_why(stack: Stack) -> None:
    talk.ask(stack, LONG)
    message = talk.waiting(stack, records.last_request(stack))
    priya = stack.person("U0PRIYA")
    assert priya.click(message, action_id=DENY).sent
    view = talk.modal(priya, DENY_FORM)
    priya.choose(view, "deny.why", "another-target")
    priya.type(view, "deny.note", "Use orders-replica")
    assert priya.submit(view).errors == {}

    journey.approval(stack, "Denied", "Use orders-replica")
    wait(
        lambda: any(
            "Denied: read on orders-prod" in plain(m) for m in stack.person("U0MAYA").direct_messages()
        ),
    )


def test_requester_cannot_approve_under_any_account(stack: Stack) -> None:
    talk.ask(stack, LONG)
    message = talk.waiting(stack, records.last_request(stack))
    for slack_id in ("U0MAYA", "W0MAYA", "U0TOM", "U0STRANGER", "U0CARLA"):
        stack.person(slack_id).click(message, action_id=APPROVE)
        wait(lambda who=slack_id: stack.person(who).ephemerals(CHANNEL)[-1:])  # type: ignore[misc]
    assert talk.waiting(stack, records.last_request(stack)).ts == message.ts
    assert "grant.created" not in _kinds(stack)


def test_two_clicks_at_once_make_one_grant(stack: Stack) -> None:
    """The request is held until both reviewers' clicks are at it: neither has seen the other's."""
    talk.ask(stack, LONG)
    message = talk.waiting(stack, records.last_request(stack))
    reviewers = [stack.person("U0PRIYA"), stack.person("U0SAM")]
    with psycopg.connect(stack.control.superuser_url) as holding:
        holding.execute("select from requests for update")
        for reviewer in reviewers:
            assert reviewer.click(message, action_id=APPROVE).sent
        wait(lambda: _clicks_held(stack) == len(reviewers))
    (refused,) = wait(lambda: [said for one in reviewers for said in one.ephemerals(CHANNEL)])
    assert " approved this " in plain(refused)
    talk.holders_message(stack)
    told = _kinds(stack)
    assert told.count("review.approved") == told.count("request.approved") == told.count("grant.created") == 1


def test_objects_of_the_holder_survive_and_belong_to_the_durable_role(
    stack: Stack, shared_target: TargetDatabase
) -> None:
    talk.ask(stack, "orders-prod migrate 10m new column for #4512")
    journey.approve(stack)
    login = journey.show_credentials(stack, talk.holders_message(stack))
    with journey.connect(stack, login, shared_target.name) as connection:
        connection.execute("create table shop.made_under_grant (id int)")
    records.time_is_over(stack, records.last_request(stack))
    journey.ended(stack)
    with psycopg.connect(shared_target.superuser_url) as connection:
        row = connection.execute(
            "select tableowner from pg_tables where tablename = 'made_under_grant'"
        ).fetchone()
    assert row == (shared_target.owner_role,)


def _connected(
    stack: Stack, shared_target: TargetDatabase, asked: str = LONG
) -> "psycopg.Connection[tuple[object, ...]]":
    """A session of Maya's, under a grant."""
    talk.ask(stack, asked)
    journey.approve(stack)
    login = journey.show_credentials(stack, talk.holders_message(stack))
    return journey.connect(stack, login, shared_target.name)


def _is_ended(stack: Stack, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    journey.ended(stack)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("select 1")


def _clicks_held(stack: Stack) -> int:
    """The number of the bot's sessions that wait for a locked row."""
    query = "select count(*) from pg_stat_activity where application_name = %s and wait_event_type = 'Lock'"
    return int(records.rows(stack, f"{query} and datname = current_database()", "dbaccess-bot")[0][0])


def _kinds(stack: Stack) -> list[str]:
    """The story of the newest request, as the command line tells it.

    The reading of a grant's reach comes at any time between, or not at all where the grant is short.
    """
    shown = stack.cli("ledger", "tail", "--json", "--limit", "200")
    assert shown.code == 0, shown.err
    request = f"R-{records.last_request(stack)}"
    told = [entry["kind"] for entry in json.loads(shown.out) if entry.get("request") == request]
    return [kind for kind in told if kind != "grant.reach_read"]


def _nothing_holds(stack: Stack, password: str) -> None:
    """No password and no verifier in a log, the queue, the control database, or what went to and from Slack.

    But for the one call that fills the modal, and Slack's answer to that: they hold the password.
    """
    said = [(record, json.dumps(record.body)) for record in stack.sandbox.traffic()]
    assert {"chat.postMessage", "chat.update", "views.open"} <= {record.method for record, _ in said}
    modal = [(record.kind, record.method) for record, text in said if password in text]
    assert modal == [("api_call", "views.update"), ("api_answer", "views.update")]
    assert stack.logs()
    for text in (stack.logs(), _everything_in(stack.control.superuser_url), _redis(stack)):
        assert password not in text
        assert "SCRAM-SHA-256$" not in text
    assert not any("SCRAM-SHA-256$" in text for _, text in said)


def _everything_in(url: str) -> str:
    found = []
    with psycopg.connect(url) as connection:
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        assert len(tables) > 5
        for (table,) in tables:
            found += [str(row) for row in connection.execute(f"select * from public.{table}")]
        ledger = connection.execute("select convert_from(body, 'utf8') from public.ledger").fetchall()
    return "\n".join(found) + str(ledger)


def _redis(stack: Stack) -> str:
    """Every key with its whole content, what RQ compressed included."""
    client = redis.Redis.from_url(stack.redis_url)
    read: dict[bytes, Callable[[bytes], Any]] = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"stream": client.xrange,
    }
    found = [str((key, _plain(read[client.execute_command("TYPE", key)](key)))) for key in client.scan_iter()]
    client.close()
    assert found
    return "\n".join(found)


def _plain(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _plain(value) for key, value in content.items()}
    try:
        return zlib.decompress(content)
    except (zlib.error, TypeError):
        return content
