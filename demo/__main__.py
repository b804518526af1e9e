"""`make demo`: all of dbaccess on this machine, to play with in a browser, until Ctrl-C."""

import argparse
import sys
from pathlib import Path

from demo.stop import Stop


def main(arguments: list[str] | None = None) -> int:
    """Run; return 0 after Ctrl-C or SIGTERM, 1 after a failure, 2 if it cannot be started like this."""
    options = _parser().parse_args(arguments)
    stop = Stop()
    # Only now: this import takes a second or more, and Ctrl-C must be heard in it too.
    from demo.show import show

    return show(options.port, options.home, stop)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--port", type=int, help="where to listen (default: 8730, or another if it is taken)")
    parser.add_argument("--home", type=Path, help="where to keep its files (default: .run/demo)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
