"""Checkpoints have one form as bytes, and whatever is not one of ours is refused with its reason."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785

from dbaccess.domain.checkpoint import (
    LARGEST_LINE,
    Checkpoint,
    SignedCheckpoint,
    UnreadableCheckpoint,
    parse_checkpoint,
)

CHECKPOINT = Checkpoint(
    installation="acme",
    seq=4711,
    head=bytes(range(32)),
    at=datetime(2026, 3, 14, 10, 0, 0, 5, tzinfo=UTC),
    key_id="0123456789abcdef",
)
SIGNED = SignedCheckpoint(checkpoint=CHECKPOINT, signature=bytes(64))
FIELDS: dict[str, Any] = json.loads(SIGNED.line())


def changed(**values: Any) -> str:
    return json.dumps(FIELDS | values)


def without(name: str) -> str:
    return json.dumps({key: value for key, value in FIELDS.items() if key != name})


def test_signed_bytes_are_rfc_8785_and_name_their_kind() -> None:
    signed = CHECKPOINT.canonical()
    assert signed == rfc8785.dumps(json.loads(signed))
    assert json.loads(signed) == {
        "kind": "dbaccess.checkpoint",
        "version": 1,
        "installation": "acme",
        "seq": 4711,
        "head": CHECKPOINT.head.hex(),
        "at": "2026-03-14T10:00:00.000005+00:00",
        "key_id": "0123456789abcdef",
    }


def test_line_gives_the_checkpoint_back() -> None:
    line = SIGNED.line()
    assert "\n" not in line
    assert len(line) < LARGEST_LINE // 2
    for text in (line, f"{line}\r\n", line.encode(), json.dumps(FIELDS, indent=1)):
        assert parse_checkpoint(text) == SIGNED


def test_time_in_another_zone_is_the_same_checkpoint() -> None:
    there = replace(CHECKPOINT, at=CHECKPOINT.at.astimezone(timezone(timedelta(hours=2))))
    assert there.canonical() == CHECKPOINT.canonical()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "is not JSON in UTF-8"),
        (b"\xff", "is not JSON in UTF-8"),
        ("\ud800", "is not JSON in UTF-8"),
        (SIGNED.line()[:100], "is not JSON in UTF-8"),
        ("[" * LARGEST_LINE, "is nested too deep"),
        ("9" * LARGEST_LINE, "is not a JSON object"),
        (" " + "x" * LARGEST_LINE + "x", "is longer than 1024 bytes"),
        ("[]", "is not a JSON object"),
        (SIGNED.line().replace('"seq":', '"seq":1,"seq":'), "has a key twice"),
        (without("signature"), "has no signature"),
        (changed(more=1), "has a key that is not known"),
        (changed(kind="dbaccess.key_introduction"), "is signed data of another kind"),
        (changed(version=2), "is not of version 1, which alone is known here"),
        (changed(version=True), "is not of version 1, which alone is known here"),
        (changed(seq=0), "has no seq of an entry"),
        (changed(seq=2**53), "has no seq of an entry"),
        (changed(seq=1.0), "has no seq of an entry"),
        (changed(seq=True), "has no seq of an entry"),
        (SIGNED.line().replace("4711", "NaN"), "has a number that is none"),
        (changed(head=FIELDS["head"].upper()), "has no head as one is written"),
        (changed(head=FIELDS["head"][2:]), "has no head as one is written"),
        (changed(installation="Acme"), "has no installation as one is written"),
        (changed(installation="a" * 17), "has no installation as one is written"),
        (changed(installation="acme\n"), "has no installation as one is written"),
        (changed(at="2026-03-14T10:00:00.000005Z"), "has no at as one is written"),
        (changed(at="2026-06-31T10:00:00.000005+00:00"), "has no at as one is written"),
        (changed(at="2026-06-30T24:00:00.000000+00:00"), "has no at as one is written"),
        (changed(key_id="0123456789abcde"), "has no key_id as one is written"),
        (changed(key_id=None), "has no key_id as one is written"),
        (changed(signature="AAAA"), "has no signature of 64 bytes in base64"),
        (changed(signature=FIELDS["signature"][:-3] + "B=="), "has no signature of 64 bytes in base64"),
        (changed(signature="\u00e9" + FIELDS["signature"]), "has no signature of 64 bytes in base64"),
    ],
)
def test_text_that_is_no_checkpoint_is_refused_with_its_reason(line: str | bytes, why: str) -> None:
    with pytest.raises(UnreadableCheckpoint) as refused:
        parse_checkpoint(line)
    assert str(refused.value) == why
