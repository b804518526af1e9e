"""Warnings about rules that require a capture which cannot happen."""

from collections.abc import Callable, Iterator
from typing import Final

from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.policy import Cluster, Policy, Rule
from dbaccess.domain.rule_match import covers


def capture_warnings(policy: Policy) -> Iterator[str]:
    """Yield a sentence for each capture that proves nothing, and each rule that names one which is absent."""
    for cluster in policy.clusters.values():
        if cluster.capture is not None and cluster.replicas:
            yield (
                f"Nothing on {cluster.name} is said to be captured: statements on its replicas are not read. "
                "Those on the server itself are stored."
            )
    for rule in policy.rules:
        if not rule.denies:
            yield from _of_rule(policy, rule)


def _of_rule(policy: Policy, rule: Rule) -> Iterator[str]:
    without = ", ".join(sorted(_covered(policy, rule, _has_no_log)))
    replicated = ", ".join(sorted(_covered(policy, rule, _has_replicas)))
    if rule.idle_after is not None and without:
        never = " and nothing ends there as idle" if rule.idle_end else ""
        yield (
            f"Rule {rule.id} has idle_after. On {without} sessions alone show use{never}: "
            "the cluster has no capture = { … }."
        )
    if rule.idle_end and replicated:
        yield f"Rule {rule.id} ends nothing as idle on {replicated}: {_NOT_READ}."
    if rule.require_capture and without:
        yield (
            f"Rule {rule.id} grants nothing on {without}: it requires capture, "
            "and the cluster has no capture = { … }."
        )
    elif rule.capture is CaptureMode.SHAPE and without:
        yield (
            f'Rule {rule.id} says capture = "shape", which has no effect on {without}: '
            "the cluster has no capture = { … }."
        )
    if rule.require_capture and replicated:
        yield f"Rule {rule.id} grants nothing on {replicated}: it requires capture, and {_NOT_READ}."


_NOT_READ: Final = "statements on the replicas of its cluster are not read"


def _covered(policy: Policy, rule: Rule, has: Callable[[Cluster], bool]) -> Iterator[str]:
    """Yield the targets under the rule on a cluster of that kind."""
    for target in policy.targets.values():
        covered = any(covers(rule, target, role) for role in target.roles.values())
        if covered and has(policy.clusters[target.cluster]):
            yield target.name


def _has_no_log(cluster: Cluster) -> bool:
    return cluster.capture is None


def _has_replicas(cluster: Cluster) -> bool:
    return cluster.capture is not None and bool(cluster.replicas)
