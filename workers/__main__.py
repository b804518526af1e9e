"""`python -m workers`: the supervisor, or with `--part` one of its processes."""

import argparse
import sys
from functools import partial

import structlog

from dbaccess.domain.errors import DbaccessError
from dbaccess.log import configure_logging, describe
from dbaccess.reload_at_sighup import ReloadSignal, keep_policy
from dbaccess.settings import SettingsError, WorkerSettings
from workers.active_policy import ActivePolicy
from workers.part_processes import PARTS, WITH_POLICY
from workers.start import check_other_hosts, check_surroundings
from workers.supervisor import Supervisor
from workers.wiring import become, build

log = structlog.get_logger()


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; return 2 for a wrong environment or configuration."""
    options = _parser().parse_args(arguments)
    configure_logging()
    reload_signal = ReloadSignal()
    try:
        active_policy = ActivePolicy.begin(WorkerSettings.load())
        check_surroundings(active_policy.settings)
        check_other_hosts(active_policy.settings, active_policy.policy)
    except (SettingsError, DbaccessError) as error:
        return _refuse(error)
    if options.part is not None:
        return _run_part(active_policy, options.part)
    wanted = [part for part in PARTS if part not in options.without]
    if active_policy.settings.metrics_port is None:
        wanted = [part for part in wanted if part != "metrics"]
    Supervisor(wanted, partial(_run_part, active_policy), reload_signal, active_policy.read_again).run()
    return 0


def _run_part(active_policy: ActivePolicy, part: str) -> int:
    """Run until SIGTERM or SIGINT; return 2 if it cannot begin. `active_policy` is this process's own."""
    structlog.contextvars.bind_contextvars(part=part)
    reload_signal = ReloadSignal()
    try:
        if part in WITH_POLICY:
            wiring = build(active_policy)
            become(wiring)
            wiring.confirm()
            keep_policy(
                part, reload_signal, reload=wiring.reload, report=wiring.report, refused=active_policy.refused
            )
        PARTS[part](active_policy.settings)
    except (SettingsError, DbaccessError) as error:
        return _refuse(error)
    except Exception as error:  # noqa: BLE001 the process of one part: its supervisor starts another
        log.error("part failed", **describe(error))  # noqa: TRY400 its text could quote a URL
        return 1
    return 0


def _refuse(error: Exception) -> int:
    sys.stderr.write(f"{error}\n")
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m workers",
        description="Grants and revokes roles on the targets, and keeps Slack true to that. "
        "Settings come from the environment; see docs/reference/settings.md.",
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
