"""The match of a rule with an ask, with the reason if it does not apply."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dbaccess.domain.duration import format_duration
from dbaccess.domain.rule import Rule
from dbaccess.domain.target import LoginKind, Role, Target


class Unmet(StrEnum):
    """The first condition of a rule that does not hold, or that another rule decides before it."""

    TARGET = "target"
    ENV = "env"
    ACCESS = "access"
    ROLE = "role"
    SCOPE = "scope"
    BREAK_GLASS = "break_glass"
    REQUESTER = "requester"
    EXCLUDED = "excluded"
    GUEST = "guest"
    LOGIN = "login"
    HOURS = "hours"
    DURATION = "duration"
    DENIED = "denied"
    LATER = "later"


ABOUT_THE_ROLE = frozenset(
    {Unmet.REQUESTER, Unmet.EXCLUDED, Unmet.GUEST, Unmet.LOGIN, Unmet.HOURS, Unmet.DURATION}
)
"""Conditions of a rule about this role that other people, or another time, would meet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The requester, the role and the time of an ask.

    `groups` are those of the requesting account. `groups_of_any` are those of any account of the same person,
    until the last reading. Without a `duration`, before one is chosen, every length fits.
    """

    target: Target
    role: Role
    now: datetime
    duration: timedelta | None
    break_glass: bool
    groups: frozenset[str]
    groups_of_any: frozenset[str]
    is_guest: bool
    has_login: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """One considered rule: `unmet` is None if it decides, `decided` is the rule that decided before it."""

    rule: Rule
    unmet: Unmet | None
    decided: str = ""

    @property
    def why_not(self) -> str:
        """Return the reason, to follow the rule's name: `is for read`; empty if it decides."""
        return why_not(self.rule, self.unmet, self.decided) if self.unmet else ""


def first_unmet(rule: Rule, subject: Subject) -> Unmet | None:
    """Return the first condition that does not hold; a rule that denies checks only conditions."""
    unmet = _place_unmet(rule, subject.target, subject.role)
    if unmet is None and not rule.denies and subject.break_glass is not (rule.break_glass is not None):
        return Unmet.BREAK_GLASS
    return unmet or _person_unmet(rule, subject) or _time_unmet(rule, subject)


def covers(rule: Rule, target: Target, role: Role) -> bool:
    """Return whether the rule covers this role of this target, for any requester at any time."""
    return _place_unmet(rule, target, role) is None


def _place_unmet(rule: Rule, target: Target, role: Role) -> Unmet | None:
    if rule.targets and target.name not in rule.targets:
        return Unmet.TARGET
    if rule.env and target.env not in rule.env:
        return Unmet.ENV
    if rule.access and role.access not in rule.access:
        return Unmet.ACCESS
    if rule.roles and role.name not in rule.roles:
        return Unmet.ROLE
    if rule.scopes and role.scope not in rule.scopes:
        return Unmet.SCOPE
    return None


def _person_unmet(rule: Rule, subject: Subject) -> Unmet | None:
    # A condition that excludes people holds for all their accounts; one that admits them holds for the
    # requesting account. The exception of a denial admits.
    asked = subject.groups_of_any if rule.denies else subject.groups
    excluded = subject.groups if rule.denies else subject.groups_of_any
    if rule.requester and asked.isdisjoint(rule.requester):
        return Unmet.REQUESTER
    if not excluded.isdisjoint(rule.requester_not):
        return Unmet.EXCLUDED
    if subject.is_guest and not rule.guests and not rule.denies:
        return Unmet.GUEST
    if subject.target.login is LoginKind.PERSONAL and not subject.has_login and not rule.denies:
        return Unmet.LOGIN
    return None


def _time_unmet(rule: Rule, subject: Subject) -> Unmet | None:
    if rule.hours is not None and not rule.hours.include(subject.now):
        return Unmet.HOURS
    if rule.up_to is not None and subject.duration is not None and subject.duration > rule.up_to:
        return Unmet.DURATION
    return None


def why_not(rule: Rule, unmet: Unmet, decided: str = "") -> str:
    """Return the reason, to follow the rule's name."""
    texts = {
        Unmet.TARGET: f"is for {_names(rule.targets)}",
        Unmet.ENV: f"is for {_names(rule.env)}",
        Unmet.ACCESS: f"is for {_names(rule.access)}",
        Unmet.ROLE: f"is for the role {_names(rule.roles)}",
        Unmet.SCOPE: f"is for roles on {_names(rule.scopes)}",
        Unmet.BREAK_GLASS: "is for break-glass" if rule.break_glass else "is not for break-glass",
        Unmet.REQUESTER: f"is for members of {_names(rule.requester)}",
        Unmet.EXCLUDED: f"is not for members of {_names(rule.requester_not)}",
        Unmet.GUEST: "is not for guests",
        Unmet.LOGIN: "needs a login of your own under [people]",
        Unmet.HOURS: f"is for {rule.hours}",
        Unmet.DURATION: f"is for up to {format_duration(rule.up_to or rule.longest)}",
        Unmet.DENIED: f"would allow it, but {decided} denies it",
        Unmet.LATER: f"fits, but {decided} before it decides",
    }
    return texts[unmet]


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
