"""Twenty clusters end a grant each, with and without one that is silent."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
from psycopg import sql

from bench.crowd import make_crowd
from bench.faults.proxies import Mode, Proxies
from bench.figures import Figure
from bench.servers import Servers
from dbaccess.domain.people import SlackId
from dbaccess.policy_file import load_policy
from tests.acceptance import talk
from tests.acceptance.config import HEAD, RULES, TARGET
from tests.acceptance.stack import Stack

CLUSTERS = 20
GRANTS = 5
"""On each cluster, one after the other."""
AHEAD = 12.0
LINK = "stuck"
_ENDED = "select extract(epoch from ended_at - expires_at) from grants where id = any(%s) and state = 'ended'"


def configure(serving: Servers, config: Path) -> None:
    """Each cluster is the same server by another way; only the first way can fall silent."""
    database = serving.access.database
    with psycopg.connect(database.superuser_url, autocommit=True) as dba:
        # The workers keep connections to each of the twenty, by one login that has 30 for one server.
        dba.execute(sql.SQL("alter role {} connection limit -1").format(sql.Identifier(serving.access.login)))
    text = HEAD.replace("{installation}", serving.access.installation)
    text += "".join(f'\n[clusters.c{number}]\ndriver = "postgresql"\n' for number in range(1, CLUSTERS))
    names = {"database": database.name, "host": database.host, "port": database.port}
    names |= {"login": "ephemeral", "read": database.read_role}
    for number in range(CLUSTERS):
        target = TARGET.format(name=_name(number), **names)
        text += target.replace('cluster = "main"', f'cluster = "{_cluster(number)}"')
    config.write_text(text + RULES)


@contextmanager
def ways(serving: Servers, stack: Stack) -> Iterator[Proxies]:
    """The workers reach the first cluster through a proxy."""
    url = serving.access.url.get_secret_value()
    port = serving.access.database.port
    with Proxies({LINK: port}) as proxies:
        stack.cluster_url = url.replace(f":{port}/", f":{proxies.ports[LINK]}/")
        stack.of_workers |= {f"DBACCESS_CLUSTER_C{number}_URL": url for number in range(1, CLUSTERS)}
        yield proxies


def measure(
    stack: Stack,
    serving: Servers,
    proxies: Proxies,
    *,
    holders: Sequence[str],
    progress: Callable[[str], None],
) -> Figure:
    """First all are well, then one is silent; the others' ends are compared."""
    talk.until_ready(stack)
    well = _ends(stack, serving, holders, others_only=False)
    proxies.turn(LINK, Mode.SILENT)
    stuck = _ends(stack, serving, holders, others_only=True)
    proxies.turn(LINK, Mode.PASS)
    progress(
        f"stuck: p50 {statistics.median(stuck):.3f} s, without a stuck one {statistics.median(well):.3f} s"
    )
    return Figure(
        name=f"one of {CLUSTERS} targets stuck: the others' ends",
        seconds=stuck,
        beside="none stuck",
        beside_seconds=well,
        aim="ratio at most 1.2",
    )


def _ends(stack: Stack, serving: Servers, holders: Sequence[str], *, others_only: bool) -> list[float]:
    """Seconds from each end until it is in the ledger."""
    policy = load_policy(stack.config)
    ids: list[int] = []
    with psycopg.connect(stack.control.superuser_url, autocommit=True) as control:
        (now,) = control.execute("select now()").fetchall()[0]
        for number in range(CLUSTERS):
            crowd = make_crowd(
                stack.control,
                serving.access,
                policy,
                size=GRANTS,
                holders=[SlackId(holder) for holder in holders],
                expires_at=now + timedelta(seconds=AHEAD + number / CLUSTERS),
                target=_name(number),
                apart=timedelta(seconds=1),
            )
            if number or not others_only:
                ids += [grant.id for grant in crowd.grants]
        until = time.monotonic() + AHEAD + GRANTS + 60
        while len(found := control.execute(_ENDED, [ids]).fetchall()) < len(ids):
            if time.monotonic() > until:
                raise AssertionError(f"{len(ids) - len(found)} grants of other targets have not ended")
            time.sleep(0.2)
    return [float(seconds) for (seconds,) in found]


def _cluster(number: int) -> str:
    return f"c{number}" if number else "main"


def _name(number: int) -> str:
    return f"orders-{number}"
