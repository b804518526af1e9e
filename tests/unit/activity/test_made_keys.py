"""Lines without an identity get one, whatever bytes they have."""

from dbaccess.activity.made_keys import made_number, made_session


def test_bytes_that_are_no_text_make_a_key_of_their_own() -> None:
    name = b"\xff".decode("utf-8", "surrogateescape")
    assert made_session("7", name) != made_session("7", "other")
    assert made_number(name) != made_number("other")
