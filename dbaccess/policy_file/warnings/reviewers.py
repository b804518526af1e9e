"""Warnings about slots that the named people cannot fill."""

from collections.abc import Iterator

from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.policy import Policy, Rule, Slot
from dbaccess.domain.quorum import Voice, match


def reviewer_warnings(policy: Policy) -> Iterator[str]:
    """Yield the warnings; only groups that name all their people count, because Slack's are unknown here."""
    for rule in policy.rules:
        for what, slots in _asked(rule):
            yield from _too_few(policy, f"Rule {rule.id}{what}", slots, rule.requester)


def _asked(rule: Rule) -> Iterator[tuple[str, tuple[Slot, ...]]]:
    yield "", rule.approvals
    if rule.extend is not None:
        yield ", to extend,", rule.extend.approvals
    if rule.break_glass is not None:
        yield ", afterwards,", (Slot(group=rule.break_glass.review_by, count=1),)


def _too_few(
    policy: Policy, what: str, slots: tuple[Slot, ...], requesters: tuple[str, ...]
) -> Iterator[str]:
    counted = [slot for slot in slots if _named(policy, slot.group) is not None]
    if not _filled(policy, counted, None):
        people = {person for slot in counted for person in _named(policy, slot.group) or ()}
        groups = " and ".join(slot.group for slot in counted)
        takes = sum(slot.count for slot in counted)
        have = "1 person" if len(people) == 1 else f"{len(people)} people"
        yield f"{what} is never met: {groups} has {have}, it takes {takes}."
        return
    asking = {person for group in requesters for person in _people(policy, group)}
    without = sorted(person for person in asking if not _filled(policy, counted, person))
    if without:
        yield f"{what} is never met for {', '.join(without)}: no other reviewer is left."


def _filled(policy: Policy, slots: list[Slot], asking: PersonId | None) -> bool:
    """Return whether different people fill the slots, without the requester."""
    groups: dict[PersonId, list[str]] = {}
    for slot in slots:
        for person in _named(policy, slot.group) or ():
            groups.setdefault(person, []).append(slot.group)
    voices = [Voice(reviewer=who, groups=tuple(of)) for who, of in groups.items() if who != asking]
    return match([(slot.group, slot.count) for slot in slots], voices).is_met


def _named(policy: Policy, group: str) -> list[PersonId] | None:
    """Return the group's people if the file names them all."""
    sources = policy.groups[group]
    if any(source[0] not in "UW" for source in sources):
        return None
    return _people(policy, group)


def _people(policy: Policy, group: str) -> list[PersonId]:
    """Return the group's people whom the file names."""
    named = [SlackId(source) for source in policy.groups[group] if source[0] in "UW"]
    return list(dict.fromkeys(policy.person_id(slack_id) for slack_id in named))
