"""Whatever is clicked, by whomever, in whatever order: no grant without a quorum of other people."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbaccess.domain.errors import Refused
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy, Slot
from dbaccess.domain.request import Request, Verdict
from dbaccess.operations.end_grant import revoke_by_operator
from dbaccess.operations.revoke import drain
from dbaccess.operations.withdraw import withdraw
from tests.integration.operations.edited import with_groups, with_rule
from tests.integration.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, TOM, House, new_key

OPS = SlackId("U0OPS")
PEOPLE = (MAYA, SECOND_MAYA, TOM, PRIYA, SAM, OPS)
GROUPS = ("dba", "owners", "security")
YES, NO = Verdict.APPROVED, Verdict.DENIED

slot_lists = st.lists(
    st.builds(Slot, group=st.sampled_from(GROUPS), count=st.integers(1, 2)),
    min_size=1,
    max_size=2,
    unique_by=lambda slot: slot.group,
)
members = st.fixed_dictionaries(
    {group: st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1, max_size=4) for group in GROUPS}
)
clicks = st.tuples(st.sampled_from(PEOPLE), st.sampled_from((YES, YES, YES, NO)))
steps = st.lists(st.one_of(clicks, members), min_size=1, max_size=7)
Members = dict[str, list[SlackId]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An approval that was accepted, and the groups in which it could count all the while since."""

    who: SlackId
    groups: frozenset[str]


def _asked(house: House, policy: Policy) -> Request:
    house.policy = policy
    return house.submit(MAYA)


def _is_quorum(slots: Sequence[Slot], taken: Sequence[Taken]) -> bool:
    """By trying every order of people over every seat: what the matching does, told otherwise."""
    seats = [slot.group for slot in slots for _ in range(slot.count)]
    return any(
        all(seat in one.groups for seat, one in zip(seats, order, strict=True))
        for order in permutations(taken, len(seats))
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
        revoke_by_operator(house.begin, actor="cli:test@host", grant_id=grant.id, reason="over")
        drain(house.hands, "main")
    elif house.request(request.id).state == "pending":
        withdraw(house.begin, policy=house.policy, slack_id=MAYA, request_id=request.id, intake_key=new_key())


def _now_in(groups: Members, who: SlackId) -> frozenset[str]:
    return frozenset(group for group, listed in groups.items() if who in listed)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(slots=slot_lists, groups=members, steps=steps)
def test_grant_means_a_quorum_of_distinct_people_other_than_the_requester(
    house: House, slots: list[Slot], groups: Members, steps: list[tuple[SlackId, Verdict] | Members]
) -> None:
    policy = with_rule(house.policy, approvals=tuple(slots))
    request = _asked(house, with_groups(policy, **groups))
    taken: list[Taken] = []
    denied = False
    for step in steps:
        if isinstance(step, dict):
            groups = step
            house.policy = with_groups(policy, **groups)
            continue
        who, verdict = step
        pending = house.request(request.id).state == "pending"
        if not _click(house, request, who, verdict):
            continue
        assert pending, "a click after the decision was taken"
        assert who not in {MAYA, SECOND_MAYA}
        asked = frozenset(slot.group for slot in slots)
        left = [replace(one, groups=one.groups & _now_in(groups, one.who)) for one in taken]
        taken = [one for one in left if one.groups]
        denied = denied or verdict is NO
        if verdict is YES:
            taken.append(Taken(who=who, groups=asked & _now_in(groups, who)))
        assert len({one.who for one in taken}) == len(taken)
        granted = house.grant_of(request.id) is not None
        assert granted == (not denied and _is_quorum(slots, taken))
    _finish(house, request)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    slots=slot_lists,
    groups=members,
    yes=st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1, max_size=4),
    data=st.data(),
)
def test_order_of_approvals_does_not_change_what_comes_of_them(
    house: House, slots: list[Slot], groups: Members, yes: list[SlackId], data: st.DataObject
) -> None:
    policy = with_groups(with_rule(house.policy, approvals=tuple(slots)), **groups)
    outcomes = set()
    for order in (yes, data.draw(st.permutations(yes))):
        request = _asked(house, policy)
        for who in order:
            _click(house, request, who, YES)
        outcomes.add(house.request(request.id).state)
        _finish(house, request)
    assert len(outcomes) == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(slots=slot_lists, yes=st.permutations((TOM, PRIYA, SAM, OPS)), at=st.integers(0, 3))
def test_one_denial_before_the_quorum_wins_over_every_approval(
    house: House, slots: list[Slot], yes: list[SlackId], at: int
) -> None:
    everybody: Members = {group: list(PEOPLE) for group in GROUPS}
    policy = with_groups(with_rule(house.policy, approvals=tuple(slots)), **everybody)
    request = _asked(house, policy)
    needed = sum(slot.count for slot in slots)
    for number, who in enumerate(yes):
        _click(house, request, who, NO if number == at else YES)
    assert (house.grant_of(request.id) is not None) == (at >= needed)
    assert house.request(request.id).state == ("approved" if at >= needed else "denied")
    _finish(house, request)
