"""The demo as its command line starts it: it answers, it ends, and nothing of it is left.

These tests come last: they kill the demo that the other files use.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg

from sandbox.client import Sandbox, View, plain
from sandbox.waiting import PATIENCE
from tests.acceptance.stack import wait, wait_message
from tests.demo.page_in_use import page_in_use
from tests.demo.running import ROOT, Demo, alive


def test_it_serves_requests_starts_again_after_a_kill_and_stops_with_ctrl_c(
    demo: Demo, start: Callable[..., Demo], home: Path
) -> None:
    assert items_ordered(home) >= 50_000

    second = start()
    assert second.process.wait(PATIENCE) == 2
    assert "The demo runs already: http://127.0.0.1:" in second.words()

    requested_by_an_engineer(demo.sandbox())
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
        again.press_ctrl_c(signal.SIGTERM)
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
    wait_message(maya.direct_messages, "Active: read on orders-prod", "Ends ")
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


def maya_hears(demo: Demo) -> str:
    maya = demo.sandbox().person("U0MAYA")
    result = maya.command("/dbaccess", "list", channel="C0APPROVALS")
    assert result.error is None
    shown = next(m for m in maya.ephemerals("C0APPROVALS") if m.ts == result.ts)
    return plain(shown).split(" /dbaccess")[0].strip()
