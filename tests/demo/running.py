"""A demo that runs, as its command line starts it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.servers.account import server_account
from demo.servers.scratch import scratch_directory
from sandbox.waiting import PATIENCE
from tests.acceptance.stack import wait
from tests.demo.test_demo import patient

ROOT = Path(__file__).parents[2]


@contextmanager
def running_demo(output: Path) -> Iterator[str]:
    """Yield its address; it has ended without a complaint afterwards."""
    with scratch_directory(server_account()) as home, output.open("wb") as file:
        demo = subprocess.Popen(
            [sys.executable, "-m", "demo", "--home", str(home / "demo")],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=file,
            stderr=subprocess.STDOUT,
        )

        def opened() -> str | None:
            assert demo.poll() is None, output.read_text()
            found = re.search(r"Open\s+(http://127\.0\.0\.1:\d+)", output.read_text())
            return found[1] if found else None

        try:
            address = wait(opened)
            patient(home / "demo")
            yield address
        finally:
            demo.send_signal(signal.SIGTERM)
            assert demo.wait(PATIENCE) == 0, output.read_text()
            assert "Traceback" not in output.read_text()
