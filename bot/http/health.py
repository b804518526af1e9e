"""Whether this bot can do its work now: what a load balancer asks."""

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
"""Seconds until a control database that is silent counts as gone."""

Checks = dict[str, str]
OK = "ok"


@dataclass(slots=True)
class Readiness:
    """One look at a time, on a thread of its own: many askers or a silent database cost no more than that."""

    face: ReloadableApp
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="ready")
    )
    _look: "asyncio.Future[Checks] | None" = None

    async def checks(self) -> Checks:
        """Each check by name: `ok`, or in a few words what is wrong; no text of an error."""
        if self._look is None or self._look.done():
            self._look = asyncio.get_running_loop().run_in_executor(self._thread, _look, self.face.deps)
        try:
            return await asyncio.wait_for(asyncio.shield(self._look), ANSWER_WITHIN)
        except TimeoutError:
            return _checks(database="no answer", people="unknown")

    def close(self) -> None:
        """Waits for nobody."""
        self._thread.shutdown(wait=False, cancel_futures=True)


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
    # A bot without a policy does not start, so where this is asked it is loaded.
    return {"database": database, "policy": OK, "people": people}
