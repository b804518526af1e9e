"""HTTP mode, with two bots behind one address: what Slack signed is done once, whichever it reaches."""

import contextlib
import json
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bot.http.server import MOST_CONNECTIONS
from dbaccess.policy_file import load_policy
from demo.servers.account import Account
from demo.servers.valkey import Valkey, embedded_valkey
from sandbox.client import plain
from sandbox.signing import signed
from sandbox.waiting import PATIENCE
from tests.acceptance import forge, journey, records, talk
from tests.acceptance.emptied import as_first, role_names
from tests.acceptance.http_stack import BOTS, FORM, SECRET, HttpStack, Response
from tests.acceptance.processes import restore
from tests.acceptance.stack import CHANNEL, running, wait
from tests.databases import (
    ControlDatabase,
    ControlTemplate,
    PostgresServer,
    TargetDatabase,
    control_database_on,
    target_database_on,
)
from tests.forked import run_forked


@pytest.fixture(scope="module")
def target(target_postgres: PostgresServer) -> Iterator[TargetDatabase]:
    with target_database_on(target_postgres) as database:
        yield database


@pytest.fixture(scope="module")
def both_bots(
    tmp_path_factory: pytest.TempPathFactory,
    control_postgres: PostgresServer,
    control_template: ControlTemplate,
    target: TargetDatabase,
    server_account_: Account,
    server_scratch: Path,
) -> Iterator[HttpStack]:
    """Everything up, once."""
    home = tmp_path_factory.mktemp("http")
    program = embedded_valkey(server_account_, server_scratch)
    with (
        control_database_on(control_postgres, control_template) as control,
        Valkey(program, server_scratch / f"valkey-{home.name}", account=server_account_) as valkey,
        running(HttpStack.of(target, control, valkey, home=home)) as stack,
    ):
        yield stack


@pytest.fixture(scope="module")
def roles(both_bots: HttpStack, target: TargetDatabase) -> set[str]:
    """The roles that the target has while no grant is open."""
    assert both_bots.processes
    return role_names(target)


@pytest.fixture
def stack(both_bots: HttpStack, target: TargetDatabase, roles: set[str]) -> HttpStack:
    """One that a test may break."""
    as_first(both_bots, target, roles)
    return both_bots


@pytest.fixture
def door(both_bots: HttpStack) -> HttpStack:
    """One for what leaves no trace."""
    restore(both_bots)
    talk.until_ready(both_bots)
    return both_bots


def command(stack: HttpStack, text: str, **changed: str) -> bytes:
    """The body of a command that was typed, with other words in it."""
    payload = forge.last_payload(stack, "slash_commands") | {"text": text} | changed
    return urlencode(payload).encode()


@contextmanager
def gone(server: PostgresServer, control: ControlDatabase) -> Iterator[None]:
    """The control database accepts no connection."""
    name = sql.Identifier(str(conninfo_to_dict(control.superuser_url)["dbname"]))
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("alter database {} allow_connections false").format(name))
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s",
            [name.as_string()[1:-1]],
        )
        try:
            yield
        finally:
            connection.execute(sql.SQL("alter database {} allow_connections true").format(name))


def at_once(stack: HttpStack, body: bytes) -> list[Response]:
    """The answers of each bot to the same signed request at the same moment."""
    headers = signed(SECRET, body, time.time()) | {"Content-Type": FORM}
    together = threading.Barrier(len(BOTS))

    def send(bot: str) -> Response:
        together.wait(PATIENCE)
        return stack.post(body, headers, bot=bot)

    with ThreadPoolExecutor(len(BOTS)) as threads:
        return list(threads.map(send, BOTS))


def test_the_main_story_with_two_bots_behind_one_address(stack: HttpStack, target: TargetDatabase) -> None:
    before = {bot: stack.total("dbaccess_bot_ack_seconds_count", bot=bot) for bot in BOTS}
    talk.ask(stack, "orders-prod read 10m the payload of #4512 & more")
    message = journey.approve(stack)
    login = journey.show_credentials(stack, talk.holders_message(stack))
    with journey.connect(stack, login, target.name) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    request_id = records.last_request(stack)
    records.time_is_over(stack, request_id)
    journey.ended(stack)
    assert records.kinds(stack, request_id).count("review.approved") == 1
    assert "the payload of #4512" in plain(message)
    for bot in BOTS:
        assert stack.total("dbaccess_bot_ack_seconds_count", bot=bot) > before[bot]


def test_one_click_delivered_to_both_bots_is_one_review(stack: HttpStack) -> None:
    request_id = talk.ask(stack, f"orders-prod read 10m {talk.REASON}")
    message = talk.waiting(stack, request_id)
    stack.person("U0PRIYA").click(message, action_id="request.details")
    click = forge.click(stack, "request.details")
    approve = next(button for button in message.buttons() if button.action_id == "request.approve")
    click["actions"][0] |= {"action_id": "request.approve", "value": approve.value}
    body = urlencode({"payload": json.dumps(click)}).encode()
    answers = at_once(stack, body) + at_once(stack, body)
    assert [answer.status for answer in answers] == [200] * 4
    wait(lambda: not any(stack.figure("dbaccess_bot_running", bot=bot) for bot in BOTS))
    assert records.kinds(stack, request_id).count("review.approved") == 1
    assert records.rows(stack, "select count(*) from reviews where request_id = %s", request_id) == [(1,)]


def test_two_bots_race_for_the_same_command_and_one_request_is_made(stack: HttpStack) -> None:
    body = command(stack, f"orders-prod read 10m {talk.REASON}", trigger_id="1.1.abc")
    found = [answer.text for answer in at_once(stack, body)]
    assert sorted("Sent: R-" in text for text in found) == [False, True]
    assert [text for text in found if "Sent: R-" not in text] == [""]
    assert records.rows(stack, "select count(*) from requests") == [(1,)]


def test_only_what_slack_signed_a_moment_ago_is_read(stack: HttpStack) -> None:
    before = records.last_request(stack)
    refused = stack.figure('dbaccess_bot_refused_total{why="signature"}')
    body = command(stack, f"orders-prod read 10m {talk.REASON}", trigger_id="2.2.def")
    good = signed(SECRET, body, time.time())
    now, signature = good["X-Slack-Request-Timestamp"], good["X-Slack-Signature"]
    bad: list[dict[str, str]] = [
        {},
        {"X-Slack-Signature": signature},
        {"X-Slack-Request-Timestamp": now},
        signed("another-secret", body, time.time()),
        signed(SECRET, body + b"x", time.time()),
        signed(SECRET, body, time.time() - 310),
        signed(SECRET, body, time.time() + 310),
        {**good, "X-Slack-Signature": signature.upper()},
        {**good, "X-Slack-Signature": signature.removeprefix("v0=")},
        {**good, "X-Slack-Signature": ""},
        {**good, "X-Slack-Signature": "v0=\xe9\xff" + signature[5:]},
    ]
    bad += [
        {**good, "X-Slack-Request-Timestamp": junk}
        for junk in ("", "now", "-1", "1e9", f" {now}x", "9" * 400, "\xb2\xb3", f"{now}.0", "nan", "0x10")
    ]
    for headers in bad:
        answer = stack.post(body, {"Content-Type": FORM, **headers})
        assert (answer.status, answer.text) == (401, "signature\n"), headers
    assert stack.figure('dbaccess_bot_refused_total{why="signature"}') - refused == len(bad)
    assert records.last_request(stack) == before
    assert "Sent: R-" in stack.post(body, {"Content-Type": FORM, **good}).text
    assert "orders-prod read 10m" not in (stack.home / "bot.log").read_text()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"ssl_check=1&token=x", FORM),
        (b'{"type": "url_verification", "challenge": "abc"}', "application/json"),
    ],
)
def test_slacks_own_questions_are_answered_only_when_signed(
    door: HttpStack, body: bytes, content_type: str
) -> None:
    assert door.post(body, {"Content-Type": content_type}).status == 401
    answer = door.post_signed(body, content_type=content_type)
    assert answer.status == 200
    assert answer.text == ('{"challenge": "abc"}' if b"abc" in body else "")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"payload=%7B", FORM),
        (b"payload=1", FORM),
        (b"text=%FF", FORM),
        (b"{}", "text/plain"),
    ],
)
def test_a_signed_body_that_is_not_what_it_says_is_a_400(
    door: HttpStack, body: bytes, content_type: str
) -> None:
    assert door.post_signed(body, content_type=content_type).status == 400


def test_a_body_without_end_is_cut_off(door: HttpStack) -> None:
    assert door.post_signed(b"x" * (1024 * 1024 + 1)).status == 413
    head = "POST /slack/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = ("10000\r\n" + "x" * 0x10000 + "\r\n") * 17
    assert door.raw(head + chunks) == 413
    assert door.raw(f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: {'9' * 30}\r\n\r\n") in {
        400,
        413,
    }
    assert door.get("/healthz").status == 200


def test_half_a_body_is_refused_in_time(door: HttpStack) -> None:
    head = "POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n"
    assert door.raw(head) == 408


def test_a_flood_of_connections_leaves_the_bot_as_it_was(door: HttpStack) -> None:
    with contextlib.ExitStack() as held:
        for _ in range(MOST_CONNECTIONS):
            held.enter_context(door.connection())
        assert door.raw("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") == 503
    wait(lambda: door.raw("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") == 200)
    assert "ERROR" not in (door.home / "bot.log").read_text().upper()


def test_bytes_that_are_no_http_are_not_logged(door: HttpStack) -> None:
    before = (door.home / "bot.log").read_text()
    assert door.raw("nonsense\r\n\r\n") == 400
    assert door.raw("GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n") == 404
    assert (door.home / "bot.log").read_text() == before


def test_other_ways_in_lead_nowhere(door: HttpStack) -> None:
    assert door.get("/slack/events").status == 405
    assert door.get("/").status == 404
    assert door.send("POST", "/metrics", b"", {}, bot="bot").status == 405


def test_ready_says_which_check_failed_and_nothing_else(
    stack: HttpStack, control_postgres: PostgresServer
) -> None:
    assert stack.get("/healthz").text == "ok\n"
    good = {"database": "ok", "policy": "ok", "people": "ok"}
    wait(lambda: stack.checks() == (200, good))
    stack.stop("workers")
    with psycopg.connect(stack.control.superuser_url) as connection:
        connection.execute("update directory_reads set read_at = read_at - interval '1 hour'")
    assert stack.checks() == (503, good | {"people": "not read from Slack lately"})
    with gone(control_postgres, stack.control):
        assert stack.checks() == (503, good | {"database": "no answer", "people": "unknown"})
        assert stack.get("/healthz").status == 200
    wait(lambda: stack.checks()[1]["database"] == "ok")


def test_unexpected_error_is_a_500_and_one_line_without_typed_text(
    stack: HttpStack, control_postgres: PostgresServer
) -> None:
    body = command(stack, f"orders-prod read 10m {talk.REASON}", trigger_id="5.5.abc")
    with gone(control_postgres, stack.control):
        assert stack.post_signed(body).status == 500
    log = (stack.home / "bot.log").read_text()
    assert "listener failed" in log
    assert "request failed" not in log
    assert talk.REASON not in log
    wait(lambda: stack.checks()[1]["database"] == "ok")


def test_metrics_count_and_name_no_person(door: HttpStack) -> None:
    talk.say(door, "list")
    text = "".join(door.get("/metrics", bot=bot).text for bot in BOTS)
    assert 'dbaccess_bot_requests_total{kind="command"}' in text
    assert 'dbaccess_bot_ack_seconds_bucket{kind="command",le="3.0"}' in text
    assert not any(word in text for word in ("U0MAYA", "orders", SECRET, "T0ACME"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_answers_what_was_taken_in_and_ends_with_0(stack: HttpStack, number: signal.Signals) -> None:
    body = command(stack, f"orders-prod read 10m {talk.REASON}", trigger_id="3.3.abc")
    answers: list[int] = []
    with psycopg.connect(stack.control.superuser_url) as blocker:
        blocker.execute("lock table intake")
        thread = threading.Thread(target=lambda: answers.append(stack.post_signed(body).status))
        thread.start()
        wait(lambda: stack.figure("dbaccess_bot_running"))
        stack.processes["bot"].send_signal(number)
        wait(lambda: not stack.accepts("bot"))
        assert stack.processes["bot"].poll() is None
        blocker.rollback()
    thread.join(PATIENCE)
    assert len(answers) == 1
    assert stack.processes.pop("bot").wait(PATIENCE) == 0
    assert records.rows(stack, "select count(*) from requests") == [(1,)]
    assert talk.say(stack, "list").text is not None  # the other one goes on


def test_a_stop_waits_for_the_listener_behind_an_ack(stack: HttpStack) -> None:
    stack.stop("bot-2")
    stack.sandbox.fault("views.open", "slow", seconds=2.0)
    person = stack.person("U0MAYA")
    assert person.command("/dbaccess", "", channel=CHANNEL).error is None
    process = stack.processes.pop("bot")
    process.terminate()
    assert process.wait(PATIENCE) == 0
    assert person.views(), "the form was on its way when the bot was told to stop"


def test_a_second_signal_ends_it_at_once(stack: HttpStack) -> None:
    body = command(stack, f"orders-prod read 10m {talk.REASON}", trigger_id="4.4.abc")
    with psycopg.connect(stack.control.superuser_url) as blocker:
        blocker.execute("lock table intake")
        thread = threading.Thread(target=lambda: _cut_off(stack, body))
        thread.start()
        wait(lambda: stack.figure("dbaccess_bot_running"))
        stack.processes["bot"].terminate()
        wait(lambda: not stack.accepts("bot"))
        stack.processes["bot"].terminate()
        assert stack.processes.pop("bot").wait(PATIENCE) == -signal.SIGTERM
    thread.join(PATIENCE)


def test_policy_is_read_again_at_sighup_while_the_port_goes_on_answering(stack: HttpStack) -> None:
    stack.config.write_text(stack.config.read_text().replace('max = "4h"', 'max = "2m"'))
    for name in BOTS:
        stack.processes[name].send_signal(signal.SIGHUP)
    hashes = "select hash from policy_in_force where process = 'bot'"
    first = load_policy(stack.config).hash
    wait(lambda: records.rows(stack, hashes) == [(first,)] * len(BOTS))
    for _ in BOTS:  # one after the other
        refusal = plain(talk.say(stack, f"orders-prod read 10m {talk.REASON}"))
        assert "maximum of 2 min" in refusal, refusal
    assert all(stack.processes[name].poll() is None for name in BOTS)


def test_a_port_that_is_taken_is_one_clear_line(door: HttpStack) -> None:
    done = run_forked("bot.__main__:main", [], door.bot_environment("bot"), door.home)
    assert done.code == 2
    assert done.err.strip().splitlines()[-1] == "HOST and PORT: cannot listen there: Address already in use"
    assert SECRET not in done.err


def _cut_off(stack: HttpStack, body: bytes) -> None:
    with contextlib.suppress(ConnectionError, HTTPException):
        stack.post_signed(body)
