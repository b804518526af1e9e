"""Warnings about rules whose capture of statements cannot happen."""

from collections.abc import Iterator

from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.policy import Policy, Rule
from dbaccess.domain.rule_match import covers


def capture_warnings(policy: Policy) -> Iterator[str]:
    """Yield a sentence for each rule that names a capture which some cluster under it lacks."""
    for rule in policy.rules:
        if rule.denies:
            continue
        without = sorted(_without(policy, rule))
        if rule.idle_after is not None and without:
            never = " and nothing ends there as idle" if rule.idle_end else ""
            yield (
                f"Rule {rule.id} has idle_after. On {', '.join(without)} sessions alone show use{never}: "
                "the cluster has no capture = { … }."
            )
        if rule.require_capture and without:
            yield (
                f"Rule {rule.id} grants nothing on {', '.join(without)}: it requires capture, "
                "and the cluster has no capture = { … }."
            )
        elif rule.capture is CaptureMode.SHAPE and without:
            yield (
                f'Rule {rule.id} says capture = "shape", which has no effect on {", ".join(without)}: '
                "the cluster has no capture = { … }."
            )


def _without(policy: Policy, rule: Rule) -> Iterator[str]:
    for target in policy.targets.values():
        covered = any(covers(rule, target, role) for role in target.roles.values())
        if covered and policy.clusters[target.cluster].capture is None:
            yield target.name
