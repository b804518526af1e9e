"""Roles of the policy that give more than data, as the clusters have them now."""

from dbaccess.cli.environment import driver_of
from dbaccess.cli.given_roles import given_roles
from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.policy import Policy
from dbaccess.settings import cluster_url, cluster_variable


def cluster_powers(policy: Policy) -> tuple[list[str], list[str]]:
    """Return warnings, and what this environment could not check, with the reason."""
    warnings: list[str] = []
    unchecked: list[str] = []
    for cluster in sorted(policy.clusters):
        try:
            found = _powers(policy, cluster)
        except TargetFailure as failure:
            unchecked.append(f"what the roles on {cluster} lead to: {failure}")
            continue
        if found is None:
            unchecked.append(f"what the roles on {cluster} lead to: {cluster_variable(cluster)} is not set")
            continue
        warnings += [f"{cluster}: {said}: nothing is granted with it." for said in found]
    return warnings, unchecked


def _powers(policy: Policy, cluster: str) -> list[str] | None:
    url = cluster_url(cluster)
    if url is None:
        return None
    needed = given_roles(policy, cluster)
    return list(driver_of(policy, cluster, url).excess(needed.roles + needed.owners).values())
