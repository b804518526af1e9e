"""Building of the domain's policy from a checked file, with the hash that identifies this version."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from dbaccess.domain.capture import IMPORTED
from dbaccess.domain.hours import DAYS
from dbaccess.domain.people import PersonId, SlackId, SourceId
from dbaccess.domain.policy import (
    Access,
    BreakGlass,
    Capture,
    CaptureMode,
    CaptureSource,
    Cluster,
    Escalation,
    Extend,
    Hours,
    LoginKind,
    Policy,
    Role,
    Rule,
    Scope,
    SecondSink,
    Slot,
    Target,
)
from dbaccess.domain.policy_content import hash_of
from dbaccess.policy_file.checks.objects import object_privileges
from dbaccess.policy_file.shape.file import CaptureShape, ClusterShape, FileShape, RoleShape, TargetShape
from dbaccess.policy_file.shape.rule import Approvals, ExtendShape, HoursShape, RuleShape
from dbaccess.policy_file.shape.words import clock_of, duration_of


def build_policy(file: FileShape) -> Policy:
    """Return the whole policy; the same content gives the same hash, whatever the file's layout."""
    people = file.people.items()
    policy = Policy(
        hash="",
        installation=file.installation,
        ops_channel=file.slack.ops_channel,
        groups=MappingProxyType(
            {name: tuple(SourceId(s) for s in group.members) for name, group in file.groups.items()}
        ),
        aliases=MappingProxyType({SlackId(s): PersonId(name) for name, p in people for s in p.slack}),
        logins=MappingProxyType({PersonId(name): p.login for name, p in people if p.login is not None}),
        clusters=MappingProxyType({name: _cluster(name, cluster) for name, cluster in file.clusters.items()}),
        targets=MappingProxyType({name: _target(name, target) for name, target in file.targets.items()}),
        owners=MappingProxyType(
            {name: group.owner for name, group in file.groups.items() if group.owner is not None}
        ),
        second_sink=SecondSink(file.break_glass.second_sink) if file.break_glass else None,
        break_glass_in_lockdown=file.lockdown is not None and file.lockdown.break_glass,
        rules=tuple(_rule(rule) for rule in file.rules),
    )
    return replace(policy, hash=hash_of(policy))


def _cluster(name: str, cluster: ClusterShape) -> Cluster:
    return Cluster(
        name=name,
        driver=cluster.driver,
        replicas=tuple(sorted(cluster.replicas or ())),
        capture=_capture(cluster.capture) if cluster.capture else None,
        lock_database=cluster.lock_database,
    )


def _capture(read: CaptureShape) -> Capture:
    source = None if read.source == IMPORTED else CaptureSource(read.source)
    return Capture(source=source, over=read.over or "")


def _target(name: str, target: TargetShape) -> Target:
    return Target(
        name=name,
        cluster=target.cluster,
        database=target.database,
        env=target.env,
        channel=target.channel,
        login=LoginKind(target.login),
        connect=target.connect,
        roles=MappingProxyType({role: _role(role, shape) for role, shape in target.roles.items()}),
        retention=_duration(target.retention),
    )


def _role(name: str, role: RoleShape) -> Role:
    return Role(
        name=name,
        access=Access(role.access),
        grants=tuple(sorted(role.grants or ())),
        can=role.can,
        cannot=role.cannot,
        act_as=role.act_as,
        on=object_privileges(role.on) if role.on else None,
        narrower=tuple(sorted(role.narrower or ())),
    )


def _rule(rule: RuleShape) -> Rule:
    """Return the rule; one that denies allows no time, and one with `up_to` alone allows just that.

    Raises `ValueError` for a rule that allows without naming approvals; the checks let none through.
    """
    if rule.approvals is None and not (rule.deny or rule.break_glass):
        raise ValueError(f"Rule {rule.id} names no approvals.")
    return Rule(
        id=rule.id,
        denies=rule.deny,
        env=frozenset(rule.env or ()),
        targets=frozenset(rule.target or ()),
        access=frozenset(Access(access) for access in rule.access or ()),
        roles=frozenset(rule.role or ()),
        scopes=frozenset(Scope(scope) for scope in rule.covers or ()),
        requester=tuple(rule.requester or ()),
        requester_not=tuple(rule.requester_not or ()),
        hours=_hours(rule.hours) if rule.hours else None,
        up_to=_duration(rule.up_to),
        longest=_duration(rule.max) or _duration(rule.up_to) or timedelta(0),
        approvals=_slots(rule.approvals or []),
        decide_within=duration_of(rule.decide_within),
        guests=rule.guests,
        ticket=rule.ticket,
        min_reason=rule.min_reason,
        remind_after=_duration(rule.remind_after),
        escalation=_escalation(rule),
        extend=_extend(rule.extend) if rule.extend else None,
        break_glass=_break_glass(rule),
        capture=CaptureMode(rule.capture),
        require_capture=rule.require_capture,
        idle_after=_duration(rule.idle_after),
        idle_end=rule.idle_end,
    )


def _duration(text: str | None) -> timedelta | None:
    return None if text is None else duration_of(text)


def _slots(slots: Approvals) -> tuple[Slot, ...]:
    return tuple(Slot(group=slot.group, count=slot.count) for slot in slots)


def _hours(hours: HoursShape) -> Hours:
    return Hours(
        tz=hours.tz,
        days=frozenset(DAYS.index(day) for day in hours.days),
        start=clock_of(hours.start),
        end=clock_of(hours.end),
    )


def _extend(extend: ExtendShape) -> Extend:
    return Extend(longest=duration_of(extend.max), approvals=_slots(extend.approvals))


def _escalation(rule: RuleShape) -> Escalation | None:
    if rule.escalate_after is None or rule.escalate_to is None:
        return None
    return Escalation(after=duration_of(rule.escalate_after), to=rule.escalate_to)


def _break_glass(rule: RuleShape) -> BreakGlass | None:
    if not rule.break_glass:
        return None
    if rule.review_by is None or rule.review_within is None:
        raise ValueError(f"Rule {rule.id} names no reviewers of a break-glass.")
    return BreakGlass(review_by=rule.review_by, review_within=duration_of(rule.review_within))
