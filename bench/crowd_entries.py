"""The records of one grant of a crowd: request, review, and ledger entries."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bench.crowd_logins import CrowdLogin
from dbaccess.domain.ask import Ask
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import Grant, GrantId, GrantState, Recipe
from dbaccess.domain.people import Person, PersonId, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, RequestId, RequestState
from dbaccess.domain.terms import Terms

AGE = timedelta(minutes=10)
"""How long ago the grants of a crowd began."""
REVIEWER, REVIEWER_SLACK_ID = PersonId("U0PRIYA"), SlackId("U0PRIYA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One grant, its request, and its events in order."""

    request: Request
    grant: Grant
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdTerms:
    """The values that all grants of a crowd share: dealt to `holders` in turn, they end `apart`."""

    policy: Policy
    target: str
    role: str
    holders: tuple[SlackId, ...]
    expires_at: datetime
    apart: timedelta = timedelta(0)

    def terms(self, holder: SlackId) -> Terms:
        """The terms of the holder's request, as the policy of this moment makes them."""
        person = Person(
            slack_id=holder,
            team_id="T0ACME",
            name=holder.lower(),
            tz="UTC",
            is_guest=False,
            is_bot=False,
            is_deactivated=False,
            sources=frozenset(),
            read_at=self.expires_at,
        )
        access = self.policy.role(self.target, self.role).access
        rule = next(r for r in self.policy.rules if access in (r.access or {access}) and not r.break_glass)
        ask = Ask(target=self.target, role=self.role, duration=rule.longest, reason="one of a crowd, #4512")
        return self.policy.terms(person, ask, rule)


def tell(
    shared: CrowdTerms,
    terms: Terms,
    holder: SlackId,
    ids: tuple[RequestId, GrantId],
    login: CrowdLogin,
    number: int,
    now: datetime,
) -> Told:
    """Return the records of the grant with this number, which became active `AGE` ago."""
    request_id, grant_id = ids
    began = now - AGE
    request = Request(
        id=request_id,
        requester_slack_id=holder,
        terms=terms,
        fingerprint=terms.fingerprint,
        policy_hash=shared.policy.hash,
        state=RequestState.APPROVED,
        submitted_at=began,
        decide_by=began + timedelta(minutes=30),
        decided_at=began,
    )
    grant = Grant(
        id=grant_id,
        request_id=request_id,
        holder=terms.requester,
        holder_slack_id=holder,
        target=terms.target,
        cluster=terms.cluster,
        role=terms.role,
        duration=terms.duration,
        state=GrantState.ACTIVE,
        created_at=began,
        expires_at=shared.expires_at + number * shared.apart,
        activated_at=began,
        recipe=_recipe(terms, grant_id, login),
    )
    return Told(request=request, grant=grant, events=_events(request, grant, login))


def _recipe(terms: Terms, grant_id: GrantId, login: CrowdLogin) -> Recipe:
    return Recipe(
        grant_id=grant_id,
        cluster=terms.cluster,
        cluster_identity=login.identity,
        database=terms.database,
        login_kind=terms.login,
        login=login.name,
        login_identity=str(login.oid),
        tag=login.tag,
        roles=terms.grants,
        act_as=None,
        standing=(),
        # A login that was made for a grant goes with its memberships.
        role_identities=()
        if terms.login == "ephemeral"
        else tuple(str(login.role_oids[role]) for role in terms.grants),
    )


def _events(request: Request, grant: Grant, login: CrowdLogin) -> tuple[Event, ...]:
    """As the operations record them, from the request to the activation."""
    assert grant.recipe is not None and grant.expires_at is not None  # noqa: S101, PT018 a crowd is active
    first = Event(kind=EventKind.REQUEST_SUBMITTED, actor=request.requester, request_id=request.id)
    scope = {"role": grant.role, "duration_seconds": int(grant.duration.total_seconds())}
    approved = {"fingerprint": request.fingerprint, "policy_hash": request.policy_hash, **scope}
    asked = {
        "slack_id": request.requester_slack_id,
        "terms": request.terms.as_json(),
        "fingerprint": request.fingerprint,
        "policy_hash": request.policy_hash,
        "decide_by": request.decide_by.isoformat(),
    }
    reviewed = {"slack_id": REVIEWER_SLACK_ID, "groups": ["dba"], "note": "", **approved}
    created = {"reviewers": [REVIEWER], "fingerprint": request.fingerprint, **scope}
    ends = grant.expires_at.isoformat()
    started = {
        "recipe": replace(grant.recipe, login_identity=None).as_json(),
        "expires_at": ends,
        "attempt": 1,
    }
    started["policy_hash"] = request.policy_hash
    active = {
        "login": login.name,
        "login_identity": str(login.oid),
        "roles": list(grant.recipe.roles),
        "tables": [],
    }
    of_grant = replace(first, actor="worker", grant_id=grant.id)
    return (
        replace(first, data=asked),
        replace(first, kind=EventKind.REVIEW_APPROVED, actor=REVIEWER, data=reviewed),
        replace(first, kind=EventKind.REQUEST_APPROVED, actor=REVIEWER),
        replace(of_grant, kind=EventKind.GRANT_CREATED, actor="system", data=created),
        replace(of_grant, kind=EventKind.GRANT_PROVISION_STARTED, data=started),
        replace(of_grant, kind=EventKind.GRANT_ACTIVATED, data=active | {"expires_at": ends}),
    )
