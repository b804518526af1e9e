"""Logins of ours on a cluster that no open grant accounts for are removed."""

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.events import Event, EventKind
from dbaccess.operations.hands import Hands


def sweep(hands: Hands, cluster: str) -> list[str]:
    """The strays that were found and are gone. Raises `TargetFailure` where the cluster could not be asked.

    The cluster is looked at first: what is seen there was committed to the control database before.
    """
    driver = hands.targets.driver(cluster)
    made = driver.made_logins()
    with hands.begin() as uow:
        known = {grant.recipe.login for grant in uow.grants.open_on_cluster(cluster) if grant.recipe}
        strays = [(login, tag) for login, tag in made if login not in known]
        for login, tag in strays:
            data = {"cluster": cluster, "login": login, "tag": tag}
            uow.record(Event(kind=EventKind.STRAY_FOUND, actor="worker", data=data))
        uow.commit()
    left: TargetFailure | None = None
    for login, tag in strays:
        try:
            driver.drop_stray(login, tag)
        except TargetFailure as failure:
            left = failure  # one that cannot go keeps no other
    if left is not None:
        raise left
    return [login for login, _ in strays]
