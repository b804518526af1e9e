"""Warnings about access without an approval."""

from collections import defaultdict
from collections.abc import Iterator

from dbaccess.domain.policy import Access, Policy, Rule
from dbaccess.domain.rule_match import covers

Place = tuple[str, str]


def open_warnings(policy: Policy) -> Iterator[str]:
    """Yield groups that may have everything, and groups that anyone can join, for rules without approvals."""
    asking_nobody = [
        rule for rule in policy.rules if not (rule.denies or rule.approvals or rule.break_glass is not None)
    ]
    yield from _everything(policy, asking_nobody)
    yield from _changing(policy, asking_nobody)
    yield from _invited(policy, asking_nobody)


def _everything(policy: Policy, rules: list[Rule]) -> Iterator[str]:
    by_group: dict[str, set[Place]] = defaultdict(set)
    for rule in rules:
        for group in rule.requester:
            by_group[group] |= _places(policy, rule)
    everything = {
        (target.name, role.name)
        for target in policy.targets.values()
        for role in target.roles.values()
        if role.access is not Access.DDL
    }
    for group, places in by_group.items():
        if everything and places >= everything:
            yield f"Members of {group} can have every role but ddl on every target without an approval."


def _changing(policy: Policy, rules: list[Rule]) -> Iterator[str]:
    for rule in rules:
        places = [
            f"{role} on {target}"
            for target, role in sorted(_places(policy, rule))
            if policy.targets[target].roles[role].access is Access.WRITE
        ]
        if places:
            yield f"Rule {rule.id} needs no approval, and gives {', '.join(places)}, which can change data."


def _invited(policy: Policy, rules: list[Rule]) -> Iterator[str]:
    for rule in rules:
        for group in rule.requester:
            channels = [source for source in policy.groups[group] if source[0] in "CG"]
            if channels:
                yield (
                    f"Rule {rule.id} needs no approval; all who join {', '.join(channels)} are in {group}. "
                    "Name people or a user group."
                )


def _places(policy: Policy, rule: Rule) -> set[Place]:
    return {
        (target.name, role.name)
        for target in policy.targets.values()
        for role in target.roles.values()
        if covers(rule, target, role)
    }
