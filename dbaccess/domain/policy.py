"""Who may ask for what, for how long, and whose yes it takes."""

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from dbaccess.domain.canonical import canonical_bytes, plain
from dbaccess.domain.duration import format_duration, write_duration
from dbaccess.domain.errors import BadReason, BadTicket, NotAllowed, TooLong, UnknownName
from dbaccess.domain.people import Person, PersonId, SlackId, SourceId
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.terms import RequestKind, Terms
from dbaccess.domain.text import match_whole

REASON_MIN = 10
REASON_MAX = 1000
TICKET_MAX = 100
NAME_SHOWN = 40


class Access(StrEnum):
    """How deep a role reaches."""

    READ = "read"
    WRITE = "write"
    DDL = "ddl"


class LoginKind(StrEnum):
    """Whose login carries the role: one made for the grant, or the person's own."""

    EPHEMERAL = "ephemeral"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A set of privileges that a target offers.

    `grants` are PostgreSQL roles, `on` are objects; one of the two at least. `narrower` are the roles of the
    same target that a reviewer may give instead.
    """

    name: str
    access: Access
    grants: tuple[str, ...]
    can: str
    cannot: str
    act_as: str | None = None
    on: ObjectPrivileges | None = None
    narrower: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A database server; its URL is the worker's secret and not here."""

    name: str
    driver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A database on a cluster."""

    name: str
    cluster: str
    database: str
    env: str
    channel: str
    login: LoginKind
    connect: str
    roles: Mapping[str, Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """How many people of one group must approve."""

    group: str
    count: int


class Scope(StrEnum):
    """How much of a database a role covers: what its broadest part reaches."""

    DATABASE = "database"
    SCHEMAS = "schemas"
    TABLES = "tables"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From `start` up to `end` on each of `days` (Monday is 0), in the zone `tz`.

    Where `end` is not after `start` the span reaches into the next day.
    """

    tz: str
    days: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend:
    """How a grant under the rule may be made longer: `longest` is its whole time, from its start."""

    longest: timedelta
    approvals: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlass:
    """Access first, review after: by whom, and within what time of the request."""

    review_by: str
    review_within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Whom to name when nobody has decided: a group's name or one person's Slack id."""

    after: timedelta
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Conditions and what they ask for; an empty condition fits everything.

    A rule that denies has conditions only. `up_to` is the longest duration that the rule is for (a longer one
    is for a later rule), `longest` the most that it allows. No `approvals`: nobody has to say yes.
    A rule with `break_glass` decides break-glass alone.
    """

    id: str
    env: frozenset[str]
    targets: frozenset[str]
    access: frozenset[Access]
    requester: tuple[str, ...]
    longest: timedelta
    approvals: tuple[Slot, ...]
    decide_within: timedelta
    guests: bool = False
    ticket: str | None = None
    min_reason: int = REASON_MIN
    denies: bool = False
    roles: frozenset[str] = frozenset()
    scopes: frozenset[Scope] = frozenset()
    requester_not: tuple[str, ...] = ()
    hours: Hours | None = None
    up_to: timedelta | None = None
    remind_after: timedelta | None = None
    escalation: Escalation | None = None
    extend: Extend | None = None
    break_glass: BreakGlass | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """One rule looked at: `why_not` is empty where it fits."""

    rule: Rule
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The first rule that fits decides; `considered` says why those before it did not."""

    rule: Rule | None
    considered: tuple[Considered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What somebody asks for, as parsed."""

    target: str
    role: str
    duration: timedelta
    reason: str
    ticket: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One configuration file, checked; `hash` names this very version."""

    hash: str
    installation: str
    ops_channel: str
    groups: Mapping[str, tuple[SourceId, ...]]
    aliases: Mapping[SlackId, PersonId]
    logins: Mapping[PersonId, str]
    clusters: Mapping[str, Cluster]
    targets: Mapping[str, Target]
    rules: tuple[Rule, ...]

    def person_id(self, slack_id: SlackId) -> PersonId:
        """The one human behind a Slack id."""
        return self.aliases.get(slack_id, PersonId(slack_id))

    def belongs(self, person: Person, group: str) -> bool:
        """Whether the group lists this account, by name or through a user group or channel."""
        sources = self.groups.get(group, ())
        return SourceId(person.slack_id) in sources or not person.sources.isdisjoint(sources)

    def is_operator(self, person: Person) -> bool:
        return "operators" in self.groups and self.belongs(person, "operators") and not person.is_guest

    def target(self, name: str) -> Target:
        """Raises `UnknownName` with the nearest names."""
        if name in self.targets:
            return self.targets[name]
        raise _unknown("target", name, self.targets)

    def role(self, target: str, name: str) -> Role:
        """Raises `UnknownName` with the nearest names, of the role or before it of the target."""
        roles = self.target(target).roles
        if name in roles:
            return roles[name]
        raise _unknown("role", name, roles)

    def decide(self, person: Person, target: str, role: str) -> Decision:
        """Which rule lets this person ask for the role, and why the ones before it do not."""
        considered = []
        for rule in self.rules:
            why_not = self._why_not(rule, person, self.target(target), self.role(target, role))
            considered.append(Considered(rule=rule, why_not=why_not))
            if not why_not:
                return Decision(rule=rule, considered=tuple(considered))
        return Decision(rule=None, considered=tuple(considered))

    def possible(self, person: Person, target: str) -> tuple[str, ...]:
        """The roles of the target that some rule lets this person ask for."""
        return tuple(r for r in self.target(target).roles if self.decide(person, target, r).rule)

    def requestable(self, person: Person) -> tuple[str, ...]:
        """The targets on which this person could ask for something."""
        return tuple(t for t in sorted(self.targets) if self.possible(person, t))

    def check(self, person: Person, ask: Ask) -> Rule:
        """The rule that allows the ask whole; raises the `Refused` that says what would work instead."""
        self.role(ask.target, ask.role)
        rule = self.decide(person, ask.target, ask.role).rule
        if rule is None:
            raise self._not_allowed(person, ask)
        if ask.duration > rule.longest:
            raise TooLong(
                f"{format_duration(ask.duration)} is over the maximum of "
                f"{format_duration(rule.longest)} (rule {rule.id}).",
                longest=write_duration(rule.longest),
            )
        check_reason(ask.reason, at_least=rule.min_reason)
        if len(ask.ticket or "") > TICKET_MAX:
            raise BadTicket(f"A ticket has at most {TICKET_MAX} characters.")
        if rule.ticket is not None and not match_whole(rule.ticket, ask.ticket or ""):
            raise BadTicket(f"Rule {rule.id} wants a ticket that fits {rule.ticket}.")
        return rule

    def terms(self, person: Person, ask: Ask, rule: Rule) -> Terms:
        """Everything a reviewer says yes to, copied out of the configuration of this moment."""
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
            access=role.access.value,
            grants=tuple(sorted(role.grants)),
            act_as=role.act_as,
            on=role.on,
            narrower=tuple((name, digest(target.roles[name])) for name in sorted(role.narrower)),
            duration_seconds=int(ask.duration.total_seconds()),
            reason=ask.reason,
            ticket=ask.ticket,
            rule=rule.id,
            rule_digest=digest(rule),
            approvals=tuple((slot.group, slot.count) for slot in rule.approvals),
        )

    def _why_not(self, rule: Rule, person: Person, target: Target, role: Role) -> str:  # noqa: PLR0911 a list of reasons
        if rule.targets and target.name not in rule.targets:
            return f"is for {_names(rule.targets)}"
        if rule.env and target.env not in rule.env:
            return f"is for {_names(rule.env)}"
        if rule.access and role.access not in rule.access:
            return f"is for {_names(rule.access)}"
        if rule.requester and not any(self.belongs(person, group) for group in rule.requester):
            return f"is for members of {_names(rule.requester)}"
        if person.is_guest and not rule.guests:
            return "is not for guests"
        if target.login is LoginKind.PERSONAL and self.person_id(person.slack_id) not in self.logins:
            return "needs a login of your own under [people]"
        return ""

    def _not_allowed(self, person: Person, ask: Ask) -> NotAllowed:
        possible = self.possible(person, ask.target)
        instead = f"Possible: {', '.join(possible)}." if possible else "Nothing on it is possible for you."
        return NotAllowed(f"No rule allows {ask.role} on {ask.target} now. {instead}", possible=possible)


def check_reason(reason: str, *, at_least: int = REASON_MIN) -> None:
    """Raises `BadReason` unless the reason says something and fits."""
    if len(reason.strip()) < at_least:
        raise BadReason(f"Say why, at least {at_least} characters.")
    if len(reason) > REASON_MAX:
        raise BadReason(f"At most {REASON_MAX:,} characters; this has {len(reason):,}.")


def digest(part: Rule | Role) -> str:
    """SHA-256 in hex over all that this part of the configuration says."""
    return hashlib.sha256(canonical_bytes(plain(part))).hexdigest()


def nearest(asked: str, names: Iterable[str]) -> tuple[str, ...]:
    """Up to three names that come close to what was typed, best first."""
    known = sorted(names)
    lower = asked.lower()[:NAME_SHOWN]
    starts = [n for n in known if lower and (n.startswith(lower) or lower.startswith(n))]
    close = difflib.get_close_matches(lower, known, n=3, cutoff=0.5)
    return tuple(dict.fromkeys([*starts, *close]))[:3]


def _unknown(kind: str, asked: str, names: Iterable[str]) -> UnknownName:
    known = sorted(names)
    close = nearest(asked, known)
    hint = f"Nearest: {', '.join(close)}." if close else f"There are: {', '.join(known[:10])}."
    return UnknownName(
        f'No {kind} "{asked[:NAME_SHOWN]}". {hint}', kind=kind, asked=asked[:NAME_SHOWN], nearest=close
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
