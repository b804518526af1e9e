"""Rules that never decide, because others decide before them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from dbaccess.domain.hours import Hours
from dbaccess.domain.people import PersonId, SlackId, SourceId
from dbaccess.domain.policy import Policy, Role, Rule, Target
from dbaccess.domain.rule_match import covers
from dbaccess.policy_file.warnings.week import WHOLE_WEEK, minutes_of

Place = tuple[Target, Role]
Rivals = Mapping[SourceId, Sequence[Rule]]


def shadowed_rules(policy: Policy) -> dict[str, Rivals]:
    """Return the rules that decide before each rule, by account, user group or channel.

    Those whom the rule itself excludes are left out. It is unknown who is in two of Slack's user groups.
    """
    asked = {rule.id: _sources(policy, rule.requester) for rule in policy.rules}
    return {rule.id: _rivals(policy, rule, asked) for rule in policy.rules if not rule.denies}


def _rivals(policy: Policy, rule: Rule, asked: Mapping[str, frozenset[SourceId]]) -> Rivals:
    out = _sources(policy, rule.requester_not)
    people = {_person(policy, source) for source in out}
    asking = {source for source in asked[rule.id] - out if _person(policy, source) not in people}
    ahead = [other for other in _ahead(policy, rule) if _takes(policy, other, rule)]
    return {
        source: [other for other in ahead if not other.requester or source in asked[other.id]]
        for source in sorted(asking)
    }


def takers(rule: Rule, ahead: Rivals, place: Place) -> tuple[Rule, ...]:
    """Return the rivals that together decide all that this rule would allow there, at any time.

    Empty if any case is left to it.
    """
    found: list[Rule] = []
    for several in ahead.values():
        of_source = _all_week(rule.hours, [other for other in several if covers(other, *place)])
        if not of_source:
            return ()
        found += of_source
    return tuple(dict.fromkeys(found))


def _ahead(policy: Policy, rule: Rule) -> list[Rule]:
    """Return the rules before it; rules that deny come before all that allow."""
    earlier = policy.rules[: policy.rules.index(rule)]
    denying = [other for other in policy.rules if other.denies and other is not rule]
    return [*denying, *(other for other in earlier if not other.denies)]


def _takes(policy: Policy, other: Rule, rule: Rule) -> bool:
    """Return whether it decides all that the rule would, for its people and within its hours."""
    if not other.denies:
        if (other.break_glass is None) is not (rule.break_glass is None):
            return False
        if rule.guests and not other.guests:
            return False
        if other.up_to is not None and min(rule.up_to or rule.longest, rule.longest) > other.up_to:
            return False
    if not other.requester_not:
        return True
    return _sources(policy, other.requester_not) <= _sources(policy, rule.requester_not)


def _all_week(hours: Hours | None, others: Sequence[Rule]) -> list[Rule]:
    """Return those of the others that fill these hours, by clocks in one zone; empty if some time is left."""
    for other in others:
        if other.hours is None or other.hours == hours:
            return [other]
    in_zone: dict[str, list[Rule]] = defaultdict(list)
    for other in others:
        if other.hours is not None:
            in_zone[other.hours.tz].append(other)
    for zone, several in in_zone.items():
        filled = frozenset[int]().union(*(minutes_of(o.hours) for o in several if o.hours is not None))
        # Another zone's clock shows another minute, unless the whole week is covered.
        wanted = minutes_of(hours) if hours is not None and hours.tz == zone else WHOLE_WEEK
        if wanted <= filled:
            return several
    return []


def _sources(policy: Policy, groups: Iterable[str]) -> frozenset[SourceId]:
    return frozenset(source for group in groups for source in policy.groups[group])


def _person(policy: Policy, source: SourceId) -> PersonId | SourceId:
    """Return the human behind an account; a user group or channel stays itself."""
    return policy.person_id(SlackId(source)) if source[0] in "UW" else source
