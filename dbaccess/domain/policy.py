"""The policy: which rule decides a request, for how long, with which approvals."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from dbaccess.domain.ask import REASON_MAX, REASON_MIN, TICKET_MAX, Ask, check_reason, check_ticket, ticket_of
from dbaccess.domain.canonical import canonical_bytes, plain
from dbaccess.domain.capture import Capture, CaptureMode, CaptureSource
from dbaccess.domain.duration import format_duration, write_duration
from dbaccess.domain.errors import NotAllowed, Refused, TooLong
from dbaccess.domain.hours import Hours
from dbaccess.domain.membership import Membership
from dbaccess.domain.names import NAME_SHOWN, nearest, unknown_name
from dbaccess.domain.people import Person, PersonId, SlackId, SourceId
from dbaccess.domain.rule import BreakGlass, Escalation, Extend, Rule, SecondSink, Slot
from dbaccess.domain.rule_match import Considered, Subject, Unmet, first_unmet
from dbaccess.domain.target import Access, Cluster, LoginKind, Role, Scope, Target
from dbaccess.domain.terms import RequestKind, Terms

__all__ = [
    "NAME_SHOWN",
    "REASON_MAX",
    "REASON_MIN",
    "TICKET_MAX",
    "Access",
    "Ask",
    "BreakGlass",
    "Capture",
    "CaptureMode",
    "CaptureSource",
    "Cluster",
    "Considered",
    "Decision",
    "Escalation",
    "Extend",
    "Hours",
    "LoginKind",
    "Offer",
    "Policy",
    "Role",
    "Rule",
    "Scope",
    "SecondSink",
    "Slot",
    "Target",
    "Unmet",
    "check_reason",
    "digest",
    "nearest",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome: `rule` allows it, or `denied_by` refuses it, or no rule applies.

    `considered` has every rule of the policy in order, with the reason why it does not decide.
    """

    rule: Rule | None
    considered: tuple[Considered, ...]
    denied_by: Rule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A range of durations: longer than `over`, up to `longest`, under `rule`."""

    rule: Rule
    over: timedelta
    longest: timedelta

    def includes(self, length: timedelta) -> bool:
        """Return whether this rule decides that length and allows it."""
        return self.over < length <= self.longest


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One checked configuration file; `hash` identifies this version.

    `owners` has the group that answers access reviews of a group, for each group that has one.
    `pinned` are the names of channels and user groups in the file, with the id that each stands for. They are
    not part of the version: every decision is by ids.
    """

    hash: str
    installation: str
    ops_channel: str
    groups: Mapping[str, tuple[SourceId, ...]]
    aliases: Mapping[SlackId, PersonId]
    logins: Mapping[PersonId, str]
    clusters: Mapping[str, Cluster]
    targets: Mapping[str, Target]
    rules: tuple[Rule, ...]
    owners: Mapping[str, str] = field(default_factory=dict)
    second_sink: SecondSink | None = None
    break_glass_in_lockdown: bool = False
    pinned: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    membership: Membership = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "membership", Membership(self.groups, self.aliases))

    def person_id(self, slack_id: SlackId) -> PersonId:
        """Return the id of the human behind a Slack id."""
        return self.membership.person_id(slack_id)

    def accounts(self, slack_id: SlackId) -> tuple[SlackId, ...]:
        """Return all accounts of the human behind this one.

        Requests belong to accounts and not to names, because a name may be given to another human.
        """
        return self.membership.accounts(slack_id)

    def is_same(self, one: SlackId, other: SlackId) -> bool:
        """Return whether the two accounts belong to one human."""
        return self.person_id(one) == self.person_id(other)

    def groups_of(self, person: Person) -> frozenset[str]:
        """Return the groups that list this account, by id or through a user group or channel."""
        return self.membership.groups_of(person)

    def belongs(self, person: Person, group: str) -> bool:
        """Return whether the group lists this account, by id or through a user group or channel."""
        return group in self.groups_of(person)

    def is_operator(self, person: Person) -> bool:
        return "operators" in self.groups and self.belongs(person, "operators") and not person.is_guest

    def is_auditor(self, person: Person) -> bool:
        return "auditors" in self.groups and self.belongs(person, "auditors") and not person.is_guest

    def owns(self, person: Person, group: str) -> bool:
        """Return whether the person is in the group that owns this one; a guest never is."""
        owner = self.owners.get(group)
        return owner is not None and self.belongs(person, owner) and not person.is_guest

    def target(self, name: str) -> Target:
        """Return the target; raises `UnknownName` with the nearest names."""
        if name in self.targets:
            return self.targets[name]
        raise unknown_name("target", name, self.targets)

    def role(self, target: str, name: str) -> Role:
        """Return the role; raises `UnknownName` with the nearest names, of the target first."""
        roles = self.target(target).roles
        if name in roles:
            return roles[name]
        raise unknown_name("role", name, roles)

    def decide(
        self,
        person: Person,
        target: str,
        role: str,
        *,
        duration: timedelta | None,
        now: datetime,
        break_glass: bool = False,
    ) -> Decision:
        """Decide the ask at that moment, with the reason for each rule.

        A rule that denies wins over all others; else the first rule whose conditions hold decides. Without a
        rule the answer is no. Without a duration, before one is chosen, `up_to` of a rule is ignored.
        """
        subject = self._subject(person, target, role, duration=duration, now=now, break_glass=break_glass)
        looked_at = [(rule, first_unmet(rule, subject)) for rule in self.rules]
        fitting = [rule for rule, unmet in looked_at if unmet is None]
        deciding = next((rule for rule in fitting if rule.denies), next(iter(fitting), None))
        return Decision(
            rule=deciding if deciding and not deciding.denies else None,
            denied_by=deciding if deciding and deciding.denies else None,
            considered=tuple(_considered(rule, unmet, deciding) for rule, unmet in looked_at),
        )

    def offers(
        self, person: Person, target: str, role: str, *, now: datetime, break_glass: bool = False
    ) -> tuple[Offer, ...]:
        """Return every duration that may be requested, each with the rule that decides it, shortest first."""
        subject = self._subject(person, target, role, duration=None, now=now, break_glass=break_glass)
        return tuple(_offers([rule for rule in self.rules if first_unmet(rule, subject) is None]))

    def rules_at_any_time(self, person: Person, target: str, role: str) -> tuple[Rule, ...]:
        """Return the rules by which this person may ask for the role at some hour, break-glass included."""
        return tuple(
            rule
            for break_glass in (False, True)
            for rule in _ever_deciding(
                self.rules,
                self._subject(person, target, role, duration=None, now=_ANY_TIME, break_glass=break_glass),
            )
        )

    def possible(self, person: Person, target: str, *, now: datetime) -> tuple[str, ...]:
        """Return the roles of the target that some rule lets this person request at that moment."""
        roles = self.target(target).roles
        return tuple(role for role in roles if self.offers(person, target, role, now=now))

    def requestable(self, person: Person, *, now: datetime) -> tuple[str, ...]:
        """Return the targets on which this person may request something at that moment."""
        return tuple(name for name in sorted(self.targets) if self.possible(person, name, now=now))

    def check(self, person: Person, ask: Ask, *, now: datetime) -> Rule:
        """Return the rule that allows the whole ask.

        Raises the `Refused` that says what would work instead.
        """
        rule = self.rule_for(person, ask, now=now)
        check_reason(ask.reason, at_least=rule.min_reason)
        check_ticket(ticket_of(ask, pattern=rule.ticket), pattern=rule.ticket, rule=rule.id)
        return rule

    def rule_for(self, person: Person, ask: Ask, *, now: datetime) -> Rule:
        """Return the rule that allows it, apart from reason and ticket; raises as `check` does."""
        self.role(ask.target, ask.role)
        decision = self.decide(
            person, ask.target, ask.role, duration=ask.duration, now=now, break_glass=ask.break_glass
        )
        rule = decision.rule
        if rule is None:
            raise self._refusal(person, ask, decision, now)
        if ask.duration > rule.longest:
            raise _too_long(ask.duration, rule.longest, rule)
        return rule

    def terms(self, person: Person, ask: Ask, rule: Rule) -> Terms:
        """Return everything that a reviewer approves, copied from the present configuration."""
        target, role = self.target(ask.target), self.role(ask.target, ask.role)
        return Terms(
            kind=RequestKind.ACCESS,
            of_grant=None,
            break_glass=rule.break_glass is not None,
            requester=self.person_id(person.slack_id),
            target=target.name,
            cluster=target.cluster,
            database=target.database,
            env=target.env,
            login=target.login.value,
            personal_login=self.logins.get(self.person_id(person.slack_id)),
            role=role.name,
            can=role.can,
            cannot=role.cannot,
            access=role.access.value,
            grants=tuple(sorted(role.grants)),
            act_as=role.act_as,
            on=role.on,
            narrower=tuple((name, digest(target.roles[name])) for name in sorted(role.narrower)),
            duration_seconds=int(ask.duration.total_seconds()),
            longest_seconds=int(rule.longest.total_seconds()),
            reason=ask.reason,
            ticket=ticket_of(ask, pattern=rule.ticket),
            rule=rule.id,
            rule_digest=digest(rule),
            # A break-glass needs no approval before. Another person reviews it afterwards.
            approvals=() if rule.break_glass else tuple((slot.group, slot.count) for slot in rule.approvals),
        )

    def _subject(
        self,
        person: Person,
        target: str,
        role: str,
        *,
        duration: timedelta | None,
        now: datetime,
        break_glass: bool,
    ) -> Subject:
        return Subject(
            target=self.target(target),
            role=self.role(target, role),
            now=now,
            duration=duration,
            break_glass=break_glass,
            groups=self.groups_of(person),
            groups_of_any=self.membership.groups_of_any(person),
            is_guest=person.is_guest,
            has_login=self.person_id(person.slack_id) in self.logins,
        )

    def _refusal(self, person: Person, ask: Ask, decision: Decision, now: datetime) -> Refused:
        offers = self.offers(person, ask.target, ask.role, now=now, break_glass=ask.break_glass)
        if decision.denied_by is None and offers:
            return _too_long(ask.duration, offers[-1].longest, offers[-1].rule)
        possible = self.possible(person, ask.target, now=now)
        asked = "Possible by request" if ask.break_glass else "Possible"
        instead = (
            f"{asked}: {', '.join(possible)}."
            if possible
            else "You can request nothing there; ask an operator of dbaccess."
        )
        what = f"{ask.role} on {ask.target}{' by break-glass' if ask.break_glass else ''}"
        said = " ".join([f"No rule allows {what} now.", *_other_hours(decision)])
        if decision.denied_by is not None:
            said = f"Rule {decision.denied_by.id} denies {what} now."
        return NotAllowed(f"{said} {instead}", possible=possible)


_ANY_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Given where hours do not count."""


def _ever_deciding(rules: Iterable[Rule], subject: Subject) -> Iterator[Rule]:
    """Yield the rules that decide at some hour, for some duration; none if one always denies."""
    fitting = [rule for rule in rules if first_unmet(replace(rule, hours=None), subject) is None]
    if any(rule.denies and rule.hours is None for rule in fitting):
        return
    for rule in fitting:
        if rule.denies:
            continue
        yield rule
        if rule.hours is None and rule.up_to is None:  # it decides before all that follow
            return


def digest(part: Rule | Role) -> str:
    """Return SHA-256 in hex over all that this part of the configuration says."""
    return hashlib.sha256(canonical_bytes(plain(part))).hexdigest()


def _considered(rule: Rule, unmet: Unmet | None, deciding: Rule | None) -> Considered:
    if unmet is not None or deciding is None or rule is deciding:
        return Considered(rule=rule, unmet=unmet)
    passed_over = Unmet.DENIED if deciding.denies and not rule.denies else Unmet.LATER
    return Considered(rule=rule, unmet=passed_over, decided=deciding.id)


def _other_hours(decision: Decision) -> list[str]:
    """Return the rules that would allow it at another time, with their hours."""
    rules = [considered.rule for considered in decision.considered if considered.unmet is Unmet.HOURS]
    return [f"Rule {rule.id}: {rule.hours}." for rule in rules if not rule.denies][:3]


def _offers(fitting: list[Rule]) -> Iterator[Offer]:
    if any(rule.denies for rule in fitting):
        return
    over = timedelta(0)
    for rule in fitting:
        longest = rule.longest if rule.up_to is None else min(rule.longest, rule.up_to)
        if longest > over:
            yield Offer(rule=rule, over=over, longest=longest)
        if rule.up_to is None:
            return
        over = max(over, rule.up_to)


def _too_long(asked: timedelta, longest: timedelta, rule: Rule) -> TooLong:
    most = format_duration(longest)
    return TooLong(
        f"{format_duration(asked)} is over the maximum of {most} (rule {rule.id}).",
        longest=write_duration(longest),
        at_most=f"At most {most} (rule {rule.id}).",
    )
