"""Readiness of this bot, for a load balancer."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import structlog

from bot.deps import Deps
from bot.reloadable_app import ReloadableApp
from dbaccess.domain.errors import DirectoryTooOld
from dbaccess.log import describe
from dbaccess.operations.identity import check_fresh

log = structlog.get_logger()

ANSWER_WITHIN = 2.0
"""Seconds after which a silent control database counts as gone."""

Checks = dict[str, str]
OK = "ok"


@dataclass(slots=True)
class Readiness:
    """Runs one check at a time, on its own thread, so that many callers or a silent database cost no more."""

    face: ReloadableApp
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="ready")
    )
    _look: "asyncio.Future[Checks] | None" = None

    async def checks(self) -> Checks:
        """Return each check by name: `ok`, or a few words on the problem, without the text of an error."""
        if self._look is None or self._look.done():
            self._look = asyncio.get_running_loop().run_in_executor(self._thread, _look, self.face.deps)
        try:
            return await asyncio.wait_for(asyncio.shield(self._look), ANSWER_WITHIN)
        except TimeoutError:
            return _checks(database="no answer", people="unknown")


def _look(deps: Deps) -> Checks:
    try:
        with deps.begin() as uow:
            check_fresh(uow, deps.policy, deps.workspace)
    except DirectoryTooOld:
        return _checks(people="not read from Slack lately")
    except Exception as error:  # noqa: BLE001 whatever it is, the answer is no
        log.warning("not ready", **describe(error))
        return _checks(database="no answer", people="unknown")
    return _checks()


def _checks(*, database: str = OK, people: str = OK) -> Checks:
    # A bot without a policy does not start, so here it is loaded.
    return {"database": database, "policy": OK, "people": people}
