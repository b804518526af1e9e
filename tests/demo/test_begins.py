"""The demo's command line before it answers: a stop or a kill half-way, and ports that are taken.

These tests come first: the demo of the other files starts after them, in the same place.
"""

import signal
import socket
from collections.abc import Callable

from demo.ports import port_for
from sandbox.waiting import PATIENCE
from tests.acceptance.stack import wait
from tests.demo.running import Demo, alive


def test_a_start_that_is_stopped_or_killed_half_way_leaves_nothing_in_the_way(
    start: Callable[..., Demo],
) -> None:
    """The fixture `demo` starts in the same place, and finds all of its data to be made."""
    for made, number in (
        ("Making a PostgreSQL 18 cluster: control", signal.SIGINT),
        ("PostgreSQL answers: control", signal.SIGTERM),
    ):
        stopped = start()
        wait(lambda made=made, stopped=stopped: made in stopped.words())  # type: ignore[misc]
        before = stopped.descendants()
        stopped.press_ctrl_c(number)
        stopped.press_ctrl_c(number)
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
