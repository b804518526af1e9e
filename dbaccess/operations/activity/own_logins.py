"""People's own logins: the capture of a grant ends when the target stops to log its login."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import structlog

from dbaccess.domain.coverage import CaptureLevel, GrantCoverage
from dbaccess.domain.grant import GrantId, GrantState
from dbaccess.domain.target import Target
from dbaccess.operations.batches import each
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.message_updates import schedule_grant_update

log = structlog.get_logger()


def note_unlogged(context: WorkerContext, of: Target, unlogged: Mapping[str, str]) -> None:
    """Record with each open grant of the target that its login is no longer logged, and when that was seen.

    It never holds again for that grant: what it ran meanwhile stays unknown.
    """
    lost = {login for login, why in unlogged.items() if why}
    if not lost:
        return
    with context.begin() as uow:
        held = uow.grants.open_with(of.cluster, lost, but=GrantState.REVOKING)
        found = {
            grant.id: grant.recipe.login
            for grant in held
            if grant.target == of.name and grant.recipe is not None
        }
        known = uow.activity.coverages_of(list(found))
    each(
        [grant_id for grant_id in found if known[grant_id].level is not CaptureLevel.NONE],
        partial(_note, context, {grant_id: unlogged[login] for grant_id, login in found.items()}),
        what="note of an unlogged login",
        check=context.check_records,
    )


def _note(context: WorkerContext, why: Mapping[GrantId, str], grant_id: GrantId) -> None:
    with context.begin() as uow:
        grant = uow.grants.lock(grant_id)
        before = uow.activity.coverage_of(grant_id)
        if grant.recipe is None or before.level is CaptureLevel.NONE:
            return
        of_login = uow.activity.logins(grant.cluster, [grant.recipe.login])
        mode = next(one.mode for one in of_login if one.grant_id == grant_id)
        seen = f"{why[grant_id]}, seen {uow.now:%Y-%m-%d %H:%M} UTC"
        lost = replace(before, level=CaptureLevel.NONE, why=seen)
        uow.activity.cover(GrantCoverage(grant_id=grant_id, coverage=lost, mode=mode))
        schedule_grant_update(uow, grant)
        uow.commit()
    log.warning("capture lost", target=grant.target, grant=grant.label, why=why[grant_id])
