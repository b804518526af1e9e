"""The sweep: removal of our logins and memberships that no open grant accounts for."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.grant import Given, GrantId, Recipe
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.trial import is_running
from dbaccess.operations.clusters.observe import check_observe_mode, observing
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.message_updates import plan_notice
from dbaccess.operations.recipe import given_by_active_grants
from dbaccess.ports import GivenRole, TargetDriver

Login = tuple[str, str]
"""A login's name and tag."""


def sweep(context: WorkerContext, cluster: str) -> list[str]:
    """Return the orphaned logins that were removed, and the logins that lost orphaned roles.

    Raises `TargetFailure` if the cluster did not answer or something could not be removed. That is retried
    each time, recorded, and reported to the operators once.
    """
    check_observe_mode(context, cluster)
    with context.begin() as uow:
        if observing(context, uow):
            return []  # a login without a grant may belong to a grant of a newer control database
    driver = context.targets.driver(cluster)
    _tell_decoys(context, driver, cluster)
    # The cluster is read first: the control database had committed earlier all that the cluster shows.
    made, held = driver.made_logins(), driver.given_roles()
    with context.begin() as uow:
        known, now = uow.grants.logins_given(cluster, [login for login, _ in made]), uow.now
        given = uow.grants.given_on(cluster) if held else []
    # An operator's trial ends its login itself, within a minute.
    made = [(login, tag) for login, tag in made if not is_running(tag, now)]
    logins = _orphaned_logins(driver, made, known)
    roles = _orphaned_roles(driver, held, given)
    left: list[TargetFailure] = []
    gone = [login for login, tag in logins if _drop(context, driver, cluster, (login, tag), left)]
    gone += [several[0].login for several in roles if _take(context, driver, cluster, several, left)]
    if left:
        raise left[-1]
    return gone


def _orphaned_logins(driver: TargetDriver, made: Sequence[Login], known: set[str]) -> list[Login]:
    """Return logins that two reads both show: a login of a grant that ended in between is no orphan."""
    orphans = [(login, tag) for login, tag in made if login not in known]
    there = set(driver.made_logins()) if orphans else set()
    return [orphan for orphan in orphans if orphan in there]


def _orphaned_roles(
    driver: TargetDriver, held: Sequence[GivenRole], given: Sequence[Given]
) -> list[list[GivenRole]]:
    """Return orphaned roles by login, after two reads; grants begun meanwhile are checked under the lock."""
    grants: dict[tuple[str, str], list[Given]] = defaultdict(list)
    for grant in given:
        # A login goes by its name until its identity was read back.
        key = ("name", grant.login) if grant.login_identity is None else ("identity", grant.login_identity)
        grants[key].append(grant)
    orphans = [
        one
        for identity, several in _by_login(held).items()
        for one in _orphans_among(several, [*grants["identity", identity], *grants["name", several[0].login]])
    ]
    still = set(driver.given_roles()) if orphans else set()
    return list(_by_login(one for one in orphans if one in still).values())


def _by_login(given: Iterable[GivenRole]) -> dict[str, list[GivenRole]]:
    found: dict[str, list[GivenRole]] = defaultdict(list)
    for one in given:
        found[one.login_identity].append(one)
    return found


def _orphans_among(held: Sequence[GivenRole], grants: Sequence[Given]) -> list[GivenRole]:
    """Return the roles of one login that none of its open grants gives, by identity if recorded.

    Without a recorded identity, a role missing under its name may have been renamed. Then this login keeps
    its roles until that grant has ended.
    """
    identities = {identity for grant in grants for identity in grant.role_identities}
    names = {role for grant in grants if not grant.role_identities for role in grant.roles}
    if not names <= {one.role for one in held}:
        return []
    return [one for one in held if one.role_identity not in identities and one.role not in names]


def _drop(
    context: WorkerContext, driver: TargetDriver, cluster: str, found: Login, left: list[TargetFailure]
) -> bool:
    login, tag = found
    key = f"stray:{cluster}:{login}"
    _record(context, key, {"cluster": cluster, "login": login, "tag": tag})
    failure = _failure(lambda: driver.drop_orphan(login, tag))
    if failure is None:
        return True
    data = {"cluster": cluster, "login": login, "code": failure.code}
    _tell(context, NoticeKind.STRAY_LEFT, key, data)
    left.append(failure)
    return False


def _take(
    context: WorkerContext,
    driver: TargetDriver,
    cluster: str,
    found: list[GivenRole],
    left: list[TargetFailure],
) -> bool:
    """Remove the roles; report once a day, because each restore of a copy can bring a membership back."""
    roles = ", ".join(one.role for one in found)
    identities = ",".join(one.role_identity for one in found)
    with context.begin() as uow:
        key = f"role:{cluster}:{found[0].login_identity}:{identities}:{uow.now.date().isoformat()}"
    data = {"cluster": cluster, "login": found[0].login, "roles": roles}
    _record(context, key, data | {"login_identity": found[0].login_identity})
    failure = _failure(lambda: driver.take_roles(found, elsewhere=_held_elsewhere(context)))
    code = failure.code if failure else ""
    _tell(context, NoticeKind.ORPHANED_ROLE, f"{key}:{code}" if code else key, data | {"code": code})
    if failure is not None:
        left.append(failure)
    return failure is None


def _held_elsewhere(context: WorkerContext) -> Callable[[Sequence[Recipe]], dict[GrantId, frozenset[str]]]:
    def held_elsewhere(recipes: Sequence[Recipe]) -> dict[GrantId, frozenset[str]]:
        with context.begin() as uow:
            return given_by_active_grants(uow, recipes)

    return held_elsewhere


def _failure(work: Callable[[], None]) -> TargetFailure | None:
    """Return why the work failed; one failure does not stop the others."""
    try:
        work()
    except TargetFailure as failure:
        return failure
    return None


def _record(context: WorkerContext, key: str, data: Mapping[str, object]) -> None:
    with context.begin() as uow:
        if not uow.notices.knows(key):
            uow.record(Event(kind=EventKind.STRAY_FOUND, actor=BY_WORKER, data=data))
            uow.commit()


def _tell(context: WorkerContext, kind: NoticeKind, key: str, data: Mapping[str, object]) -> None:
    with context.begin() as uow:
        plan_notice(uow, kind, key=key, channel=context.policy.ops_channel, data=data)
        uow.commit()


def _tell_decoys(context: WorkerContext, driver: TargetDriver, cluster: str) -> None:
    """Report once a role of others with our mark, and never touch it: its creator decides, not a mark."""
    for role in driver.decoys():
        data = {"cluster": cluster, "login": role}
        _tell(context, NoticeKind.DECOY, f"decoy:{cluster}:{role}", data)
