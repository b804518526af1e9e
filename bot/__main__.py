"""`python -m bot`: the app over Socket Mode or HTTP, until SIGTERM or SIGINT."""

import argparse
import os
import signal
import sys

import structlog

from bot.http.server import listen, serve
from bot.wiring import Wiring, build, build_http, build_socket
from dbaccess.domain.errors import DbaccessError
from dbaccess.domain.policy_in_use import BOT
from dbaccess.log import configure_logging
from dbaccess.reload_at_sighup import ReloadSignal, keep_policy
from dbaccess.settings import BotSettings, HttpMode, SettingsError, SocketMode
from dbaccess.signals import Signal

log = structlog.get_logger()

FINISH_WITHIN = 10.0
"""Seconds that listeners may go on after their ack when the bot stops."""


def main(arguments: list[str] | None = None) -> int:
    """Run until stopped; return 2, after one clear line, for a wrong environment or configuration."""
    argparse.ArgumentParser(
        prog="python -m bot",
        description="The Slack bot of dbaccess, over Socket Mode (SLACK_APP_TOKEN) or over HTTP "
        "(SLACK_SIGNING_SECRET and PORT). The settings of the environment: docs/reference/settings.md.",
    ).parse_args(arguments)
    configure_logging()
    reload_signal = ReloadSignal()
    try:
        settings = BotSettings.load()
        mode = settings.mode
        wiring = build(settings)
        keep_policy(BOT, reload_signal, reload=wiring.reload, report=wiring.report)
        if isinstance(mode, HttpMode):
            _over_http(wiring, mode)
        else:
            _over_sockets(wiring, settings, mode)
    except (SettingsError, DbaccessError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if not wiring.listeners.finish(FINISH_WITHIN):
        log.error("a listener did not end in time")
        os._exit(1)  # its thread would keep the process alive
    return 0


def _over_sockets(wiring: Wiring, settings: BotSettings, mode: SocketMode) -> None:
    stop = Signal(signal.SIGTERM, signal.SIGINT, once=True)
    handler = build_socket(wiring, settings, mode)
    handler.connect()  # type: ignore[no-untyped-call]
    log.info("connected to Slack")
    stop.wait()
    handler.close()  # type: ignore[no-untyped-call]


def _over_http(wiring: Wiring, mode: HttpMode) -> None:
    try:
        listener = listen(mode.host, mode.port)
    except OSError as error:
        why = str(error.strerror).partition(" (")[0]
        raise SettingsError(f"HOST and PORT: cannot listen there: {why}") from None
    stop = Signal(signal.SIGTERM, signal.SIGINT, once=True)
    log.info("listening for Slack", host=mode.host, port=mode.port)
    serve(build_http(wiring, mode), listener, stop)


if __name__ == "__main__":
    sys.exit(main())
