"""A process keeps its connections to a cluster; each session on one begins like the first."""

import multiprocessing
import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from dbaccess import host_addresses
from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.connection import PatientConnection, connect
from dbaccess.targets.postgresql.kept_connections import KEPT
from dbaccess.targets.postgresql.lock_table import MOST
from dbaccess.targets.postgresql.timeouts import Timeouts
from dbaccess.targets.postgresql.transaction import Session
from sandbox.waiting import PATIENCE
from tests.acceptance.stack import wait
from tests.contract.postgresql.target import Target

PID = sql.SQL("select pg_backend_pid()")


def cluster(target: Target, *, url: SecretStr | None = None, **timeouts: Any) -> Cluster:
    worker = target.worker
    return Cluster(
        name="main", url=url or worker.url, timeouts=Timeouts(**timeouts), lock_database=worker.lock_database
    )


def backend(opened: Session) -> int:
    pid: int = opened.row(PID)[0]
    return pid


def test_end_opens_no_connection_to_the_lock_database(either_target: Target) -> None:
    login, _ = either_target.person()
    recipe = either_target.provision(either_target.personal(login))
    began = "select backend_start from pg_stat_activity where usename = %s and datname = %s order by 1"
    before = either_target.look(began, either_target.worker.login, either_target.worker.lock_database)
    either_target.end(recipe)
    after = either_target.look(began, either_target.worker.login, either_target.worker.lock_database)
    assert before
    assert after == before


def test_session_that_the_server_ends_between_two_statements_fails_as_a_target(target: Target) -> None:
    """A member of pg_signal_backend may terminate the worker's sessions at any moment."""
    with cluster(target).session() as opened:
        ((pid,),) = opened.at_once(PID)
        assert target.look("select pg_terminate_backend(%s, %s)", pid, int(PATIENCE * 1000)) == [(True,)]
        for step in (opened.at_once, opened.at_once, opened.alone):
            with pytest.raises(TargetFailure):
                step(PID)


def test_connection_that_the_server_ended_is_replaced_silently(either_target: Target) -> None:
    login, _ = either_target.person()
    recipe = either_target.provision(either_target.personal(login))
    ended = either_target.look(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = %s",
        either_target.worker.login,
    )
    assert ended
    assert either_target.end(recipe).roles_removed == (either_target.database.read_role,)


def test_each_session_begins_as_the_first_did(either_target: Target) -> None:
    known = sql.SQL(
        """select current_user::text, current_setting('search_path'), current_setting('lock_timeout'),
                  current_setting('DateStyle'), current_setting('transaction_read_only'),
                  current_setting('dbaccess.rest', true) is distinct from 'something'"""
    )
    kept = cluster(either_target)
    with kept.session() as opened:
        first, pid = opened.row(known), backend(opened)
    with kept.session() as opened:
        opened.rows(
            sql.SQL("set role none; set search_path = public; set lock_timeout = 1; set datestyle = sql")
        )
        opened.rows(sql.SQL("set default_transaction_read_only = on; set dbaccess.rest = 'something'"))
        opened.commit()
        opened.rows(sql.SQL("select set_config('dbaccess.rest', 'something', false)"))
    with kept.session() as opened:
        assert backend(opened) == pid
        assert opened.row(known) == first


def test_session_that_failed_is_kept_once_it_is_rolled_back(either_target: Target) -> None:
    kept = cluster(either_target)
    with kept.session() as opened:
        pid = backend(opened)
        with pytest.raises(TargetFailure, match="22012"):
            opened.rows(sql.SQL("select 1 / 0"))
    with kept.session() as opened:
        assert backend(opened) == pid


def test_connection_whose_state_is_unknown_is_closed(either_target: Target) -> None:
    """The answer is still to come: the next session would take it for its own."""
    kept = cluster(either_target, answer=0.3)
    with kept.session() as opened:
        pid = backend(opened)
        with pytest.raises(TargetFailure, match="no_answer"):
            opened.rows(sql.SQL("select pg_sleep(5)"))
    with kept.session() as opened:
        assert backend(opened) != pid


def test_threads_never_share_a_connection_and_a_few_are_kept(either_target: Target) -> None:
    kept, together = cluster(either_target), Barrier(6)

    def work(_: int) -> int:
        with kept.session() as opened:
            pid = backend(opened)
            together.wait(30)
            assert backend(opened) == pid
        return pid

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(work, range(6)))) == 6
    in_all = "select count(*) from pg_stat_activity where datname = %s"
    wait(lambda: either_target.look(in_all, either_target.worker.lock_database)[0][0] <= KEPT, 20)
    assert either_target.look(in_all, either_target.worker.lock_database) == [(KEPT,)]


def test_process_that_is_forked_leaves_its_parents_connections_alone(either_target: Target) -> None:
    kept = cluster(either_target)
    with kept.session() as opened:
        pid = backend(opened)
    context = multiprocessing.get_context("fork")
    ours, childs = context.Pipe()

    def child() -> None:
        with kept.session() as opened:
            childs.send(backend(opened))

    process = context.Process(target=child)
    process.start()
    assert ours.poll(30)
    assert ours.recv() != pid
    process.join(30)
    assert process.exitcode == 0
    with kept.session() as opened:
        assert backend(opened) == pid


def test_old_connection_is_replaced_where_there_can_be_a_new_one(
    either_target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name in the URL may lead to another server now."""
    kept = cluster(either_target)
    with kept.session() as opened:
        first = backend(opened)
    monkeypatch.setattr("dbaccess.targets.postgresql.kept_connections.OLDEST_SECONDS", 0)
    with kept.session() as opened:
        second = backend(opened)
    assert second != first
    either_target.dba("alter role {login} connection limit 1", login=either_target.worker.login)
    tries: list[str] = []

    def counted(*where: Any, **how: Any) -> PatientConnection:
        tries.append("one")
        return connect(*where, **how)

    monkeypatch.setattr("dbaccess.targets.postgresql.cluster.connect", counted)
    for _ in range(3):
        with kept.session() as opened:
            assert backend(opened) == second
    assert tries == ["one"]


def test_connection_is_closed_where_its_name_leads_to_another_server(
    either_target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a fail-over the server before it may answer still: an end there would be none."""
    addresses = {"primary.test": "127.0.0.1"}
    look_up = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *how, **more: look_up(addresses.get(host, host), *how, **more)
    )
    monkeypatch.setattr(host_addresses, "FRESH", 0)
    url = either_target.worker.url.get_secret_value().replace("@127.0.0.1:", "@primary.test:")
    kept = cluster(either_target, url=SecretStr(url))
    with kept.session() as opened:
        first = backend(opened)
    with kept.session() as opened:
        assert backend(opened) == first
    addresses["primary.test"] = "127.0.0.9"  # nothing listens there
    with pytest.raises(TargetUnreachable), kept.session():
        pass
    addresses["primary.test"] = "127.0.0.1"
    with kept.session() as opened:
        assert backend(opened) != first


def entries(opened: Session) -> int:
    query = "select count(*) from pg_lock_status() where pid = pg_backend_pid() and objsubid = 2"
    count: int = opened.row(sql.SQL(query))[0]
    return count


def test_old_connection_stays_where_the_new_one_has_less_room_for_locks(
    either_target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = cluster(either_target)
    with kept.session(ended=()) as opened:
        first = backend(opened)
        assert entries(opened) == MOST
    monkeypatch.setattr("dbaccess.targets.postgresql.kept_connections.OLDEST_SECONDS", 0)
    monkeypatch.setattr("dbaccess.targets.postgresql.lock_table.MOST", 0)
    with kept.session(ended=()) as opened:
        assert (backend(opened), entries(opened)) == (first, MOST)


def test_connection_that_fails_while_it_takes_room_is_unreachable(
    either_target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old one serves on, and no error of the driver gets out."""
    kept = cluster(either_target)
    with kept.session(ended=()) as opened:
        first = backend(opened)
    monkeypatch.setattr("dbaccess.targets.postgresql.kept_connections.OLDEST_SECONDS", 0)
    monkeypatch.setattr("dbaccess.targets.postgresql.cluster.hold_entries", fail)
    with kept.session(ended=()) as opened:
        assert backend(opened) == first
    with pytest.raises(TargetUnreachable, match="57014"), cluster(either_target).session(ended=()):
        pass


def fail(_: psycopg.Connection) -> None:
    raise psycopg.errors.QueryCanceled
