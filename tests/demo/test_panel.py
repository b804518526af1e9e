"""The panel beside the sandbox: statements on a real session of the holder, and the ledger as it grows."""

import importlib
import json
import pkgutil
import secrets
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql

import dbaccess.operations
from dbaccess.domain.errors import Refused
from dbaccess.domain.events import EventKind
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine
from demo.databases import make_reader
from demo.panel import desk as desks
from demo.panel.app import Panel, build
from demo.panel.ledger import LedgerFeed
from demo.panel.serve import serving
from demo.panel.session import Target
from demo.panel.words import REFUSALS, WORDS, told
from demo.ports import listening
from demo.servers.postgres import Postgres
from sandbox.waiting import PATIENCE
from tests.acceptance.stack import wait
from tests.databases import ControlDatabase, TargetDatabase
from tests.integration.storage.facts import event

Json = dict[str, Any]
_VERBS = frozenset({"is", "set", "read", "found", "wrote", "gave", "withdrew", "let", "could", "owes"})
KILL = "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s"


@dataclass(frozen=True, slots=True)
class Holder:
    user: str
    password: str


@dataclass(slots=True)
class Page:
    """The work of the page's script, without a browser."""

    http: httpx.Client
    token: str
    news: list[Json]
    desk: str = field(default_factory=lambda: str(uuid.uuid4()))

    def ask(self, path: str, **values: Any) -> httpx.Response:
        return self.http.post(path, json={"desk": self.desk, **values}, headers={"X-Demo-Token": self.token})

    def connect(self, holder: Holder) -> httpx.Response:
        return self.ask("/connect", target="orders-prod", user=holder.user, password=holder.password)

    def run(self, statement: str) -> Json:
        answer = self.ask("/run", statement=statement)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def heard(self, kind: str) -> list[Json]:
        return [message for message in self.news if message["kind"] == kind]


@pytest.fixture
def holder(target_database: TargetDatabase) -> Iterator[Holder]:
    """A login as a grant makes it."""
    name = f"jit_panel_{secrets.token_hex(4)}"
    with psycopg.connect(target_database.superuser_url, autocommit=True) as connection:
        statement = sql.SQL("create role {} login password {} in role {}")
        read = sql.Identifier(target_database.read_role)
        connection.execute(statement.format(sql.Identifier(name), sql.Literal("right-password"), read))
    yield Holder(name, "right-password")
    with psycopg.connect(target_database.superuser_url, autocommit=True) as connection:
        connection.execute(KILL, [name])
        connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(name)))


@pytest.fixture
def ledger_url(control_database: ControlDatabase, control_postgres: Postgres) -> Iterator[str]:
    yield make_reader(control_postgres, control_database.name)
    with psycopg.connect(control_database.superuser_url, autocommit=True) as connection:
        connection.execute("drop owned by demo_reader")
        connection.execute("drop role demo_reader")


@pytest.fixture
def http(target_database: TargetDatabase, ledger_url: str) -> Iterator[httpx.Client]:
    target = Target(host=target_database.host, port=target_database.port, database=target_database.name)
    panel = Panel(
        sandbox="http://127.0.0.1:9",
        targets={"orders-prod": target},
        ledger_url=ledger_url,
        people={"maya": "Maya Lindqvist"},
    )
    listener = listening(0)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with serving(build(panel), listener), httpx.Client(base_url=address, timeout=PATIENCE) as client:
        yield client


@pytest.fixture
def page(http: httpx.Client) -> Iterator[Page]:
    with opened(http) as page:
        yield page


@contextmanager
def opened(http: httpx.Client) -> Iterator[Page]:
    """A page that listens, until it is closed."""
    text = http.get("/").text
    token = text.partition('name="demo-token" content="')[2].partition('"')[0]
    page = Page(http=httpx.Client(base_url=http.base_url, timeout=PATIENCE), token=token, news=[])
    with (
        httpx.Client(base_url=http.base_url, timeout=None) as live,  # noqa: S113 it lives with the page
        live.stream("GET", "/live", params={"desk": page.desk}) as stream,
    ):
        listens = threading.Thread(target=_listen, args=(stream, page.news), daemon=True)
        listens.start()
        wait(lambda: page.heard("hello"))
        yield page
        page.http.close()
        stream.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        listens.join(PATIENCE)


def _listen(stream: httpx.Response, news: list[Json]) -> None:
    try:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                news.append(json.loads(line.removeprefix("data: ")))  # noqa: PERF401 each is looked at as it comes
    except httpx.HTTPError:
        return


@pytest.fixture
def as_superuser(target_database: TargetDatabase) -> Iterator[Callable[..., list[Any]]]:
    with psycopg.connect(target_database.superuser_url, autocommit=True) as connection:
        yield lambda statement, *values: connection.execute(statement, values).fetchall()


def test_rows_are_shown_up_to_fifty_and_all_are_counted(page: Page, holder: Holder) -> None:
    assert page.connect(holder).json() == {"user": holder.user}
    said = page.run("select n, null as nothing, n::text as word from generate_series(1, 120000) n")
    (answer,) = said["answers"]
    assert answer["columns"] == ["n", "nothing", "word"]
    assert answer["count"] == 120_000
    assert len(answer["rows"]) == 50
    assert answer["rows"][0] == ["1", None, "1"]
    assert said["error"] is None


def test_refusal_of_the_server_is_shown_verbatim(page: Page, holder: Holder) -> None:
    page.connect(holder)
    assert "ERROR:  permission denied for table orders" in page.run("update shop.orders set id = 1")["error"]
    assert page.run("selec 1")["error"].startswith('ERROR:  syntax error at or near "selec"\nLINE 1: selec 1')
    assert page.run("select 1")["error"] is None, "the session lives on"


def test_several_statements_notices_and_an_open_transaction_are_told(page: Page, holder: Holder) -> None:
    page.connect(holder)
    said = page.run("begin; select 1 as one; do $$ begin raise notice 'hello'; end $$; select 2 as two")
    assert [answer["columns"] for answer in said["answers"]] == [None, ["one"], None, ["two"]]
    assert said["notices"] == ["NOTICE:  hello"]
    assert said["transaction"] == "intrans"
    assert page.run("rollback")["transaction"] == "idle"
    assert page.run("-- nothing")["answers"] == []


def test_the_end_of_a_session_that_waits_is_told_without_a_question(
    page: Page, holder: Holder, as_superuser: Callable[..., list[Any]]
) -> None:
    page.connect(holder)
    page.run("select 1")
    as_superuser(KILL, holder.user)
    (ended,) = wait(lambda: page.heard("ended"))
    assert ended["why"] == "terminating connection due to administrator command"
    assert page.ask("/run", statement="select 1").json()["refused"].startswith("Not connected.")


def test_the_end_of_a_session_that_works_is_told_with_the_statement_and_once(
    page: Page, holder: Holder, as_superuser: Callable[..., list[Any]]
) -> None:
    page.connect(holder)
    said: list[Json] = []
    running = threading.Thread(target=lambda: said.append(page.run("select pg_sleep(60)")))
    running.start()
    active = "select 1 from pg_stat_activity where usename = %s and state = 'active'"
    wait(lambda: as_superuser(active, holder.user))
    as_superuser(KILL, holder.user)
    running.join(10)
    assert said[0]["error"].startswith("FATAL:  terminating connection due to administrator command")
    wait(lambda: page.heard("ended"))
    assert [m["why"] for m in page.heard("ended")] == ["terminating connection due to administrator command"]


def test_a_running_statement_can_be_stopped_and_no_second_one_begins_meanwhile(
    page: Page, holder: Holder, as_superuser: Callable[..., list[Any]]
) -> None:
    page.connect(holder)
    said: list[Json] = []
    with httpx.Client(base_url=page.http.base_url, timeout=PATIENCE) as other:
        again = Page(http=other, token=page.token, news=[], desk=page.desk)
        running = threading.Thread(target=lambda: said.append(page.run("select pg_sleep(60)")))
        running.start()
        active = "select 1 from pg_stat_activity where usename = %s and state = 'active'"
        wait(lambda: as_superuser(active, holder.user))
        assert again.ask("/run", statement="select 1").json()["refused"].startswith("A statement is running")
        assert again.ask("/cancel").status_code == 200
        running.join(10)
    assert said[0]["error"] == "ERROR:  canceling statement due to user request"
    assert page.run("select 1")["error"] is None


def test_a_session_that_is_closed_while_a_statement_runs_answers_it(
    page: Page, holder: Holder, as_superuser: Callable[..., list[Any]]
) -> None:
    page.connect(holder)
    with (
        httpx.Client(base_url=page.http.base_url, timeout=PATIENCE) as other,
        ThreadPoolExecutor(1) as pool,
    ):
        again = Page(http=other, token=page.token, news=[], desk=page.desk)
        running = pool.submit(again.run, "select pg_sleep(60)")
        active = "select 1 from pg_stat_activity where usename = %s and state = 'active'"
        wait(lambda: as_superuser(active, holder.user))
        assert page.ask("/disconnect").status_code == 200
        assert running.result(PATIENCE)["error"].startswith("The session was closed")


def test_copy_with_the_client_ends_the_session_and_says_so(page: Page, holder: Holder) -> None:
    page.connect(holder)
    assert "COPY" in page.run("copy (select 1) to stdout")["error"]
    wait(lambda: page.heard("ended"))
    assert page.connect(holder).status_code == 200


def test_a_wrong_password_is_answered_with_libpqs_words_and_never_repeated(
    page: Page, holder: Holder
) -> None:
    refused = page.connect(Holder(holder.user, "wrong-password"))
    assert refused.status_code == 409
    assert f'password authentication failed for user "{holder.user}"' in refused.json()["refused"]
    assert "wrong-password" not in refused.text
    for incomplete in (Holder("", "x"), Holder(holder.user, "")):
        assert page.connect(incomplete).json()["refused"].startswith("Fill in the user and the password")
    elsewhere = page.ask("/connect", target="postgres", user=holder.user, password="x")
    assert elsewhere.json()["refused"] == "There is no such database here."


def test_a_page_that_was_left_takes_its_session_along(
    http: httpx.Client,
    holder: Holder,
    as_superuser: Callable[..., list[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(desks, "_BACK_WITHIN", 0.1)
    sessions = "select 1 from pg_stat_activity where usename = %s"
    with opened(http) as page:
        page.connect(holder)
        assert as_superuser(sessions, holder.user)
    wait(lambda: not as_superuser(sessions, holder.user))


def test_only_the_page_itself_may_ask(page: Page, http: httpx.Client) -> None:
    right = {"X-Demo-Token": page.token}
    asked: Json = {"desk": page.desk}
    assert http.post("/disconnect", json=asked, headers=right).status_code == 200
    refused = {
        403: [
            {},
            {"X-Demo-Token": "guessed"},
            right | {"Origin": "http://evil.example"},
            right | {"Origin": "null"},
            right | {"Sec-Fetch-Site": "cross-site"},
            right | {"Sec-Fetch-Site": "same-site"},
        ],
        415: [right | {"Content-Type": "text/plain"}],
        421: [right | {"Host": "evil.example"}, right | {"Host": "127.0.0.1.evil.example"}],
    }
    for status, ways in refused.items():
        for headers in ways:
            assert http.post("/disconnect", json=asked, headers=headers).status_code == status, headers
    assert http.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert http.get("/live", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    other = http.post("/run", json={"desk": str(uuid.uuid4()), "statement": "select 1"}, headers=right)
    assert other.status_code == 409, "the session of a page is that page's"


def test_page_runs_only_its_own_script_and_cannot_be_framed(http: httpx.Client) -> None:
    page = http.get("/")
    policy = page.headers["content-security-policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "frame-src http://127.0.0.1:9;" in policy
    assert "unsafe" not in policy
    assert "<script>" not in page.text
    assert " style=" not in page.text
    assert http.get("/site/..%2fapp.py").status_code == 404
    assert http.get("/site/main.js").status_code == 200


def test_a_new_entry_is_told_in_plain_words_and_the_chain_can_be_verified(
    page: Page, control_database: ControlDatabase
) -> None:
    engine = build_engine(control_database.worker_url, pool_size=1, application_name="test")
    with SqlUnitOfWork(engine, None) as uow:
        uow.record(event(writer=1))
        uow.commit()
    engine.dispose()
    (message,) = wait(lambda: page.heard("ledger"))
    assert message["entry"]["seq"] == 1
    assert message["entry"]["what"]
    verified = page.ask("/verify").json()
    assert verified["whole"]
    assert verified["said"].startswith("1 entry, one chain, complete up to entry 1.")


def test_the_login_that_reads_the_ledger_is_an_auditor_and_no_more(ledger_url: str) -> None:
    with psycopg.connect(ledger_url, autocommit=True) as connection:
        connection.execute("select * from ledger")
        connection.execute("select g.id from grants g join reaches r on r.id = g.reach_id and unrecorded > 0")
        for refused in (
            "select * from drafts",
            "select * from messages",
            "update grants set recipe = null",
            "delete from ledger",
            "create table mine (n int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused)


def test_every_kind_of_entry_has_words_of_its_own() -> None:
    assert set(WORDS) == {kind.value for kind in EventKind}
    for kind in EventKind:
        row = {"seq": 1, "at": "2026-03-01T03:00:00+00:00", "kind": kind.value, "actor": "maya"}
        said = told(row | {"request": 7, "grant": None, "data": {}}, {"maya": "Maya Lindqvist"})
        assert said["who"] == "Maya Lindqvist"
        assert said["request"] == "R-7"
        # The actor comes first, so the rest begins with what the actor does.
        first = said["what"].split()[0].strip(":,")
        assert first in _VERBS or first.endswith("ed"), f"{kind}: {said['what']}"


def test_every_refusal_has_words_in_place_of_the_name_of_its_class() -> None:
    for module in pkgutil.walk_packages(dbaccess.operations.__path__, "dbaccess.operations."):
        importlib.import_module(module.name)
    kinds = [Refused]
    for kind in kinds:
        kinds += [one for one in kind.__subclasses__() if one.__module__.startswith("dbaccess.")]
    assert set(REFUSALS) == {kind.__name__ for kind in kinds if kind is not Refused}


def test_extension_is_told_with_the_login_of_its_grant() -> None:
    feed = LedgerFeed("", {}, lambda _: None)
    row = {"seq": 1, "at": "", "actor": "worker", "request": 7, "grant": 8}
    begun = {"recipe": {"login": "jit_demo_maya"}, "expires_at": "2026-03-01T05:00:00+00:00"}
    later = {"expires_at": "2026-03-01T06:00:00+00:00"}
    said = [
        feed.told(row | {"kind": kind, "data": data})
        for kind, data in (
            ("grant.provision_started", begun),
            ("grant.extend_started", later),
            ("grant.extended", later),
        )
    ]
    assert [one["login"] for one in said] == ["jit_demo_maya"] * 3
    ends = [begun["expires_at"], None, later["expires_at"]]
    assert [one["until"] for one in said] == ends, "an end that is only intended does not count"


def test_programs_are_named_and_hosts_are_not() -> None:
    row = {"seq": 1, "at": "", "kind": "policy.loaded", "request": None, "grant": None, "data": {}}
    names = {"worker": "A worker", "worker@db-7": "A worker", "bot@db-7": "The bot", "system": "dbaccess"}
    names["cli:root@db-7"] = "cli:root@db-7"
    for actor, name in names.items():
        assert told(row | {"actor": actor}, {})["who"] == name
