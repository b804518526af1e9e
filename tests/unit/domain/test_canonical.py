"""Canonical bytes are those that every other implementation of RFC 8785 writes."""

from typing import Any

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from dbaccess.domain.canonical import canonical_bytes

LARGEST = 2**53 - 1
"""RFC 8785 has no larger integers."""

values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="ascii")), inner),
)


@given(values)
def test_canonical_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)
