"""The driver's grant and revoke, beside the same SQL in a plain psycopg loop."""

import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bench.figures import Figure
from bench.trace import Trace, recording
from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.ports import TargetDriver
from tests.contract.postgresql.least_privilege import WorkerAccess
from tests.engines.postgresql import postgres_targets

_numbers = itertools.count(1)


def measure(access: WorkerAccess, *, rounds: int, progress: Callable[[str], None]) -> list[Figure]:
    """One grant and one revoke at a time, ours and the plain loop's in turn."""
    driver = postgres_targets({"main": access.url}, access.installation).driver("main")
    first = _recipe(access)
    with recording() as granting:
        made = _provision(driver, first)
    with recording() as revoking:
        _revoke(driver, made)
    url = access.url.get_secret_value()
    ours: tuple[list[float], list[float]] = ([], [])
    plain: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        recipe = _recipe(access)
        started = time.perf_counter()
        made = _provision(driver, recipe)
        ours[0].append(time.perf_counter() - started)
        started = time.perf_counter()
        _revoke(driver, made)
        ours[1].append(time.perf_counter() - started)
        other = _recipe(access)
        names = {first.login: other.login, first.tag: other.tag}
        for trace, kept in ((granting, plain[0]), (revoking, plain[1])):
            kept.append(_replay(trace, url, names))
        if number % 50 == 0:
            progress(f"driver: {number} of {rounds}")
    beside = "the same SQL, plain psycopg"
    return [
        Figure(name="driver: grant", seconds=ours[0], beside=beside, beside_seconds=plain[0]),
        Figure(name="driver: revoke", seconds=ours[1], beside=beside, beside_seconds=plain[1]),
    ]


def _replay(trace: Trace, url: str, names: dict[str, str]) -> float:
    started = time.perf_counter()
    trace.replay(url, names)
    return time.perf_counter() - started


def _provision(driver: TargetDriver, recipe: Recipe) -> Recipe:
    valid_until = datetime.now(UTC) + timedelta(hours=1)
    made = driver.provision(recipe, valid_until=valid_until, fence=lambda: None)
    return replace(recipe, login_identity=made.login_identity)


def _revoke(driver: TargetDriver, recipe: Recipe) -> None:
    (outcome,) = driver.revoke([recipe], elsewhere=lambda _: {}, log=ProgressLog())
    if isinstance(outcome, TargetFailure):
        raise outcome


def _recipe(access: WorkerAccess) -> Recipe:
    number = next(_numbers)
    return Recipe(
        grant_id=GrantId(number),
        cluster="main",
        cluster_identity="",
        database=access.database.name,
        login_kind="ephemeral",
        login=f"jit_{access.installation}_bench_{secrets.token_hex(3)}",
        login_identity=None,
        tag=f"dbaccess:{access.installation}:grant:{number:09}",
        roles=(access.database.read_role,),
        act_as=None,
        standing=(),
    )
