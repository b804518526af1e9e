"""Logins of ours on a cluster that no open grant accounts for are removed."""

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.operations.hands import Hands
from dbaccess.operations.plan_notice import plan_notice
from dbaccess.ports import TargetDriver

Login = tuple[str, str]
"""Its name and its tag."""


def sweep(hands: Hands, cluster: str) -> list[str]:
    """The strays that were found and are gone. Raises `TargetFailure` where the cluster could not be asked.

    The same for one that could not go: it is tried again each time, recorded and told to the operators once.
    """
    driver = hands.targets.driver(cluster)
    strays = _strays(hands, driver, cluster)
    _record(hands, cluster, strays)
    left: dict[str, TargetFailure] = {}
    for login, tag in strays:
        try:
            driver.drop_stray(login, tag)
        except TargetFailure as failure:
            left[login] = failure  # one that cannot go keeps no other
    if left:
        _tell(hands, cluster, left)
        raise next(reversed(left.values()))
    return [login for login, _ in strays]


def _strays(hands: Hands, driver: TargetDriver, cluster: str) -> list[Login]:
    """The cluster is looked at first: what is seen there was committed to the control database before.

    And once more afterwards: the login of a grant that ended in between is gone by then, and no stray.
    """
    made = driver.made_logins()
    with hands.begin() as uow:
        known = {grant.recipe.login for grant in uow.grants.open_on_cluster(cluster) if grant.recipe}
    strays = [(login, tag) for login, tag in made if login not in known]
    there = set(driver.made_logins()) if strays else set()
    return [stray for stray in strays if stray in there]


def _record(hands: Hands, cluster: str, strays: list[Login]) -> None:
    with hands.begin() as uow:
        for login, tag in strays:
            if not uow.notices.knows(_key(cluster, login)):
                data = {"cluster": cluster, "login": login, "tag": tag}
                uow.record(Event(kind=EventKind.STRAY_FOUND, actor="worker", data=data))
        uow.commit()


def _tell(hands: Hands, cluster: str, left: dict[str, TargetFailure]) -> None:
    with hands.begin() as uow:
        for login, failure in left.items():
            plan_notice(
                uow,
                NoticeKind.STRAY_LEFT,
                key=_key(cluster, login),
                channel=hands.policy.ops_channel,
                data={"cluster": cluster, "login": login, "code": failure.code},
            )
        uow.commit()


def _key(cluster: str, login: str) -> str:
    return f"stray:{cluster}:{login}"
