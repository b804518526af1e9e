"""Settings that no file may contain, however written."""

from collections.abc import Iterator

from dbaccess.domain.policy import Access, Policy, Rule
from dbaccess.domain.rule_match import covers
from dbaccess.policy_file.problems.problem import Complaint


def danger_complaints(policy: Policy) -> Iterator[Complaint]:
    """Yield schemas that could be changed without an approval, other than by break-glass."""
    for number, rule in enumerate(policy.rules):
        where = _ddl_role(policy, rule)
        if where is None or rule.denies or rule.break_glass:
            continue
        why = (
            f'"none" lets people change the schema of {where} without approval. Name slots or leave out ddl.'
        )
        if not rule.approvals:
            yield ("rules", number, "approvals"), why
        if rule.extend and not rule.extend.approvals:
            yield ("rules", number, "extend", "approvals"), why


def _ddl_role(policy: Policy, rule: Rule) -> str | None:
    for target in policy.targets.values():
        for role in target.roles.values():
            if role.access is Access.DDL and covers(rule, target, role):
                return f"{target.name} (role {role.name})"
    return None
