"""Whatever is clicked, by whomever, in whatever order: no grant without a quorum of other people."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dbaccess.domain import limits
from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.errors import Refused
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy, Slot
from dbaccess.domain.request import Request, Verdict
from dbaccess.operations.grants.end_early import revoke_by_operator
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.requests.withdraw import withdraw
from tests.operations.edited_policies import with_groups, with_narrower, with_rule
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, TOM, House, new_key

OPS = SlackId("U0OPS")
REVIEWERS = (TOM, PRIYA, SAM, OPS)
GROUPS = ("dba", "owners")
YES, NO = Verdict.APPROVED, Verdict.DENIED

slot_lists = st.sampled_from(
    [
        [Slot(group="dba", count=1), Slot(group="owners", count=1)],
        [Slot(group="dba", count=1), Slot(group="owners", count=2)],
        [Slot(group="owners", count=2)],
        [Slot(group="dba", count=1)],
    ]
)
members = st.fixed_dictionaries(
    {group: st.lists(st.sampled_from((*REVIEWERS, MAYA)), unique=True, min_size=1) for group in GROUPS}
)
people = st.sampled_from((*REVIEWERS, *REVIEWERS, MAYA, SECOND_MAYA))
clicks = st.tuples(people, st.sampled_from((*[YES] * 9, NO)))
steps = st.lists(st.one_of(clicks, clicks, clicks, members), min_size=3, max_size=8)
Members = dict[str, list[SlackId]]
ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every story of a test is told in one hour, by one requester."""
    monkeypatch.setattr(limits, "REQUESTS_AN_HOUR", 10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An approval that was accepted, and the groups in which it could count all the while since."""

    who: SlackId
    groups: frozenset[str]


@contextmanager
def _asked(house: House, policy: Policy, **asked: Any) -> Iterator[Request]:
    """A request under this policy; afterwards the same person may ask again, whatever the story was."""
    before, house.policy = house.policy, with_groups(policy, **dict.fromkeys(GROUPS, REVIEWERS))
    request = house.submit(MAYA, **asked)  # with people who could approve it, who may leave at once
    house.policy = policy
    try:
        yield request
    finally:
        _finish(house, request)
        house.policy = before


def _filled(slots: Sequence[Slot], taken: Sequence[Taken]) -> int:
    """How many slots can be filled, by trying every order of people over every seat."""
    seats = [slot.group for slot in slots for _ in range(slot.count)]
    unnamed = [Taken(who=SlackId(""), groups=frozenset())] * len(seats)
    return max(
        sum(seat in one.groups for seat, one in zip(seats, order, strict=True))
        for order in permutations([*taken, *unnamed], len(seats))
    )


def _click(house: House, request: Request, who: SlackId, verdict: Verdict) -> bool:
    try:
        house.review(request, who, verdict)
    except Refused:
        return False
    return True


def _finish(house: House, request: Request) -> None:
    """The same person may ask again."""
    grant = house.grant_of(request.id)
    if grant is not None:
        revoke_by_operator(house.work, actor="cli:test@host", grant_id=grant.id, reason="over")
        drain(house.context, "main")
    elif house.request(request.id).state == "pending":
        withdraw(
            house.begin, policy=house.policy, slack_id=MAYA, request_id=request.id, idempotency_key=new_key()
        )


def _now_in(groups: Members, who: SlackId) -> frozenset[str]:
    return frozenset(group for group, listed in groups.items() if who in listed)


@dataclass(slots=True, kw_only=True)
class Clicks:
    """The expected result of the clicks."""

    slots: list[Slot]
    groups: Members
    taken: list[Taken] = field(default_factory=list)
    heard: set[SlackId] = field(default_factory=set)
    denied: bool = False

    def click(self, who: SlackId, verdict: Verdict) -> bool:
        """Whether it is taken; then approvals of people who left all their groups no longer count."""
        mine = frozenset(slot.group for slot in self.slots) & _now_in(self.groups, who)
        if self.is_granted or self.denied or who in {MAYA, SECOND_MAYA} or who in self.heard or not mine:
            return False
        left = [replace(one, groups=one.groups & _now_in(self.groups, one.who)) for one in self.taken]
        more = [*left, Taken(who=who, groups=mine)]
        if verdict is YES and _filled(self.slots, more) == _filled(self.slots, left):
            return False
        self.heard.add(who)
        self.denied = verdict is NO
        self.taken = [one for one in (more if verdict is YES else left) if one.groups]
        return True

    @property
    def is_granted(self) -> bool:
        needed = sum(slot.count for slot in self.slots)
        return not self.denied and _filled(self.slots, self.taken) == needed


@ANY
@given(slots=slot_lists, groups=members, steps=steps)
@example(  # the second one needs the first one's place
    slots=[Slot(group="dba", count=1), Slot(group="owners", count=1)],
    groups={"dba": [PRIYA, SAM], "owners": [PRIYA]},
    steps=[(PRIYA, YES), (SAM, YES)],
)
@example(  # the first one left before the second one came
    slots=[Slot(group="owners", count=2)],
    groups={"dba": [], "owners": [PRIYA, SAM, TOM]},
    steps=[(PRIYA, YES), {"dba": [], "owners": [SAM, TOM]}, (SAM, YES), (PRIYA, YES), (TOM, YES)],
)
def test_grant_means_a_quorum_of_distinct_people_other_than_the_requester(
    house: House, slots: list[Slot], groups: Members, steps: list[tuple[SlackId, Verdict] | Members]
) -> None:
    policy = with_rule(house.policy, approvals=tuple(slots))
    details = Clicks(slots=slots, groups=groups)
    with _asked(house, with_groups(policy, **groups)) as request:
        for step in steps:
            if isinstance(step, dict):
                details.groups = step
                house.policy = with_groups(policy, **step)
                continue
            who, verdict = step
            assert _click(house, request, who, verdict) == details.click(who, verdict)
            assert (house.grant_of(request.id) is not None) == details.is_granted


@ANY
@given(
    slots=slot_lists,
    groups=members,
    yes=st.lists(st.sampled_from(REVIEWERS), unique=True, min_size=2),
    data=st.data(),
)
def test_order_of_approvals_does_not_change_what_comes_of_them(
    house: House, slots: list[Slot], groups: Members, yes: list[SlackId], data: st.DataObject
) -> None:
    policy = with_groups(with_rule(house.policy, approvals=tuple(slots)), **groups)
    outcomes = set()
    for order in (yes, data.draw(st.permutations(yes))):
        with _asked(house, policy) as request:
            for who in order:
                _click(house, request, who, YES)
            outcomes.add(house.request(request.id).state)
    assert len(outcomes) == 1


@ANY
@given(slots=slot_lists, yes=st.permutations(REVIEWERS), at=st.integers(0, 3))
def test_one_denial_before_the_quorum_wins_over_every_approval(
    house: House, slots: list[Slot], yes: list[SlackId], at: int
) -> None:
    everybody: Members = {group: list(REVIEWERS) for group in GROUPS}
    policy = with_groups(with_rule(house.policy, approvals=tuple(slots)), **everybody)
    needed = sum(slot.count for slot in slots)
    with _asked(house, policy) as request:
        for number, who in enumerate(yes):
            _click(house, request, who, NO if number == at else YES)
        assert (house.grant_of(request.id) is not None) == (at >= needed)
        assert house.request(request.id).state == ("approved" if at >= needed else "denied")


scopes = st.builds(
    ApprovedScope,
    role=st.sampled_from(["read", "write", "migrate"]),
    duration=st.sampled_from([30, 60, 90, 120, 300]).map(lambda minutes: timedelta(minutes=minutes)),
)


def _forged(house: House, request: Request, who: SlackId, less: ApprovedScope | None) -> bool:
    """Whether it is taken, with whatever the modal's state says."""
    try:
        house.review(request, who, less=less)
    except Refused:
        return False
    return True


@ANY
@given(
    slots=slot_lists,
    clicks=st.lists(st.tuples(st.sampled_from(REVIEWERS), st.none() | scopes), min_size=2, max_size=7),
)
@example(  # the second one wants back the role that the first one has taken
    slots=[Slot(group="owners", count=2)],
    clicks=[
        (PRIYA, ApprovedScope(role="read", duration=timedelta(hours=1))),
        (SAM, ApprovedScope(role="write", duration=timedelta(minutes=30))),
        (TOM, None),
    ],
)
def test_grant_is_never_more_than_the_rule_and_everybody_who_approved_allow(
    house: House, slots: list[Slot], clicks: list[tuple[SlackId, ApprovedScope | None]]
) -> None:
    everybody: Members = {group: list(REVIEWERS) for group in GROUPS}
    policy = with_narrower(with_rule(house.policy, "prod-write", approvals=tuple(slots)), "read")
    policy = with_rule(with_groups(policy, **everybody), "prod-write", decide_within=timedelta(hours=1))
    whole = ApprovedScope(role="write", duration=timedelta(hours=2))
    allowed = [whole]
    with _asked(house, policy, role="write", seconds=7200) as request:
        for who, less in clicks:
            if _forged(house, request, who, less):
                allowed.append(less or allowed[-1])
                assert allowed[-1].duration <= allowed[-2].duration
                assert allowed[-1].role in {"read", allowed[-2].role}
        grant = house.grant_of(request.id)
        if grant is not None:
            assert (grant.role, grant.duration) == (allowed[-1].role, allowed[-1].duration)
            assert grant.duration == min(one.duration for one in allowed)
            assert grant.role == ("read" if "read" in {one.role for one in allowed} else "write")
