"""The removal of standing access that an access review answered with remove."""

from dataclasses import replace
from typing import Any, Final

from dbaccess.domain.access_review import ItemKind, ReviewItem
from dbaccess.domain.access_review_campaign import Answer, CampaignId, CampaignItem, Removal
from dbaccess.domain.errors import (
    AlreadyDecided,
    DirectoryTooOld,
    NotEligible,
    TargetFailure,
    TargetUnreachable,
)
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.failures import ADMINISTRATOR, BEYOND_RIGHTS, DEPENDENT, PATH_CHANGED, SUPERUSER
from dbaccess.domain.policy import Policy
from dbaccess.domain.standing_access import How, StandingRole
from dbaccess.operations.access_reviews.owners import check_answer
from dbaccess.operations.clusters.observe import check_observe_mode, observing
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.identity import Workspace
from dbaccess.ports import TargetDriver, UnitOfWork, UnitOfWorkFactory

MOST: Final = 20
"""Removals of one cluster in one round."""

ANSWER_CHANGED: Final = "answer_changed"
"""The note of a removal that was refused because the answer is another one by then."""

ANSWER_VOID: Final = "answer_void"
"""The note of a removal that was refused because the person who answered no longer owns the group."""

FINAL_CODES: Final = frozenset(
    {PATH_CHANGED, SUPERUSER, BEYOND_RIGHTS, DEPENDENT, ADMINISTRATOR, "other_cluster"}
)
"""Refusals that another attempt does not change; every other failure is tried again."""


def removable(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, campaign_id: CampaignId, number: int
) -> tuple[CampaignItem, StandingRole]:
    """Return the item and the role; raises `AlreadyDecided` unless it stands and its answer is remove.

    For an answer from Slack it raises as `check_answer` does.
    """
    item = uow.access_reviews.item(campaign_id, number)
    if item.about.kind is not ItemKind.STANDING:
        raise AlreadyDecided(f"{item.label} is no standing access. Change the group or the rule instead.")
    if item.answer is not Answer.REMOVE:
        raise AlreadyDecided(f"The answer to {item.label} is not remove. Answer it first.")
    check_answer(uow, policy, workspace, item)
    return item, standing_of(item.about)


def request_removal(
    begin: UnitOfWorkFactory,
    *,
    actor: str,
    policy: Policy,
    workspace: Workspace,
    campaign_id: CampaignId,
    number: int,
) -> CampaignItem:
    """Return the item, which a worker removes as far as its rights reach; asking again changes nothing.

    A refused removal may be requested again. Raises as `removable` does.
    """
    with begin() as uow:
        uow.access_reviews.lock(campaign_id)
        item, _ = removable(uow, policy, workspace, campaign_id, number)
        if item.removal not in {None, Removal.REFUSED}:
            return item
        item = replace(item, removal=Removal.WANTED, removal_note="")
        uow.access_reviews.save_item(item)
        uow.record(_event(item, EventKind.STANDING_REMOVAL_REQUESTED, actor))
        uow.commit()
    return item


def remove_standing_access(context: WorkerContext, cluster: str) -> None:
    """Remove what operators asked for on the cluster, and read it back; the intent is recorded first.

    A cluster that does not answer is tried again, and so is a removal that fails otherwise, which keeps no
    other one waiting. Raises the first `TargetFailure`.
    """
    with context.begin() as uow:
        waiting = uow.access_reviews.to_remove(cluster, limit=MOST)
    if not waiting:
        return
    check_observe_mode(context, cluster)
    with context.begin() as uow:
        if observing(context, uow):
            return  # nothing is changed while the control database may be an old copy
    failures: list[TargetFailure] = []
    for item in waiting:
        try:
            _remove(context, cluster, item)
        except TargetUnreachable:
            raise  # each further one would wait as long
        except TargetFailure as failure:
            failures.append(failure)
    if failures:
        raise failures[0]


def standing_of(about: ReviewItem) -> StandingRole:
    return StandingRole(
        login_identity=about.login_identity or "",
        login=about.login or "",
        role_identity=about.role_identity or "",
        role=about.role or "",
        path=about.path or (),
        is_usable=bool(about.usable),
        how=How(about.how or How.MEMBER),
        database=about.database or "",
    )


def _remove(context: WorkerContext, cluster: str, item: CampaignItem) -> None:
    before = _begin(context, item)
    if before not in {Removal.WANTED, Removal.STARTED}:
        return
    driver, standing, server = context.targets.driver(cluster), standing_of(item.about), item.about.server
    try:
        left = driver.take_standing(standing, server=server or "")
    except TargetFailure as failure:
        if failure.code not in FINAL_CODES:
            raise
        # A worker that died before it recorded the end had removed it.
        is_mine = before is Removal.STARTED and failure.code == PATH_CHANGED
        if not (is_mine and _is_gone(driver, standing, server)):
            _finish(context, item, Removal.REFUSED, failure.code, {"code": failure.code})
            return
        left = None
    path = " → ".join(left.path) if left else ""
    _finish(context, item, Removal.DONE, path, {"left": list(left.path) if left else None})


def _is_gone(driver: TargetDriver, standing: StandingRole, server: str | None) -> bool:
    read = driver.standing_access([standing.role])
    return read.server == server and all(one.key != standing.key for one in read.roles)


def _begin(context: WorkerContext, item: CampaignItem) -> Removal | None:
    """Record the intent once; return the state of the removal before.

    An answer that is no longer remove refuses it: what an operator asked for may have been changed since. So
    does one of a person who does not own the group: a compromised bot could have recorded it.
    """
    with context.begin() as uow:
        uow.access_reviews.lock(item.campaign_id)
        now = uow.access_reviews.item(item.campaign_id, item.number)
        if now.removal is not Removal.WANTED:
            return now.removal
        try:
            why = _objection(context, uow, now)
        except DirectoryTooOld:
            return None  # the next round looks again
        if why is not None:
            refused = replace(now, removal=Removal.REFUSED, removal_note=why)
            uow.access_reviews.save_item(refused)
            more = {"code": why}
            uow.record(_event(now, EventKind.STANDING_NOT_REMOVED, BY_WORKER, more))
            uow.commit()
            return Removal.REFUSED
        uow.access_reviews.save_item(replace(now, removal=Removal.STARTED))
        uow.record(_event(now, EventKind.STANDING_REMOVAL_STARTED, BY_WORKER))
        uow.commit()
    return now.removal


def _objection(context: WorkerContext, uow: UnitOfWork, item: CampaignItem) -> str | None:
    """Return the code of what the answer lacks now, by the worker's own policy; raises `DirectoryTooOld`."""
    if item.answer is not Answer.REMOVE:
        return ANSWER_CHANGED
    if item.answered_slack_id is not None and not context.gives:
        raise DirectoryTooOld("Without a valid policy no group has an owner.")
    try:
        check_answer(uow, context.policy, context.workspace, item)
    except NotEligible:
        return ANSWER_VOID
    return None


def _finish(
    context: WorkerContext, item: CampaignItem, removal: Removal, note: str, more: dict[str, Any]
) -> None:
    kind = EventKind.STANDING_REMOVED if removal is Removal.DONE else EventKind.STANDING_NOT_REMOVED
    with context.begin() as uow:
        uow.access_reviews.lock(item.campaign_id)
        now = uow.access_reviews.item(item.campaign_id, item.number)
        if now.removal is not Removal.STARTED:
            return  # another worker has recorded its end
        uow.access_reviews.save_item(replace(now, removal=removal, removal_note=note))
        uow.record(_event(now, kind, BY_WORKER, more))
        uow.commit()


def _event(item: CampaignItem, kind: EventKind, actor: str, more: dict[str, Any] | None = None) -> Event:
    about = item.about
    data = {
        "review": f"AR-{item.campaign_id}",
        "item": item.number,
        "cluster": about.cluster,
        "server": about.server,
        "login": about.login,
        "login_identity": about.login_identity,
        "role": about.role,
        "role_identity": about.role_identity,
        "path": list(about.path or ()),
    }
    return Event(kind=kind, actor=actor, data=data | (more or {}))
