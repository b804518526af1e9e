"""The holder is told how to connect as the cluster's engine spells it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dbaccess.domain.errors import NotFound
from dbaccess.domain.message import Lane
from dbaccess.operations.delivery.messages import update_messages
from dbaccess.ports import TargetDriver
from sandbox.client import plain
from tests.operations.house import MAYA, House


@dataclass(frozen=True, slots=True)
class NoClusters:
    """The clusters of a worker that has a URL for none."""

    def driver(self, cluster: str) -> TargetDriver:
        raise NotFound(f"no URL for {cluster}")

    def clusters(self) -> Sequence[str]:
        return ()


def test_lines_to_connect_are_the_drivers(house: House) -> None:
    grant = house.active()
    house.notify(grant.request_id)
    assert grant.recipe is not None
    connect = house.policy.target(grant.target).connect
    lines = house.context.targets.driver(grant.cluster).connect_lines(grant.recipe, connect)
    assert lines
    said = _active(house)
    assert all(line in said for line in lines), said


def test_worker_without_the_cluster_tells_what_the_policy_says(house: House) -> None:
    grant = house.active()
    update_messages(replace(house.context, targets=NoClusters()), grant.request_id, Lane.DIRECT)
    assert house.policy.target(grant.target).connect in _active(house)


def _active(house: House) -> str:
    found = [
        plain(m) for m in house.slack.person(MAYA).direct_messages() if plain(m).startswith("Active: read")
    ]
    assert len(found) == 1
    return found[0]
