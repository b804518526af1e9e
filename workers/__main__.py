"""`python -m workers`: the supervisor, or with `--part` one of its processes."""

import argparse
import sys

import structlog

from dbaccess.domain.errors import DbaccessError
from dbaccess.hangup import Hangup, keep_policy
from dbaccess.log import configure_logging
from dbaccess.settings import SettingsError, WorkerSettings
from workers.parts import PARTS, WITH_POLICY
from workers.supervisor import Supervisor
from workers.wiring import check, of_this_process


def main(arguments: list[str] | None = None) -> int:
    """Runs until SIGTERM or SIGINT; 2 where the environment or the configuration is not right."""
    options = _parser().parse_args(arguments)
    configure_logging()
    if options.part is not None:
        return _run_part(options.part)
    hangup = Hangup()
    try:
        settings = WorkerSettings.load()
        check(settings)
    except (SettingsError, DbaccessError) as error:
        return _refuse(error)
    wanted = [part for part in PARTS if part not in options.without]
    if settings.metrics_port is None:
        wanted = [part for part in wanted if part != "metrics"]
    Supervisor(wanted, _run_part, hangup).run()
    return 0


def _run_part(part: str) -> int:
    """Until SIGTERM or SIGINT; 2 where it cannot begin."""
    structlog.contextvars.bind_contextvars(part=part)
    hangup = Hangup()
    try:
        settings, wiring = WorkerSettings.load(), of_this_process()
        if part in WITH_POLICY:
            keep_policy(part, hangup, reload=wiring.reload, report=wiring.report)
        PARTS[part](wiring, settings)
    except (SettingsError, DbaccessError) as error:
        return _refuse(error)
    return 0


def _refuse(error: Exception) -> int:
    sys.stderr.write(f"{error}\n")
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m workers",
        description="Grants and revokes roles on the targets, and keeps Slack true to that. "
        "Settings come from the environment; see docs/operating.md.",
    )
    parser.add_argument("--part", choices=PARTS, help="run this one process only, without a supervisor")
    parser.add_argument(
        "--without",
        choices=PARTS,
        action="append",
        default=[],
        help="leave this process out on this host, for example when another host runs it",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
