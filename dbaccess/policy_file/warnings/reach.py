"""Warnings about roles that no person can get, and rules that never decide."""

from collections.abc import Iterable, Iterator

from dbaccess.domain.policy import Policy, Role, Rule, Target
from dbaccess.domain.rule_match import covers
from dbaccess.policy_file.warnings.shadowed_rules import Place, Rivals, shadowed_rules, takers


def reach_warnings(policy: Policy) -> Iterator[str]:
    """Yield only what holds for everyone at any time; some such rules may be missed."""
    ahead = shadowed_rules(policy)
    yield from _roles(policy, ahead)
    yield from _rules(policy, ahead)


def _roles(policy: Policy, ahead: dict[str, Rivals]) -> Iterator[str]:
    for target, role in _all(policy):
        if _narrower_of_another(target, role):
            continue
        about = [rule for rule in policy.rules if not rule.denies and covers(rule, target, role)]
        takers_of = {r.id: takers(r, ahead[r.id], (target, role)) for r in about if ahead[r.id]}
        if all(takers_of.values()):
            yield f"No person can get {role.name} on {target.name}: {_why(about, takers_of)}."


def _why(about: list[Rule], takers_of: dict[str, tuple[Rule, ...]]) -> str:
    if not about:
        return "no rule fits it"
    if not takers_of:
        return "the same rule excludes everyone who may ask"
    deciding = sorted({taker.id for several in takers_of.values() for taker in several})
    verb = "decides" if len(deciding) == 1 else "decide"
    return f"{_names(deciding)} {verb} before every rule that fits"


def _narrower_of_another(target: Target, role: Role) -> bool:
    """Return whether a reviewer may give it instead of a requested role."""
    return any(role.name in other.narrower for other in target.roles.values())


def _rules(policy: Policy, ahead: dict[str, Rivals]) -> Iterator[str]:
    for rule in policy.rules:
        places = [place for place in _all(policy) if covers(rule, *place)]
        if not places:
            yield f"Rule {rule.id} never decides: it fits no role of any target."
        elif rule.denies:
            continue
        elif not ahead[rule.id]:
            yield f"Rule {rule.id} never decides: all of requester are in requester_not."
        elif all(before := [takers(rule, ahead[rule.id], place) for place in places]):
            ids = dict.fromkeys(taker.id for several in before for taker in several)
            verb = "fits" if len(ids) == 1 else "fit"
            yield f"Rule {rule.id} never decides: {_names(ids)} before it {verb} all that it fits."


def _names(ids: Iterable[str]) -> str:
    return " and ".join(f"rule {rule_id}" for rule_id in ids)


def _all(policy: Policy) -> Iterator[Place]:
    for target in policy.targets.values():
        for role in target.roles.values():
            yield target, role
