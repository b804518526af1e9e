"""Extensions: how much time a grant may still get, and the outcome of an approved one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dbaccess.domain.ask import check_reason
from dbaccess.domain.duration import format_duration, write_duration
from dbaccess.domain.errors import AlreadyDecided, NotAllowed, TooLong
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.people import Person
from dbaccess.domain.policy import Policy, digest
from dbaccess.domain.request import RequestId
from dbaccess.domain.rule import Extend, Rule
from dbaccess.domain.terms import RequestKind, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """The outcome of an approved extension: the later end `expires_at`, or the reason why there is none."""

    request_id: RequestId
    grant_id: GrantId
    added: timedelta
    expires_at: datetime | None
    why: str | None
    settled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Extendable:
    """A grant that may be extended now, by `left` at most."""

    grant: Grant
    rule: Rule
    extend: Extend
    left: timedelta


def extendable(
    policy: Policy, person: Person, *, grant: Grant, granted: Terms, added: timedelta, now: datetime
) -> Extendable:
    """Return how much this policy allows the holder to add now; raises the `Refused` with the reason.

    `granted` are the terms of the grant, `added` the extensions that it already has.
    """
    if grant.state is not GrantState.ACTIVE or grant.expires_at is None or grant.expires_at <= now:
        raise AlreadyDecided(f"{grant.label} is not active; only an active grant can be extended.")
    rule = _rule(policy, person, grant, granted, now)
    if rule.extend is None:
        raise NotAllowed(f"Rule {rule.id} does not extend grants. Request {grant.role} again after it ends.")
    if not rule.extend.approvals and grant.duration < granted.duration:
        # Without this refusal, a reviewer's smaller approval could be extended to the full time without a new
        # review.
        less = f"{grant.label} was approved for less than was asked"
        raise NotAllowed(f"{less}. Request {grant.role} again after it ends.")
    _check_as_granted(policy, grant)
    left = rule.extend.longest - grant.duration - added
    if left <= timedelta(0):
        whole = format_duration(rule.extend.longest)
        raise NotAllowed(f"Rule {rule.id} allows {whole} in all, and {grant.label} has them all.")
    return Extendable(grant=grant, rule=rule, extend=rule.extend, left=left)


def extension_terms(
    found: Extendable, *, granted: Terms, policy: Policy, more: timedelta, reason: str
) -> Terms:
    """Return the terms that a reviewer approves; raises `TooLong` or `BadReason`."""
    rule, grant = found.rule, found.grant
    if more > found.left:
        left, whole = format_duration(found.left), format_duration(found.extend.longest)
        raise TooLong(
            f"{format_duration(more)} more is over the maximum of {whole} in all (rule {rule.id}). "
            f"At most {left} more.",
            longest=write_duration(found.left),
            at_most=f"At most {left} more, {whole} in all (rule {rule.id}).",
        )
    check_reason(reason, at_least=rule.min_reason)
    target, role = policy.target(grant.target), policy.role(grant.target, grant.role)
    return Terms(
        kind=RequestKind.EXTENSION,
        of_grant=grant.id,
        break_glass=False,
        requester=granted.requester,
        target=target.name,
        cluster=target.cluster,
        database=target.database,
        env=target.env,
        login=target.login.value,
        personal_login=granted.personal_login,
        role=role.name,
        can=role.can,
        cannot=role.cannot,
        access=role.access.value,
        grants=tuple(sorted(role.grants)),
        act_as=role.act_as,
        on=role.on,
        narrower=(),
        duration_seconds=int(more.total_seconds()),
        longest_seconds=int(found.extend.longest.total_seconds()),
        reason=reason,
        ticket=granted.ticket,
        rule=rule.id,
        rule_digest=digest(rule),
        approvals=tuple((slot.group, slot.count) for slot in found.extend.approvals),
    )


def _rule(policy: Policy, person: Person, grant: Grant, granted: Terms, now: datetime) -> Rule:
    """Return the rule that would allow them the role now, as it was requested."""
    role = policy.role(grant.target, grant.role).name
    decision = policy.decide(
        person,
        grant.target,
        role,
        duration=granted.duration,
        now=now,
        break_glass=granted.break_glass,
    )
    if decision.rule is None:
        denied = f"Rule {decision.denied_by.id} denies" if decision.denied_by else "No rule allows"
        raise NotAllowed(f"{denied} {role} on {grant.target} now. It ends as granted.")
    return decision.rule


def _check_as_granted(policy: Policy, grant: Grant) -> None:
    """Refuse more time if the role's definition has changed since the grant."""
    target, role, recipe = policy.target(grant.target), policy.role(grant.target, grant.role), grant.recipe
    held = recipe and (recipe.cluster, recipe.database, recipe.roles, recipe.act_as, recipe.on)
    now = (target.cluster, target.database, tuple(sorted(role.grants)), role.act_as, role.on)
    if held != now or (recipe and recipe.login_kind != target.login.value):
        raise NotAllowed(f"{grant.role} on {grant.target} has changed since. Request it again.")
