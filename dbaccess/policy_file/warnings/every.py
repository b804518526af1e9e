"""Warnings about a valid file that may not mean what its author wants."""

from collections.abc import Iterator

from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.policy import LoginKind, Policy, Target
from dbaccess.domain.rule_match import covers
from dbaccess.policy_file.warnings.capture import capture_warnings
from dbaccess.policy_file.warnings.powers import power_warnings
from dbaccess.policy_file.warnings.reach import reach_warnings
from dbaccess.policy_file.warnings.reviewers import reviewer_warnings
from dbaccess.policy_file.warnings.unapproved import open_warnings


def render_warnings(policy: Policy) -> list[str]:
    """Return a sentence for each role that no person can get, and each rule without effect."""
    return [
        *reach_warnings(policy),
        *open_warnings(policy),
        *power_warnings(policy),
        *_guests(policy),
        *_logins(policy),
        *reviewer_warnings(policy),
        *capture_warnings(policy),
        *_operators(policy),
    ]


def _guests(policy: Policy) -> Iterator[str]:
    for rule in policy.rules:
        sources = [source for group in rule.requester for source in policy.groups[group]]
        if rule.guests and all(source.startswith("S") for source in sources):
            yield (
                f"Rule {rule.id} is for guests, but Slack keeps them out of user groups. "
                f"Name people or a channel in {' or '.join(rule.requester)}."
            )


def _logins(policy: Policy) -> Iterator[str]:
    for target in policy.targets.values():
        if target.login is not LoginKind.PERSONAL:
            continue
        if not policy.logins:
            yield f"No person can ask on {target.name}: no entry under [people] has a login there."
            continue
        without = sorted(
            source
            for source in _named_people(policy, target)
            if policy.aliases.get(source, PersonId(source)) not in policy.logins
        )
        if without:
            yield f"{', '.join(without)} cannot ask on {target.name}: no login under [people]."


def _named_people(policy: Policy, target: Target) -> set[SlackId]:
    allowing = [rule for rule in policy.rules if not rule.denies]
    rules = [r for r in allowing if any(covers(r, target, role) for role in target.roles.values())]
    groups = {group for rule in rules for group in rule.requester}
    return {SlackId(s) for group in groups for s in policy.groups[group] if s[0] in "UW"}


def _operators(policy: Policy) -> Iterator[str]:
    sources = policy.groups.get("operators")
    if sources is None:
        yield "There are no operators to alert when a grant does not end. Add groups.operators."
        return
    people = {policy.person_id(SlackId(source)) for source in sources}
    if len(people) == 1 and all(source[0] in "UW" for source in sources):
        yield (
            "There is one operator. In Slack another one lifts a lockdown, and two write off a grant. "
            "Add a person to groups.operators."
        )
