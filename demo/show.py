"""Starts everything, serves the page until the demo is stopped, and stops everything."""

import sys
from contextlib import ExitStack
from pathlib import Path

import psycopg

from demo.panel.app import build
from demo.panel.serve import serving
from demo.place import RunsAlready, place, taken
from demo.ports import is_free, listening, port_for
from demo.progress import Progress, say
from demo.servers.account import server_account
from demo.servers.postgres_binaries import BinariesMissing
from demo.servers.process import ServerFailed
from demo.stage import Stage
from demo.stop import Stop, Stopped

PORT = 8730
_TOO_SOON = "Stopped before all of it was there"
TRY = """
  Open      {address}

  1. As Maya, in #db-approvals, type
       /dbaccess orders-prod read 2m orders stuck in paid since 02:40
  2. As Priya, a DBA, press Approve.
  3. As Maya again, press Show credentials in the message from dbaccess, connect at the right,
     look at the stuck orders, and watch the session end with the two minutes.

  Ctrl-C stops everything. Files: {home}
"""


class PortTaken(Exception):
    """The port that was asked for is in use."""


def show(port: int | None, home: Path | None, stop: Stop) -> int:
    """Return the exit code of the demo; nothing of it runs afterwards."""
    progress = Progress()
    try:
        _run(port, home, stop, progress)
    except Stopped:
        progress.step(_TOO_SOON)
    except (RunsAlready, PortTaken, PermissionError, BinariesMissing) as refused:
        return _complain(str(refused), 2)
    except (ServerFailed, RuntimeError, psycopg.Error) as failure:
        if stop.told:  # a terminal's Ctrl-C reaches initdb and others too: what they say of it is no failure
            progress.step(_TOO_SOON)
            return 0
        return _complain(f"The demo stopped: {_why(failure)}", 1)
    return 0


def _run(port: int | None, home: Path | None, stop: Stop, progress: Progress) -> None:
    account = server_account()
    home = home or place(account)
    home.mkdir(parents=True, exist_ok=True)
    with taken(home), ExitStack() as stack:
        if port is not None and not is_free(port):
            raise PortTaken(f"Port {port} is taken: choose another with --port.")
        stage = Stage(home, account, progress, stack, stop)
        stage.set_up()
        listener = stack.enter_context(listening(port or port_for(PORT)))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        stack.enter_context(serving(build(stage.panel()), listener))
        (home / "address").write_text(address)
        say(TRY.format(address=address, home=home))
        stage.prepare_next()
        while not stop.wait(0.5):
            stage.check()
        progress.begin("Stopping")
    say(", stopped.\n")


def _why(failure: Exception) -> str:
    if isinstance(failure, psycopg.Error):
        first = str(failure).partition("\n")[0]
        return f"{first}. To begin anew, delete the folder of the demo's files."
    return str(failure)


def _complain(text: str, code: int) -> int:
    sys.stderr.write(f"{text}\n")
    return code
