"""The holders of grants on one target now."""

from dataclasses import replace
from datetime import datetime

from dbaccess.domain.errors import UnknownName
from dbaccess.domain.limits import SHOWN
from dbaccess.domain.lockdown import Lockdown, LockdownRow
from dbaccess.domain.names import NAME_SHOWN, unknown_name
from dbaccess.domain.overview import Holding
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy, Target
from dbaccess.domain.standing_access import EVERYWHERE, How, StandingNow, roles_of
from dbaccess.domain.truncated_list import Some
from dbaccess.operations.activity.use import uses_of
from dbaccess.operations.identity import Workspace, identify, look_up_all
from dbaccess.operations.lockdowns.declare import is_own
from dbaccess.operations.requests.eligibility import covers, reviews_for
from dbaccess.ports import UnitOfWork

_NOTHING = "There is no target that you may request."


def holders_of(
    uow: UnitOfWork, *, policy: Policy, workspace: Workspace, slack_id: SlackId, target: str
) -> Some[Holding]:
    """Return the first of the open grants on the target, oldest first.

    Visible to people who may request, review or operate the target. For other people the target does not
    exist: raises `UnknownName` with the nearest names that they may see.
    """
    person = identify(uow, slack_id, policy, workspace)
    visible = visible_targets(policy, person, uow.now)
    if target not in visible:
        raise _unknown(target, visible)
    grants = uow.grants.open_on_target(policy.target(target).cluster, target, limit=SHOWN)
    given = uow.reviews.of_all([grant.request_id for grant in grants])
    reviews = {grant.id: [r for r in given[grant.request_id] if r.approves] for grant in grants}
    holders = [grant.holder_slack_id for grant in grants]
    reviewers = [review.reviewer_slack_id for several in reviews.values() for review in several]
    people = look_up_all(uow, [*holders, *reviewers], policy)

    def name(known_as: SlackId) -> str:
        return people[known_as].shown if known_as in people else known_as

    uses = uses_of(uow, policy, grants)
    held = (
        Holding(
            grant=grant,
            holder_name=name(grant.holder_slack_id),
            approved_by=tuple(name(review.reviewer_slack_id) for review in reviews[grant.id]),
            use=uses[grant.id],
        )
        for grant in grants
    )
    return Some(held, grants.more)


def standing_on(uow: UnitOfWork, policy: Policy, target: str) -> StandingNow:
    """Return how many logins reach the target without a grant, as far as it is known now."""
    there = policy.target(target)
    on, roles = there.cluster, roles_of(there)
    reading = next((one for one in uow.standing_roles.readings() if one.cluster == on), None)
    if reading is None or not reading.counts(uow.now) or reading.left_out:
        return StandingNow(read_at=reading.read_at if reading else None)
    found = [one.standing for one in uow.standing_roles.on(on)]
    if any(one.how is How.UNREAD and one.database == there.database for one in found):
        return StandingNow(read_at=reading.read_at)
    here = [
        one
        for one in found
        if one.how in EVERYWHERE or (one.role in roles and one.database in {"", there.database})
    ]
    superusers = {one.login_identity for one in here if one.how is How.SUPERUSER}
    logins = {one.login_identity for one in here}
    return StandingNow(logins=len(logins), superusers=len(superusers), read_at=reading.read_at)


def visible_targets(policy: Policy, person: Person, now: datetime) -> tuple[str, ...]:
    """Return the targets that this person may request at any hour, reviews, or operates."""
    if policy.is_operator(person):
        return tuple(sorted(policy.targets))
    anytime = _at_any_hour(policy)
    return tuple(
        name
        for name, target in sorted(policy.targets.items())
        if _may_ask(anytime, person, target, now) or _reviews_on(policy, person, target)
    )


def may_request(policy: Policy, person: Person, now: datetime) -> bool:
    """Return whether a rule lets this person request some role, now or at another hour."""
    anytime = _at_any_hour(policy)
    return any(
        anytime.offers(person, name, role, now=now, break_glass=False)
        for name, target in policy.targets.items()
        for role in target.roles
    )


def _at_any_hour(policy: Policy) -> Policy:
    """Return the policy without hours: a target that people may request by day is visible at night."""
    rules = [replace(rule, hours=None) for rule in policy.rules if not (rule.denies and rule.hours)]
    return replace(policy, rules=tuple(rules))


def _may_ask(policy: Policy, person: Person, target: Target, now: datetime) -> bool:
    return any(
        policy.offers(person, target.name, role, now=now, break_glass=break_glass)
        for role in target.roles
        for break_glass in (False, True)
    )


def _reviews_on(policy: Policy, person: Person, target: Target) -> bool:
    rules = [rule for rule in policy.rules if covers(rule, target)]
    return bool(reviews_for(policy, person, rules))


def _unknown(asked: str, visible: tuple[str, ...]) -> UnknownName:
    if asked and visible:
        return unknown_name("target", asked, visible, there_are="You can look at")
    shown = asked[:NAME_SHOWN]
    said = f'No target "{shown}".' if asked else "Name a target: /dbaccess who TARGET."
    hint = f"You can look at: {', '.join(visible[:10])}." if visible else _NOTHING
    return UnknownName(f"{said} {hint}", kind="target", asked=shown, nearest=())


def lockdowns_seen(uow: UnitOfWork, policy: Policy, person: Person) -> tuple[LockdownRow, ...]:
    """Return lockdowns of all targets and of targets that this person may see, oldest first."""
    found = uow.lockdowns.open()
    if not found:  # the usual case costs one query, without a pass through the rules
        return ()
    operator, visible = policy.is_operator(person), visible_targets(policy, person, uow.now)
    return tuple(
        LockdownRow(lockdown=one, may_lift=operator and not is_own(policy, person, one))
        for one in found
        if operator or one.target is None or one.target in visible
    )


def lockdown_covering(uow: UnitOfWork, target: str) -> Lockdown | None:
    """Return the oldest open lockdown that covers the target."""
    return next(iter(uow.lockdowns.covering(target)), None)
