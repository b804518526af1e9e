"""Stories for the tests, believable or extreme."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dbaccess.domain.coverage import CaptureLevel, Coverage
from dbaccess.domain.grant import EndCause, Grant, GrantId, GrantState, Recipe
from dbaccess.domain.people import Person, PersonId, SlackId, SourceId
from dbaccess.domain.receipt import PRIMARY, Receipt, RoleSeen, RoleState, SessionsSeen
from dbaccess.domain.request import Request, RequestId, RequestState, Review, ReviewId, Verdict
from dbaccess.domain.request_details import RequestDetails, ReviewerGroup
from dbaccess.domain.terms import Terms
from tests.terms import TERMS

NOW = datetime(2026, 3, 10, 3, 10, tzinfo=UTC)
MAYA, PRIYA, SAM = SlackId("U0MAYA"), SlackId("U0PRIYA"), SlackId("U0SAM")
NOT_LOGGED = Coverage(level=CaptureLevel.NONE, why="orders-prod does not log statements")
WORKSPACE = "https://acme.slack.com/"
REASON = 'Orders stuck in "paid" since 02:40, need to see queue_state.'


def at(minutes: float) -> datetime:
    """Minutes after three at night."""
    return datetime(2026, 3, 10, 3, 0, tzinfo=UTC) + timedelta(minutes=minutes)


def person(slack_id: str, name: str, tz: str = "Europe/Berlin") -> Person:
    return Person(
        slack_id=SlackId(slack_id),
        team_id="T0ACME",
        name=name,
        tz=tz,
        is_guest=False,
        is_bot=False,
        is_deactivated=False,
        sources=frozenset(),
        read_at=NOW,
        known_as=slack_id.removeprefix("U0").lower(),
    )


def terms(**changes: Any) -> Terms:
    return replace(TERMS, **{"reason": REASON, "ticket": "OPS-4512"} | changes)


def request(of: Terms | None = None, **changes: Any) -> Request:
    of = of or terms()
    made = Request(
        id=RequestId(1042),
        requester_slack_id=MAYA,
        terms=of,
        fingerprint=of.fingerprint,
        policy_hash="b" * 64,
        state=RequestState.PENDING,
        submitted_at=at(10),
        decide_by=at(40),
    )
    return replace(made, **changes)


def review(verdict: Verdict = Verdict.APPROVED, **changes: Any) -> Review:
    made = Review(
        id=ReviewId(1),
        request_id=RequestId(1042),
        reviewer=PersonId("priya"),
        reviewer_slack_id=PRIYA,
        verdict=verdict,
        groups=("dba",),
        note="",
        fingerprint="",
        policy_hash="",
        reviewed_at=at(14),
    )
    return replace(made, **changes)


def recipe(**changes: Any) -> Recipe:
    made = Recipe(
        grant_id=GrantId(7),
        cluster="main",
        cluster_identity="1",
        database="orders",
        login_kind="ephemeral",
        login="jit_acme_maya_7f3a",
        login_identity="4711",
        tag="t",
        roles=("orders_read",),
        act_as=None,
        standing=(),
    )
    return replace(made, **changes)


REMOVED = RoleSeen(name="orders_read", identity="16400", state=RoleState.REMOVED)
KEPT = replace(REMOVED, state=RoleState.KEPT)


def sessions(closed: int, left: int | None = 0, server: str = PRIMARY) -> SessionsSeen:
    return SessionsSeen(server=server, closed=closed, left=left)


def receipt(**changes: Any) -> Receipt:
    made = Receipt(
        seen_at=at(135),
        roles=(REMOVED,),
        login_removed=True,
        sessions=(sessions(1),),
        handed_over=(),
    )
    return replace(made, **changes)


def grant(state: GrantState, **changes: Any) -> Grant:
    made = Grant(
        id=GrantId(7),
        request_id=RequestId(1042),
        holder=PersonId("maya"),
        holder_slack_id=MAYA,
        target="orders-prod",
        cluster="main",
        role="read",
        duration=timedelta(hours=2),
        state=state,
        created_at=at(14),
        recipe=recipe(),
    )
    if state is not GrantState.PROVISIONING:
        made = replace(made, expires_at=at(135), activated_at=at(15))
    if state is GrantState.REVOKING or state.is_final:
        made = replace(made, revoking_at=at(135), end_cause=EndCause.EXPIRED)
    if state is GrantState.ENDED:
        made = replace(made, receipt=receipt(), ended_at=at(135))
    if state is GrantState.WRITTEN_OFF:
        made = replace(
            made,
            write_off_by="cli:sam@db1",
            write_off_reason="server scrapped",
            written_off_by="cli:priya@db1",
            written_off_at=at(200),
        )
    return replace(made, **changes)


def details(**changes: Any) -> RequestDetails:
    made = RequestDetails(
        request=request(),
        reviews=(),
        grant=None,
        people={MAYA: person(MAYA, "Maya Lindqvist"), PRIYA: person(PRIYA, "Priya Nair")},
        groups=(ReviewerGroup(name="dba", sources=(SourceId("S0DBA"),), count=1),),
        operators=ReviewerGroup(name="operators", sources=(SourceId("U0OPS"),), count=1),
        escalate_to=ReviewerGroup(name="operators", sources=(SourceId("U0OPS"),), count=1),
        can="read every table in schema shop",
        cannot="change data or schema",
        connect_lines=(
            'psql "host=db1 port=5432 dbname=orders user=jit_acme_maya_7f3a"',
            "postgresql://jit_acme_maya_7f3a@db1:5432/orders",
        ),
        requester_groups=("engineers", "on call"),
        workspace_url=WORKSPACE,
        credentials_shown=False,
        now=NOW,
        coverage=NOT_LOGGED,
    )
    return replace(made, **changes)


def decided(state: RequestState, *reviews: Review, **changes: Any) -> RequestDetails:
    return details(request=request(state=state, decided_at=at(14)), reviews=reviews, **changes)


def granted(state: GrantState, **changes: Any) -> RequestDetails:
    return decided(RequestState.APPROVED, review(), grant=grant(state, **changes))


def never_active(**changes: Any) -> RequestDetails:
    seen = receipt(seen_at=at(19), sessions=(sessions(0),))
    ended = {"activated_at": None, "end_cause": EndCause.ABANDONED, "receipt": seen, "revoking_at": at(18)}
    return granted(GrantState.ENDED, **(ended | changes))
