"""For which groups somebody reviews, whatever is asked at the moment."""

from collections.abc import Iterable

from dbaccess.domain.people import Person
from dbaccess.domain.policy import Policy
from dbaccess.domain.rule import Rule


def reviews_for(policy: Policy, person: Person, rules: Iterable[Rule]) -> tuple[str, ...]:
    """The person's groups among those that the rules ask for a review, in the rules' order."""
    if person.is_guest:
        return ()
    asked = dict.fromkeys(group for rule in rules for group in _reviewers(rule))
    return tuple(group for group in asked if policy.belongs(person, group))


def _reviewers(rule: Rule) -> list[str]:
    """Of a request, of an extension, and after break-glass."""
    slots = [*rule.approvals, *(rule.extend.approvals if rule.extend else ())]
    return [slot.group for slot in slots] + ([rule.break_glass.review_by] if rule.break_glass else [])
