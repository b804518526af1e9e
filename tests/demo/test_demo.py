"""The demo as its command line starts it: it answers, it ends, and nothing of it is left."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from demo.ports import port_for
from demo.servers.account import server_account
from demo.servers.process_table import children_of
from demo.servers.scratch import scratch_directory
from sandbox.client import Sandbox, View, plain
from sandbox.waiting import PATIENCE
from tests.acceptance.stack import wait, wait_message
from tests.demo.page_in_use import page_in_use

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Demo:
    process: "subprocess.Popen[bytes]"
    output: Path
    home: Path

    def words(self) -> str:
        return self.output.read_text()

    def open_address(self) -> str:
        """The text that it prints once everything answers."""

        def printed() -> str | None:
            assert self.process.poll() is None, self.words()
            found = re.search(r"Open\s+(http://127\.0\.0\.1:\d+)", self.words())
            return found[1] if found else None

        return wait(printed)

    def sandbox(self) -> Sandbox:
        return patient(self.home)

    def press_ctrl_c(self, number: signal.Signals = signal.SIGINT) -> None:
        """As a terminal does it: every process of the group that it shows is told."""
        os.killpg(self.process.pid, number)

    def descendants(self) -> set[int]:
        found: set[int] = set()
        waiting = [self.process.pid]
        while waiting:
            for child in children_of(waiting.pop()):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        return found


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """One place for all starts, as a visitor has it."""
    with scratch_directory(server_account()) as path:
        yield path / "demo"


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    """Starts a demo there; whatever the test does, it is gone afterwards."""
    started: list[Demo] = []

    def run(*arguments: str) -> Demo:
        output = tmp_path / f"{len(started)}.out"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "demo", "--home", str(home), *arguments],
                cwd=ROOT,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.append(Demo(process, output, home))
        return started[-1]

    yield run
    for demo in started:
        if demo.process.poll() is None:
            demo.process.terminate()
        demo.process.wait(PATIENCE)


def test_a_start_that_is_stopped_or_killed_half_way_leaves_nothing_in_the_way(
    start: Callable[..., Demo],
) -> None:
    """The next test starts in the same place, and finds all of its data to be made."""
    for made in ("Making a PostgreSQL 18 cluster: control", "PostgreSQL answers: control"):
        stopped = start()
        wait(lambda made=made, stopped=stopped: made in stopped.words())  # type: ignore[misc]
        before = stopped.descendants()
        stopped.press_ctrl_c()
        stopped.press_ctrl_c()
        assert stopped.process.wait(PATIENCE) == 0, stopped.words()
        assert stopped.words().splitlines()[-1].endswith("Stopped before all of it was there")
        assert "Open" not in stopped.words()
        assert "Traceback" not in stopped.words()
        assert not alive(before)

    killed = start()
    wait(lambda: "PostgreSQL answers: target" in killed.words())  # the data are made next
    before = killed.descendants()
    killed.process.kill()
    killed.process.wait(PATIENCE)
    wait(lambda: not alive(before))


def test_it_serves_requests_starts_again_after_a_kill_and_stops_with_ctrl_c(
    start: Callable[..., Demo], home: Path
) -> None:
    demo = start()
    demo.open_address()
    assert items_ordered(home) >= 50_000

    second = start()
    assert second.process.wait(PATIENCE) == 2
    assert "The demo runs already: http://127.0.0.1:" in second.words()

    requested_by_an_engineer(demo.sandbox())
    read_on_call(demo.sandbox())
    requested_by_a_contractor(demo.sandbox())

    before = demo.descendants()
    assert len(before) > 10, "servers, sandbox, bot, workers and their parts"
    demo.process.kill()
    demo.process.wait(PATIENCE)
    wait(lambda: not alive(before))

    again = start()
    again.open_address()
    assert "rows made" not in again.words(), "the data are still there"
    wait(lambda: maya_hears(again) == "You hold nothing and wait for nothing.")
    read_on_call(again.sandbox())  # the grants of the last start are forgotten

    before = again.descendants()
    with page_in_use(again.open_address(), again.home):
        again.press_ctrl_c()
        again.press_ctrl_c()
        assert again.process.wait(PATIENCE) == 0
    assert not alive(before)
    assert not (again.home / "address").exists()
    assert re.search(r"^ *[\d.]+ s  Stopping, stopped\.$", again.words().splitlines()[-1]), again.words()
    for said in (again.words(), *(log.read_text() for log in (again.home / "logs").iterdir())):
        assert "Traceback" not in said


def test_closing_the_terminal_ends_it_without_a_complaint(home: Path) -> None:
    """The terminal takes no more words, and its processes are told that it is gone."""
    command = [sys.executable, "-m", "demo", "--home", str(home)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        assert demo.stdout.readline()
        before = Demo(demo, home, home).descendants()
        demo.stdout.close()
        os.killpg(demo.pid, signal.SIGHUP)
        assert demo.wait(PATIENCE) == 0
        assert demo.stderr.read() == b""
    assert not alive(before)


def test_a_port_that_is_taken_gives_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        assert port_for(taken) != taken
    assert port_for(taken) == taken


def test_a_port_that_was_asked_for_and_is_taken_is_told(start: Callable[..., Demo]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        demo = start("--port", str(port))
        assert demo.process.wait(PATIENCE) == 2
        assert f"Port {port} is taken" in demo.words()


def items_ordered(home: Path) -> int:
    """Counted with the account of the target's owner."""
    port = re.findall(r"port=(\d+)", (home / "dbaccess.toml").read_text())[0]
    password = (home / "target" / "superuser.password").read_text().strip()
    with psycopg.connect(f"postgresql://postgres:{password}@127.0.0.1:{port}/orders") as connection:
        (count,) = connection.execute("select count(*) from shop.order_items").fetchone() or (0,)
    return int(count)


def requested_by_an_engineer(sandbox: Sandbox) -> None:
    maya, priya = sandbox.person("U0MAYA"), sandbox.person("U0PRIYA")
    asked = maya.command("/dbaccess", "orders-prod read 40s orders stuck in paid", channel="C0APPROVALS")
    assert asked.error is None
    message = wait_message(lambda: priya.messages("C0APPROVALS"), "Waiting: Maya Lindqvist (U0MAYA)")
    assert priya.click(message, action_id="request.approve").sent
    wait_message(maya.direct_messages, "Active: ", "Ends ")
    assert "shop" in plain(message)


def read_on_call(sandbox: Sandbox) -> None:
    """No approval is asked of a person who is on call."""
    tom = sandbox.person("U0TOM")
    tom.command("/dbaccess", "orders-prod read 10m pager: checkout is slow", channel="C0APPROVALS")
    wait_message(tom.direct_messages, "Active: read on orders-prod")


def requested_by_a_contractor(sandbox: Sandbox) -> None:
    """Two tables and nothing else, by the form."""
    carla, lena = sandbox.person("U0CARLA"), sandbox.person("U0LENA")
    carla.command("/dbaccess", "", channel="C0APPROVALS")
    carla.choose(carla.wait_view(), "form.target", "orders-prod")
    carla.choose(carla.wait_view(shows("form.role")), "form.role", "catalog")
    form = carla.wait_view(shows("form.ticket"))
    carla.choose(form, "form.duration", "15m")
    carla.type(form, "form.reason", "prices look wrong")
    carla.type(form, "form.ticket", "OPS-4512")
    assert carla.submit(form).errors == {}
    message = wait_message(lambda: lena.messages("C0APPROVALS"), "Waiting: Carla Diaz")
    assert lena.click(message, action_id="request.approve").sent
    wait_message(carla.direct_messages, "Active: catalog on orders-prod")


def shows(action_id: str) -> Callable[[View], bool]:
    return lambda view: action_id in view.action_ids()


def patient(home: Path) -> Sandbox:
    """The demo's sandbox, which gives a busy machine more time than Slack gives an app."""
    sandbox = Sandbox((home / "sandbox.address").read_text())
    sandbox.limits(acknowledge_within=PATIENCE, trigger_within=PATIENCE)
    return sandbox


def maya_hears(demo: Demo) -> str:
    maya = demo.sandbox().person("U0MAYA")
    result = maya.command("/dbaccess", "list", channel="C0APPROVALS")
    assert result.error is None
    shown = next(m for m in maya.ephemerals("C0APPROVALS") if m.ts == result.ts)
    return plain(shown).split(" /dbaccess")[0].strip()


def alive(pids: set[int]) -> set[int]:
    """Those that still run; a zombie does not."""
    found = set()
    for pid in pids:
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            continue
        if state != "Z":
            found.add(pid)
    return found
