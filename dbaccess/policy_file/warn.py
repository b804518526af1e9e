"""What a file that is right may still not mean."""

from collections.abc import Iterator

from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.policy import LoginKind, Policy, Role, Rule, Target

Place = tuple[str, str]


def render_warnings(policy: Policy) -> list[str]:
    """One sentence for each thing that nobody can get, that never decides, or that nobody could do."""
    return [*_roles(policy), *_rules(policy), *_logins(policy), *_reviewers(policy), *_operators(policy)]


def _roles(policy: Policy) -> Iterator[str]:
    for target in policy.targets.values():
        for role in target.roles.values():
            if not any(_covers(rule, target, role) for rule in policy.rules):
                yield f"Nobody can get {role.name} on {target.name}: no rule fits it."


def _rules(policy: Policy) -> Iterator[str]:
    for number, rule in enumerate(policy.rules):
        places = _places(policy, rule)
        if not places:
            yield f"Rule {rule.id} never decides: it fits no role of any target."
            continue
        for earlier in policy.rules[:number]:
            if places <= _places(policy, earlier) and _takes_all(earlier, rule):
                yield f"Rule {rule.id} never decides: rule {earlier.id} before it fits all that it fits."
                break


def _logins(policy: Policy) -> Iterator[str]:
    for target in policy.targets.values():
        if target.login is not LoginKind.PERSONAL:
            continue
        if not policy.logins:
            yield f"Nobody can ask on {target.name}: its login is personal and nobody under [people] has one."
            continue
        without = sorted(
            source
            for source in _named_people(policy, target)
            if policy.aliases.get(source, PersonId(source)) not in policy.logins
        )
        if without:
            yield f"{', '.join(without)} cannot ask on {target.name}: no login under [people]."


def _named_people(policy: Policy, target: Target) -> set[SlackId]:
    rules = [r for r in policy.rules if any(_covers(r, target, role) for role in target.roles.values())]
    groups = {group for rule in rules for group in rule.requester}
    return {SlackId(s) for group in groups for s in policy.groups[group] if s[0] in "UW"}


def _reviewers(policy: Policy) -> Iterator[str]:
    for rule in policy.rules:
        for slot in rule.approvals:
            sources = policy.groups[slot.group]
            people = {policy.person_id(SlackId(source)) for source in sources}
            if all(source[0] in "UW" for source in sources) and len(people) < slot.count:
                have = f"{slot.group} has {len(people)} people"
                yield f"Rule {rule.id} is never met: {have}, it takes {slot.count}."


def _operators(policy: Policy) -> Iterator[str]:
    if "operators" not in policy.groups:
        yield "There are no operators: nobody is named when a grant does not end. Add groups.operators."


def _covers(rule: Rule, target: Target, role: Role) -> bool:
    return (
        (not rule.targets or target.name in rule.targets)
        and (not rule.env or target.env in rule.env)
        and (not rule.access or role.access in rule.access)
    )


def _places(policy: Policy, rule: Rule) -> set[Place]:
    return {
        (target.name, role.name)
        for target in policy.targets.values()
        for role in target.roles.values()
        if _covers(rule, target, role)
    }


def _takes_all(earlier: Rule, rule: Rule) -> bool:
    everybody = not earlier.requester or (rule.requester and set(rule.requester) <= set(earlier.requester))
    return bool(everybody) and (earlier.guests or not rule.guests)
