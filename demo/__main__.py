"""`make demo`: all of dbaccess on this machine, to play with in a browser, until Ctrl-C."""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

import psycopg

from demo.panel.app import build
from demo.panel.serve import serving
from demo.place import RunsAlready, place, taken
from demo.ports import is_free, listening, port_for
from demo.progress import Progress
from demo.servers.account import server_account
from demo.servers.postgres_binaries import BinariesMissing
from demo.servers.process import ServerFailed
from demo.stage import Stage, Stopped
from demo.stop import Stop

PORT = 8730
TRY = """
  Open      {address}

  1. As Maya, in #db-approvals, type
       /dbaccess orders-prod read 2m orders stuck in paid since 02:40
  2. As Priya, a DBA, press Approve.
  3. As Maya again, press Show credentials in the message from dbaccess, connect at the right,
     look at the stuck orders, and watch the session end with the two minutes.

  Ctrl-C stops everything. Files: {home}
"""


def main(arguments: list[str] | None = None) -> int:
    """Run; return 0 after Ctrl-C or SIGTERM, 1 after a failure, 2 if it cannot be started like this."""
    options = _parser().parse_args(arguments)
    stop = Stop()
    progress = Progress()
    account = server_account()
    try:
        home = options.home or place(account)
        home.mkdir(parents=True, exist_ok=True)
        with taken(home), ExitStack() as stack:
            if options.port is not None and not is_free(options.port):
                return _refuse(f"Port {options.port} is taken: choose another with --port.")
            stage = Stage(home, account, progress, stack, stop)
            stage.set_up()
            listener = stack.enter_context(listening(options.port or port_for(PORT)))
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            stack.enter_context(serving(build(stage.panel()), listener))
            (home / "address").write_text(address)
            sys.stdout.write(TRY.format(address=address, home=home))
            sys.stdout.flush()
            stage.prepare_next()
            while not stop.wait(0.5):
                stage.check()
            progress.step("Stopping")
        progress.step("Stopped")
    except Stopped:
        progress.step("Stopped before all of it was there")
    except (RunsAlready, PermissionError, BinariesMissing) as refused:
        return _refuse(str(refused))
    except (ServerFailed, RuntimeError) as failure:
        sys.stderr.write(f"The demo stopped: {failure}\n")
        return 1
    except psycopg.Error as failure:
        why = str(failure).partition("\n")[0]
        sys.stderr.write(f"The demo stopped: {why}. To begin anew, delete {home}\n")
        return 1
    return 0


def _refuse(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument(
        "--port", type=int, help=f"where to listen (default: {PORT}, or another if it is taken)"
    )
    parser.add_argument("--home", type=Path, help="where to keep its files (default: .run/demo)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
