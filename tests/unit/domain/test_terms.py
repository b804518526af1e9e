"""The same terms have the same fingerprint, and no two different ones do."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.people import PersonId
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.terms import RequestKind, Terms
from tests.terms import TERMS

OTHERS: dict[str, Any] = {
    "requester": PersonId("tom"),
    "grants": ("orders_read", "orders_write"),
    "duration_seconds": 7201,
    "longest_seconds": 14401,
    "approvals": (("dba", 2),),
    "kind": RequestKind.EXTENSION,
    "of_grant": 1001,
    "break_glass": True,
    "on": ObjectPrivileges(schemas=("shop",), tables=("shop.orders",), privileges=("SELECT",)),
    "narrower": (("read", "e" * 64),),
}


@pytest.mark.parametrize("name", [field.name for field in fields(Terms)])
def test_every_field_is_in_the_fingerprint(name: str) -> None:
    changes: dict[str, Any] = {name: OTHERS.get(name, "something else")}
    assert replace(TERMS, **changes).fingerprint != TERMS.fingerprint


def test_terms_survive_the_way_through_json() -> None:
    for terms in (TERMS, replace(TERMS, on=OTHERS["on"], narrower=OTHERS["narrower"])):
        again = Terms.from_json(json.loads(json.dumps(terms.as_json())))
        assert again == terms
        assert again.fingerprint == terms.fingerprint


def test_the_fingerprint_is_the_same_on_every_host() -> None:
    assert replace(TERMS, reason="r").fingerprint == (
        "a073112f0ff15fce787ebc4ce80c61deb2b608915b9c2714997606f0704795d4"
    )


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none()))
def test_canonical_bytes_do_not_depend_on_the_order_of_keys(data: dict[str, Any]) -> None:
    try:
        expected = canonical_bytes(data)
    except UnicodeEncodeError:
        return
    assert canonical_bytes(dict(reversed(data.items()))) == expected
    assert json.loads(expected) == data


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_are_none_have_no_canonical_form(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_bytes({"n": number})
