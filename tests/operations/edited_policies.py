"""Policies a little different from the house's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dbaccess.domain.people import SourceId
from dbaccess.domain.policy import Policy, Slot
from tests.operations.house import House

TWO_GROUPS = (Slot(group="dba", count=1), Slot(group="owners", count=1))


def with_rule(policy: Policy, rule_id: str = "prod-read", **changes: Any) -> Policy:
    """One rule is another."""
    rules = tuple(replace(rule, **changes) if rule.id == rule_id else rule for rule in policy.rules)
    return replace(policy, rules=rules)


def with_role(policy: Policy, target: str = "orders-prod", role: str = "read", **changes: Any) -> Policy:
    """One role is another."""
    of = policy.targets[target]
    roles = {**of.roles, role: replace(of.roles[role], **changes)}
    return replace(policy, targets={**policy.targets, target: replace(of, roles=roles)})


def with_narrower(policy: Policy, *names: str, role: str = "write") -> Policy:
    """Instead of one role these may be given."""
    return with_role(policy, role=role, narrower=names)


def without_role(policy: Policy) -> Policy:
    """Reading is no longer in the configuration."""
    target = policy.targets["orders-prod"]
    roles = {name: role for name, role in target.roles.items() if name != "read"}
    return replace(policy, targets={"orders-prod": replace(target, roles=roles)})


def with_groups(policy: Policy, **members: Sequence[str]) -> Policy:
    """These groups list exactly these accounts, by name."""
    named: Mapping[str, tuple[SourceId, ...]] = {
        group: tuple(SourceId(member) for member in listed) for group, listed in members.items()
    }
    return replace(policy, groups={**policy.groups, **named})


def edit(house: House, policy: Policy) -> None:
    """Bot and worker have loaded this one, with another hash."""
    house.policy = replace(policy, hash=f"{policy.hash[:60]}{(int(policy.hash[60:], 16) + 1) % 65536:04x}")
    house.context = replace(house.context, policy=house.policy)


def two_groups(house: House, *, dba: list[str], owners: list[str]) -> None:
    """Reading takes one of `dba` and one of `owners`."""
    edit(house, with_groups(with_rule(house.policy, approvals=TWO_GROUPS), dba=dba, owners=owners))
