"""Reading of all that is known of a request, at one moment."""

from collections.abc import Container
from dataclasses import replace
from datetime import datetime, timedelta

from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.extension import Extension
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.message import ANNOUNCES
from dbaccess.domain.narrower_roles import roles_instead
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.policy import Policy, Rule
from dbaccess.domain.request import Request, RequestId
from dbaccess.domain.request_details import RequestDetails, ReviewerGroup
from dbaccess.domain.terms import RequestKind
from dbaccess.domain.use import UNKNOWN_USE, Use
from dbaccess.operations.activity.capture import coverage_now
from dbaccess.operations.activity.report import activity_report
from dbaccess.operations.activity.use import use_of
from dbaccess.operations.identity import Workspace, look_up, look_up_all
from dbaccess.operations.requests.current_scope import current_scope
from dbaccess.ports import UnitOfWork


def load_request_details(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, request_id: RequestId
) -> RequestDetails:
    """Return the details of a request as they are in this transaction; raises `NotFound`."""
    request = uow.requests.get(request_id)
    reviews = uow.reviews.of(request_id)
    grant, terms = grant_of(uow, request), request.terms
    requester = look_up(uow, request.requester_slack_id, policy)
    target = policy.targets.get(terms.target)
    scope = current_scope(uow, request)
    role = target.roles.get(scope.role) if target else None
    rule = next((rule for rule in policy.rules if rule.id == terms.rule), None)
    shown = uow.credential_views.shown_before(grant.id) if grant else None
    to_close = uow.break_glass_reviews.of(request.id) if terms.break_glass else None
    people = [request.requester_slack_id, *(review.reviewer_slack_id for review in reviews)]
    people += [to_close.verdict.reviewer_slack_id] if to_close and to_close.verdict else []
    escalate_to = _escalate_to(policy, rule)
    if escalate_to is not None:
        people += [SlackId(source) for source in escalate_to.sources]
    own = policy.accounts(request.requester_slack_id)
    began = grant if grant and grant.activated_at else None
    # Reading thousands of statements would hold up each edit, and only messages about ended grants show them.
    report = activity_report(uow, policy, began) if began and began.state.is_final else None
    asking = next((one for one in uow.messages.of(request_id) if one.kind in ANNOUNCES), None)
    unconfirmed = asking is not None and asking.posted_ts is None and asking.maybe_posted
    return RequestDetails(
        request=request,
        reviews=tuple(reviews),
        grant=grant,
        people=look_up_all(uow, people, policy),
        groups=tuple(
            _without(own, _group(policy, name, count))
            for name, count in (((to_close.review_by, 1),) if to_close else terms.approvals)
        ),
        operators=_without(own, _group(policy, "operators", 1)),
        escalate_to=_without(own, escalate_to) if escalate_to else None,
        can=role.can if role else "",
        cannot=role.cannot if role else "",
        requester_groups=_asks_as(policy, rule, requester),
        workspace_url=workspace.url,
        credentials_shown=shown is not None,
        now=uow.now,
        ended_by=_ended_by(uow, policy, grant),
        extension=_extension(uow, request),
        may_extend=_may_extend(uow, rule, grant),
        narrower=_narrower(policy, request, requester, scope, now=uow.now),
        break_glass_review=to_close,
        refusal=asking.refusal if asking else None,
        is_unseen=asking is None or (asking.posted_ts is None and not unconfirmed),
        is_unconfirmed=unconfirmed,
        coverage=uow.activity.coverage_of(began.id)
        if began
        else coverage_now(uow, policy, terms.target, terms.requester),
        activity=report,
        use=_use(uow, policy, rule, grant),
    )


def grant_of(uow: UnitOfWork, request: Request) -> Grant | None:
    """Return the grant of the request, or the grant that it is about."""
    if request.terms.of_grant is None:
        return uow.grants.of_request(request.id)
    return uow.grants.get(GrantId(request.terms.of_grant))


def _use(uow: UnitOfWork, policy: Policy, rule: Rule | None, grant: Grant | None) -> Use:
    """Return the use of an active grant if its rule offers to end it when idle; no other message tells it."""
    is_told = rule is not None and rule.idle_after is not None
    if not is_told or grant is None or grant.state is not GrantState.ACTIVE:
        return UNKNOWN_USE
    return use_of(uow, policy, grant)


def _extension(uow: UnitOfWork, request: Request) -> Extension | None:
    if request.terms.kind is not RequestKind.EXTENSION or request.terms.of_grant is None:
        return None
    known = uow.extensions.of(GrantId(request.terms.of_grant))
    return next((extension for extension in known if extension.request_id == request.id), None)


def _may_extend(uow: UnitOfWork, rule: Rule | None, grant: Grant | None) -> bool:
    """Return whether the rule allows an extension; the moment of the request decides the rest."""
    if rule is None or rule.extend is None or grant is None:
        return False
    added = sum((extension.added for extension in uow.extensions.of(grant.id)), start=timedelta(0))
    return grant.duration + added < rule.extend.longest


def _asks_as(policy: Policy, rule: Rule | None, requester: Person | None) -> tuple[str, ...]:
    """Return those of the rule's groups that the requester is in."""
    if rule is None or requester is None:
        return ()
    return tuple(group for group in rule.requester if policy.belongs(requester, group))


def _narrower(
    policy: Policy, request: Request, requester: Person | None, offer: ApprovedScope, *, now: datetime
) -> tuple[str, ...]:
    """Return the narrower roles on offer; none once one of them is approved."""
    if requester is None or offer.role != request.terms.role:
        return ()
    return roles_instead(policy, requester, request.terms, now=now)


def _ended_by(uow: UnitOfWork, policy: Policy, grant: Grant | None) -> Person | None:
    """Return an account of the name under `[people]`; without an entry the name is an account."""
    if grant is None or grant.ended_by is None:
        return None
    named = [slack_id for slack_id, person_id in policy.aliases.items() if person_id == grant.ended_by]
    accounts = named or [SlackId(grant.ended_by)]
    known = look_up_all(uow, accounts, policy)
    return next((known[account] for account in accounts if account in known), None)


def _escalate_to(policy: Policy, rule: Rule | None) -> ReviewerGroup | None:
    if rule is None or rule.escalation is None:
        return None
    to = rule.escalation.to
    return _group(policy, to, 1) if to in policy.groups else _one_person(to)


def _one_person(slack_id: str) -> ReviewerGroup:
    return ReviewerGroup(name=slack_id, sources=(SourceId(slack_id),), count=1)


def _group(policy: Policy, name: str, count: int) -> ReviewerGroup:
    return ReviewerGroup(name=name, sources=policy.groups.get(name, ()), count=count)


def _without(own: Container[str], group: ReviewerGroup) -> ReviewerGroup:
    """Return the group without the requester, who must not be pinged as a reviewer."""
    return replace(group, sources=tuple(source for source in group.sources if source not in own))
