"""The clusters' part of `dbaccess doctor`."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from pydantic import SecretStr

from dbaccess.cli.environment import driver_of
from dbaccess.cli.given_roles import GivenRoles, given_roles
from dbaccess.domain.capture import Capture
from dbaccess.domain.clock import SKEW_ALLOWED, skew
from dbaccess.domain.errors import DbaccessError
from dbaccess.domain.policy import Policy, nearest
from dbaccess.domain.target import replica_server
from dbaccess.ports import Finding, TargetDriver
from dbaccess.settings import SettingsError, cluster_url, cluster_variable

_VARIABLE: Final = re.compile(r"(DBACCESS_CLUSTER_.+_URL)(?:_FILE)?")
_OF_THE_BOT: Final = ("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")


def is_of_workers() -> bool:
    """Return whether this environment is the workers': it names a cluster's URL."""
    return bool(_variables())


def cluster_findings(policy: Policy | None) -> Iterator[Finding]:
    """Yield what is wrong with each cluster of the policy, as far as this environment reaches it."""
    if policy is None:
        return
    yield from _misspelt(policy)
    for name in sorted(policy.clusters):
        try:
            url = cluster_url(name)
        except SettingsError as error:
            yield Finding(what=f"Cluster {name}: its URL cannot be used", ok=False, fix=str(error))
            continue
        yield from _without_url(name) if url is None else _cluster(policy, name, url)


def _variables() -> set[str]:
    found = (_VARIABLE.fullmatch(name) for name, value in os.environ.items() if value)
    return {match.group(1) for match in found if match is not None}


def _misspelt(policy: Policy) -> Iterator[Finding]:
    servers = [*policy.clusters, *_replicas(policy)]
    known = {cluster_variable(server) for server in servers}
    for variable in sorted(_variables() - known):
        close = ", ".join(nearest(variable, known) or sorted(known))
        what = f"{variable} names no cluster of the policy"
        yield Finding(what=what, ok=False, fix=f"Rename it, or take it out. The policy needs {close}.")


def _replicas(policy: Policy) -> Iterator[str]:
    for name, cluster in policy.clusters.items():
        yield from (replica_server(name, replica) for replica in cluster.replicas)


def _without_url(name: str) -> Iterator[Finding]:
    if not is_of_workers() and any(os.environ.get(n) or os.environ.get(f"{n}_FILE") for n in _OF_THE_BOT):
        yield Finding(what=f"Cluster {name} not checked: this is the bot's environment", ok=True)
        return
    fix = "Set it in the workers' environment, and run doctor there."
    yield Finding(what=f"Cluster {name}: {cluster_variable(name)} is not set", ok=False, fix=fix)


def _cluster(policy: Policy, name: str, url: SecretStr) -> Iterable[Finding]:
    try:
        named = policy.clusters[name].replicas
        replicas = {replica: cluster_url(replica_server(name, replica)) for replica in named}
    except SettingsError as error:
        return [Finding(what=f"Cluster {name}", ok=False, fix=str(error))]
    driver = driver_of(policy, name, url, replicas)
    try:
        found = [*_examined(driver, given_roles(policy, name), policy.clusters[name].capture), _clock(driver)]
    except DbaccessError as error:
        fix = f"Check the URL, then: dbaccess targets setup-sql --cluster {name}"
        return [Finding(what=_of_cluster(name, str(error)), ok=False, fix=fix)]
    return [replace(f, what=_of_cluster(name, f.what)) for f in found]


def _of_cluster(name: str, what: str) -> str:
    """Return the text with the cluster's name once: errors of a target begin with it."""
    return f"Cluster {name}: {what.removeprefix(f'{name}: ')}"


def _examined(driver: TargetDriver, needed: GivenRoles, capture: Capture | None) -> list[Finding]:
    given = {database: sorted(roles) for database, roles in needed.accesses.items()}
    return driver.examine(
        needed.by_database, roles=needed.roles + needed.owners, given=given, capture=capture
    )


def _clock(driver: TargetDriver) -> Finding:
    before = datetime.now(UTC)
    seconds = abs(skew(before, driver.facts().now, datetime.now(UTC)).total_seconds())
    if seconds <= SKEW_ALLOWED.total_seconds():
        return Finding(what="same time as this host", ok=True)
    what = f"its clock differs by {seconds:.0f} s from this host's"
    return Finding(what=what, ok=False, fix="Synchronise the clocks.")
