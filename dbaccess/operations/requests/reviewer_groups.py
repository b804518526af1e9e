"""The groups for which a person reviews, independent of open requests."""

from collections.abc import Iterable

from dbaccess.domain.people import Person
from dbaccess.domain.policy import Policy
from dbaccess.domain.rule import Rule
from dbaccess.domain.target import Target


def reviews_for(policy: Policy, person: Person, rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return the person's groups among those that the rules ask for a review, in the rules' order."""
    if person.is_guest:
        return ()
    asked = dict.fromkeys(group for rule in rules for group in rule.reviewing)
    return tuple(group for group in asked if policy.belongs(person, group))


def covers(rule: Rule, target: Target) -> bool:
    """Return whether the rule covers some role of the target."""
    named = not rule.targets or target.name in rule.targets
    return named and (not rule.env or target.env in rule.env)
