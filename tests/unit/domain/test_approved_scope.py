"""The scope that several approvals allow together."""

from dataclasses import replace
from datetime import timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from dbaccess.domain.approved_scope import ApprovedScope, asked, is_within, narrowest, offer_fingerprint
from tests.terms import TERMS

WRITE = replace(TERMS, role="write", narrower=(("read", "e" * 64),), duration_seconds=7200)
WHOLE = asked(WRITE)
scopes = st.builds(
    ApprovedScope,
    role=st.sampled_from(["read", "write"]),
    duration=st.integers(1, 7200).map(lambda seconds: timedelta(seconds=seconds)),
)


@given(approved=st.lists(scopes, max_size=4), data=st.data())
def test_least_is_within_each_whatever_their_order(
    approved: list[ApprovedScope], data: st.DataObject
) -> None:
    found = narrowest(WRITE, approved)
    assert found == narrowest(WRITE, data.draw(st.permutations(approved)))
    assert found == reduce(lambda so_far, one: narrowest(WRITE, [so_far, one]), approved, WHOLE)
    assert all(is_within(found, one, WRITE) for one in [WHOLE, *approved])


@given(offer=scopes, given_=scopes)
def test_scope_within_the_offer_is_the_narrower_of_both(offer: ApprovedScope, given_: ApprovedScope) -> None:
    assert is_within(given_, offer, WRITE) == (narrowest(WRITE, [offer, given_]) == given_)


def test_only_roles_that_the_terms_name_and_times_that_last_are_within() -> None:
    for role, seconds in (("migrate", 60), ("", 60), ("read", 0), ("read", -1), ("write", 7201)):
        assert not is_within(ApprovedScope(role=role, duration=timedelta(seconds=seconds)), WHOLE, WRITE)


@given(one=scopes, other=scopes)
def test_another_offer_has_another_fingerprint(one: ApprovedScope, other: ApprovedScope) -> None:
    same = offer_fingerprint(WRITE, one) == offer_fingerprint(WRITE, other)
    assert same == (one == other)
    assert offer_fingerprint(WRITE, WHOLE) == WRITE.fingerprint
    assert offer_fingerprint(replace(WRITE, reason="another"), one) != offer_fingerprint(WRITE, one)
