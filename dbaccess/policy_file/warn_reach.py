"""Roles that nobody can get, and rules that decide nothing."""

from collections.abc import Iterator

from dbaccess.domain.fit import covers
from dbaccess.domain.policy import Policy, Role, Rule, Target

Place = tuple[Target, Role]


def reach_warnings(policy: Policy) -> Iterator[str]:
    """Only what is so for everybody at any time; that no rule is missed is not promised."""
    yield from _roles(policy)
    yield from _rules(policy)


def _roles(policy: Policy) -> Iterator[str]:
    for target, role in _all(policy):
        about = [rule for rule in policy.rules if not rule.denies and covers(rule, target, role)]
        left = [rule for rule in about if _taker(policy, rule, (target, role)) is None]
        if left or _narrower_of_another(target, role):
            continue
        deciding = {f"rule {taker.id}" for rule in about if (taker := _taker(policy, rule, (target, role)))}
        why = (
            f"{' and '.join(sorted(deciding))} decides before every rule that fits"
            if about
            else "no rule fits it"
        )
        yield f"Nobody can get {role.name} on {target.name}: {why}."


def _narrower_of_another(target: Target, role: Role) -> bool:
    """A reviewer may give it instead of what was asked."""
    return any(role.name in other.narrower for other in target.roles.values())


def _rules(policy: Policy) -> Iterator[str]:
    for rule in policy.rules:
        places = [place for place in _all(policy) if covers(rule, *place)]
        if not places:
            yield f"Rule {rule.id} never decides: it fits no role of any target."
            continue
        takers = [_taker(policy, rule, place) for place in places]
        if all(takers) and not rule.denies:
            names = " and ".join(dict.fromkeys(f"rule {taker.id}" for taker in takers if taker))
            yield f"Rule {rule.id} never decides: {names} before it fits all that it fits."


def _taker(policy: Policy, rule: Rule, place: Place) -> Rule | None:
    """The rule that decides all that this one would allow there: one that denies, or an earlier one."""
    earlier = policy.rules[: policy.rules.index(rule)]
    before = [*(other for other in policy.rules if other.denies), *earlier]
    fitting = (other for other in before if other is not rule and covers(other, *place))
    return next((other for other in fitting if _takes_all(policy, other, rule)), None)


def _takes_all(policy: Policy, other: Rule, rule: Rule) -> bool:
    """Whether every person and moment of the rule is one of the other too, wherever both are about a role."""
    if not other.denies:
        if (other.break_glass is None) is not (rule.break_glass is None):
            return False
        if rule.guests and not other.guests:
            return False
        if other.up_to is not None and min(rule.up_to or rule.longest, rule.longest) > other.up_to:
            return False
    if other.hours is not None and other.hours != rule.hours:
        return False
    asked = not other.requester or (
        bool(rule.requester) and all(_within_any(policy, group, other.requester) for group in rule.requester)
    )
    return asked and all(_within_any(policy, group, rule.requester_not) for group in other.requester_not)


def _within_any(policy: Policy, group: str, others: tuple[str, ...]) -> bool:
    """Whether all who are in the group are in one of the others."""
    sources = set(policy.groups[group])
    return any(group == other or sources <= set(policy.groups[other]) for other in others)


def _all(policy: Policy) -> Iterator[Place]:
    for target in policy.targets.values():
        for role in target.roles.values():
            yield target, role
