"""For which groups somebody reviews, whatever is asked at the moment."""

from collections.abc import Iterable

from dbaccess.domain.people import Person
from dbaccess.domain.policy import Policy
from dbaccess.domain.rule import Rule


def reviews_for(policy: Policy, person: Person, rules: Iterable[Rule]) -> tuple[str, ...]:
    """The person's groups among those that the rules ask for a review, in the rules' order."""
    if person.is_guest:
        return ()
    asked = dict.fromkeys(group for rule in rules for group in rule.reviewing)
    return tuple(group for group in asked if policy.belongs(person, group))
