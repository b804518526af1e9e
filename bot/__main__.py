"""`python -m bot`: the app over Socket Mode, until SIGTERM or SIGINT."""

import argparse
import signal
import sys
import threading

import structlog

from bot.wiring import build, connect
from dbaccess.domain.errors import DbaccessError
from dbaccess.log import configure_logging
from dbaccess.settings import BotSettings, SettingsError

log = structlog.get_logger()


def main(arguments: list[str] | None = None) -> int:
    """2 where the environment or the configuration is not right, with one clear line."""
    argparse.ArgumentParser(
        prog="python -m bot",
        description="The Slack face of dbaccess, over Socket Mode. Settings come from the environment; "
        "see docs/operating.md.",
    ).parse_args(arguments)
    configure_logging()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    try:
        settings = BotSettings.load()
        handler = connect(build(settings), settings)
        handler.connect()  # type: ignore[no-untyped-call]
    except (SettingsError, DbaccessError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    log.info("connected to Slack")
    stop.wait()
    handler.close()  # type: ignore[no-untyped-call]
    return 0


if __name__ == "__main__":
    sys.exit(main())
