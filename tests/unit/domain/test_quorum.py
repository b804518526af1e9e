"""People are matched to slots as well as can be, checked against every way there is."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from dbaccess.domain.people import PersonId
from dbaccess.domain.quorum import Voice, helps, match

GROUPS = ("dba", "owners", "security")
slot_lists = st.lists(st.tuples(st.sampled_from(GROUPS), st.integers(1, 2)), max_size=3)
group_sets = st.lists(st.sampled_from(GROUPS), unique=True, max_size=3).map(tuple)
voice_lists = st.lists(
    st.builds(Voice, reviewer=st.sampled_from("abcdef").map(PersonId), groups=group_sets),
    max_size=5,
    unique_by=lambda voice: voice.reviewer,
)


def _voice(name: str, *groups: str) -> Voice:
    return Voice(reviewer=PersonId(name), groups=groups)


def _most(slots: list[tuple[str, int]], voices: list[Voice]) -> int:
    """How many slots can be filled, by trying every order of people over every seat."""
    seats = [group for group, count in slots for _ in range(count)]
    unnamed = [_voice(f"unnamed{number}") for number in range(len(seats))]
    return max(
        sum(group in voice.groups for group, voice in zip(seats, order, strict=False))
        for order in permutations([*voices, *unnamed[: max(0, len(seats) - len(voices))]], len(seats))
    )


@given(slots=slot_lists, voices=voice_lists)
def test_as_many_slots_are_filled_as_any_assignment_could(
    slots: list[tuple[str, int]], voices: list[Voice]
) -> None:
    quorum = match(slots, voices)
    asked = sum(count for _, count in slots)
    assert len(quorum.filled) == _most(slots, voices)
    assert sum(count for _, count in quorum.open) == asked - len(quorum.filled)
    assert quorum.is_met == (len(quorum.filled) == asked)


@given(slots=slot_lists, voices=voice_lists)
def test_person_fills_one_slot_of_their_own_groups(slots: list[tuple[str, int]], voices: list[Voice]) -> None:
    filled = match(slots, voices).filled
    groups = {voice.reviewer: voice.groups for voice in voices}
    assert len({reviewer for reviewer, _ in filled}) == len(filled)
    assert all(group in groups[reviewer] for reviewer, group in filled)
    for name in GROUPS:
        asked = sum(count for group, count in slots if group == name)
        assert sum(group == name for _, group in filled) <= asked


@given(slots=slot_lists, voices=voice_lists, data=st.data())
def test_order_of_voices_does_not_change_whether_the_quorum_is_met(
    slots: list[tuple[str, int]], voices: list[Voice], data: st.DataObject
) -> None:
    other = data.draw(st.permutations(voices))
    assert match(slots, voices).is_met == match(slots, other).is_met


@given(
    slots=slot_lists,
    voices=voice_lists,
    further=st.builds(Voice, reviewer=st.just(PersonId("z")), groups=group_sets),
)
def test_reviewer_with_a_slot_keeps_one_when_another_approves(
    slots: list[tuple[str, int]], voices: list[Voice], further: Voice
) -> None:
    before = match(slots, voices)
    after = match(slots, [*voices, further])
    assert {reviewer for reviewer, _ in before.filled} <= {reviewer for reviewer, _ in after.filled}
    assert helps(slots, voices, further) == (after.group_of(PersonId("z")) is not None)
    assert helps(slots, voices, further) == (len(after.filled) > len(before.filled))


def test_one_person_in_both_groups_fills_one_slot() -> None:
    slots = [("dba", 1), ("owners", 1)]
    both = _voice("priya", "dba", "owners")
    assert match(slots, [both]).open == (("owners", 1),)
    assert match(slots, [both, both]).open == (("owners", 1),)


def test_earlier_reviewer_gives_way_where_only_their_slot_fits_the_later_one() -> None:
    slots = [("dba", 1), ("owners", 1)]
    quorum = match(slots, [_voice("priya", "dba", "owners"), _voice("sam", "dba")])
    assert quorum.is_met
    assert (quorum.group_of(PersonId("priya")), quorum.group_of(PersonId("sam"))) == ("owners", "dba")


def test_earlier_reviewer_keeps_a_slot_that_no_other_needs() -> None:
    slots = [("dba", 1), ("owners", 1)]
    quorum = match(slots, [_voice("priya", "dba", "owners"), _voice("sam", "dba", "owners")])
    assert quorum.filled == ((PersonId("priya"), "dba"), (PersonId("sam"), "owners"))


def test_third_of_a_group_that_needs_two_does_not_help() -> None:
    voices = [_voice("priya", "dba"), _voice("sam", "dba")]
    assert not helps([("dba", 2), ("owners", 1)], voices, _voice("ann", "dba"))
    assert helps([("dba", 2), ("owners", 1)], voices, _voice("ann", "dba", "owners"))


def test_no_slots_need_no_approval() -> None:
    assert match([], []).is_met
    assert not helps([], [], _voice("priya", "dba"))
