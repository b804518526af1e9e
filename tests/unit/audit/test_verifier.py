"""A bundle is never trusted: each kind of bad input gets a line with its place and kind."""

import ast
import gzip
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import dbaccess_verify
import dbaccess_verify_columns
import dbaccess_verify_report
from dbaccess.audit.bundle import Manifest, bundle_lines
from dbaccess.audit.signing import LedgerKey
from dbaccess.audit.trust import Placed, follow
from dbaccess.domain.checkpoint import SignedCheckpoint
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.ledger import GENESIS, Entry, digest, link
from dbaccess.domain.ledger_body import UnreadableBody, read_body
from tests.signed_ledger import checkpoint, checkpoint_of, introduced, introduction

FIRST, SECOND, THIRD, MALLORY = (LedgerKey.generate() for _ in range(4))
T0 = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
ROTATIONS = [(1, introduction(FIRST)), (4, introduction(SECOND, follows=FIRST))]
ROTATIONS.append((6, introduction(THIRD, follows=SECOND)))
Verify = Callable[..., tuple[int, str]]


def chain(length: int = 8, rotations: Sequence[Placed] = ROTATIONS) -> list[Entry]:
    entries: list[Entry] = []
    keys = dict(rotations)
    for seq in range(1, length + 1):
        plain = Event(kind=EventKind.STRAY_FOUND, actor="worker", data={"login": "ö\n"})
        one = introduced(keys[seq]) if seq in keys else plain
        before = entries[-1].hash if entries else GENESIS
        entries.append(link(one, seq=seq, prev_hash=before, at=T0 + timedelta(seconds=seq)))
    return entries


SIGNED = ((3, FIRST), (5, SECOND), (7, THIRD))


def lines(
    entries: Sequence[Entry],
    *,
    first: int = 1,
    rotations: Sequence[Placed] = ROTATIONS,
    signed: Sequence[tuple[int, LedgerKey]] = SIGNED,
) -> list[bytes]:
    checkpoints = [checkpoint_of(entries[seq - 1], key) for seq, key in signed if seq >= first]
    manifest = Manifest(
        installation="acme",
        first=first,
        last=len(entries),
        checkpoints=len(checkpoints),
        tool="dbaccess 0.1.0",
        made_at=T0,
    )
    kept = [entry for entry in entries if entry.seq >= first]
    return [*bundle_lines(manifest, introductions=rotations, entries=kept, checkpoints=checkpoints)]


@pytest.fixture
def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Verify:
    """Verifies these bytes with the first key unless the test names others."""

    def run(bundle: bytes, *arguments: str, key: str = str(FIRST.public)) -> tuple[int, str]:
        file = tmp_path / "bundle.jsonl"
        file.write_bytes(bundle)
        monkeypatch.setattr(sys, "argv", ["dbaccess-verify", str(file), "--public-key", key, *arguments])
        code = dbaccess_verify.main()
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def changed(line: bytes, **fields: Any) -> bytes:
    ((kind, found),) = json.loads(line).items()
    return json.dumps({kind: found | fields}).encode() + b"\n"


def body(text: str) -> bytes:
    """An entry 8 with this body, which fits the chain."""
    before = chain()[6].hash
    raw = text.encode()
    fields = {"seq": 8, "prev_hash": before.hex(), "hash": digest(before, raw).hex(), "body": text}
    return json.dumps({"entry": fields | {"body_base64": None}}).encode() + b"\n"


def imports_of(module: ModuleType) -> set[str]:
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    froms = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    plain = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    return {name.partition(".")[0] for name in froms | plain} - sys.stdlib_module_names


def test_program_imports_the_standard_library_and_cryptography_alone() -> None:
    """The comparison of a report is a file beside it, which is read only with `--report`."""
    assert imports_of(dbaccess_verify) == {"cryptography", "dbaccess_verify_report"}
    assert imports_of(dbaccess_verify_report) == {"dbaccess_verify_columns"}
    assert imports_of(dbaccess_verify_columns) == set()


def test_report_is_compared_with_the_bundle_and_a_forged_one_is_named(verify: Verify, tmp_path: Path) -> None:
    entries, path = chain(), tmp_path / "report.json"
    ledger = {"last": 8, "head": entries[-1].hash.hex()}
    period = {"from": T0.isoformat(), "to": (T0 + timedelta(hours=1)).isoformat()}
    found = [row for row in range(1, 9) if row not in dict(ROTATIONS)]
    rows = [
        {
            "what": "target.stray_found",
            "found_at": entries[seq - 1].fields["at"],
            "sequences": [seq],
            "cluster": "unknown",
            "login": "ö\n",
            "roles": None,
            "grant": None,
            "at_begin": "no",
            "at_end": "yes",
            "seen_on": "the moon",
        }
        for seq in found
    ]
    for left_out, expected in ((False, 0), (True, 1)):
        lists: dict[str, Any] = {name: [] for name in dbaccess_verify_report.ROWS | {"standing", "visits"}}
        lists["visits"] = [_with_digest({"guest": "yes", "\x1b[2J": 1, "sequences": [1]})]
        digested = [_with_digest(row) for row in rows[left_out:]]
        lists["drift"] = digested
        head: dict[str, Any] = {"ledger": ledger, "period": period, "made_at": T0.isoformat()}
        head["filter"] = dict.fromkeys(("target", "persons", "accounts"))
        head["lists"] = {
            name: {"rows": len(several), "digest": _together(several)} for name, several in lists.items()
        }
        whole = dbaccess_verify_report.digest(dbaccess_verify_report.canonical(head))
        path.write_text(json.dumps({"head": head, "lists": lists, "whole": whole}))
        code, said = verify(b"".join(lines(entries)), "--report", str(path))
        assert (code, f"entry {found[0]}: left out" in said) == (expected, left_out), said
        lists["visits\x1b[8m"] = lists.pop("visits")
        path.write_text(json.dumps({"head": head, "lists": lists, "whole": whole}))
        _, forged = verify(b"".join(lines(entries)), "--report", str(path))
        assert ("report, visits?[8m: changed" in forged, "\x1b" in forged) == (True, False), forged
        # A column or a list that this program does not know is never accepted silently.
        told = (
            "Not verified, because they do not follow from the ledger: drift (seen_on); visits (?[2J, guest)"
        )
        assert left_out or told in said, said


def _with_digest(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"digest": dbaccess_verify_report.digest(dbaccess_verify_report.canonical(row))}


def _together(rows: list[dict[str, Any]]) -> str:
    return dbaccess_verify_report.digest("".join(row["digest"] for row in rows).encode())


@pytest.mark.parametrize("text", ["{", "[]", '{"head": 1}', '{"a": 1, "a": 2}', "[" * 100_000])
def test_file_that_is_no_report_is_wrong_use(verify: Verify, tmp_path: Path, text: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text)
    code, said = verify(b"".join(lines(chain())), "--report", str(path))
    assert (code, str(path) in said) == (2, True), said


@pytest.mark.parametrize("key", [FIRST, SECOND, THIRD])
@pytest.mark.parametrize("first", [1, 3, 5])
def test_whole_bundle_and_part_are_verified_with_any_of_the_keys(
    verify: Verify, key: LedgerKey, first: int
) -> None:
    code, said = verify(b"".join(lines(chain(), first=first)), key=str(key.public))
    assert (code, said.splitlines()[0]) == (0, f"VERIFIED: acme, entries {first} to 7, all and unchanged")
    assert "no checkpoint signs for entries 8 to 8" in said


def test_public_key_may_be_a_file(verify: Verify, tmp_path: Path) -> None:
    file = tmp_path / "key.pub"
    file.write_text(f"{FIRST.public}\n", encoding="ascii")
    assert verify(b"".join(lines(chain())), key=str(file))[0] == 0


WHOLE = lines(chain())
OF_ANOTHER = introduction(THIRD, follows=SECOND, installation="other")
DEEP = "[" * 1_000_000 + "]" * 1_000_000
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "bundle: unreadable: does not begin with a manifest"),
    "random bytes": (lambda: bytes(range(256)) * 9, "line 1: unreadable: it is not JSON in UTF-8"),
    "cut in half": (lambda: b"".join(WHOLE)[: len(b"".join(WHOLE)) // 2], "cut: it is not JSON in UTF-8"),
    "cut after a line": (lambda: b"".join(WHOLE[:8]), "cut: the manifest says that 8 is the last one"),
    "no manifest": (lambda: b"".join(WHOLE[1:]), "line 1: unreadable: it is no line of a bundle"),
    "two manifests": (lambda: b"".join([WHOLE[0], *WHOLE]), "line 2: unreadable: it is no line of a bundle"),
    "million deep": (
        lambda: b"".join([*WHOLE[:5], DEEP.encode() + b"\n", *WHOLE[5:]]),
        "line 6: unreadable: it is nested too deep",
    ),
    "million deep body": (
        lambda: b"".join([*WHOLE[:-1], body('{"a":' + DEEP + "}")]),
        "entry 8: unreadable: its body is nested too deep",
    ),
    "401 deep body": (
        lambda: b"".join([*WHOLE[:-1], body('{"a":' + "[" * 401 + "]" * 401 + "}")]),
        "entry 8: unreadable: its body is nested too deep",
    ),
    "key twice": (
        lambda: b"".join([*WHOLE[:-1], body('{"seq":8,"seq":8}')]),
        "entry 8: unreadable: its body has a key twice",
    ),
    "key twice in a line": (
        lambda: WHOLE[0].replace(b'"first":1', b'"first":1,"first":1') + b"".join(WHOLE[1:]),
        "line 1: unreadable: it has a key twice",
    ),
    "number that is none": (
        lambda: b"".join([*WHOLE[:-1], body('{"a":NaN}')]),
        "entry 8: unreadable: its body has a number that is none",
    ),
    "unknown kind": (
        lambda: b"".join([*WHOLE, b'{"extra":{}}\n']),
        "unreadable: it is no line of a bundle",
    ),
    "kind of another program": (
        lambda: b"".join([*WHOLE, b'{"read":{}}\n']),
        "unreadable: it is no line of a bundle",
    ),
    "later version": (
        lambda: b"".join([changed(WHOLE[0], version=2), *WHOLE[1:]]),
        "line 1: unreadable: it is not of version 1",
    ),
    "another installation": (
        lambda: b"".join([changed(WHOLE[0], installation="other"), *WHOLE[1:]]),
        "checkpoint 3: installation: is of acme, and not of other",
    ),
    "entry twice": (
        lambda: b"".join([*WHOLE[:5], WHOLE[4], *WHOLE[5:]]),
        "entry 1: moved: is there a second time",
    ),
    "entry without end": (
        lambda: b"".join([*WHOLE[:-1], changed(WHOLE[-1], seq=2**63)]),
        "unreadable: it has no seq as one is written",
    ),
    "bad base64": (
        lambda: b"".join([*WHOLE[:-1], changed(WHOLE[-1], body=None, body_base64="A")]),
        "unreadable: it has a body that cannot be read",
    ),
    "too many keys": (
        lambda: b"".join([WHOLE[0], *(changed(WHOLE[1], seq=seq) for seq in range(9, 300))]),
        "unreadable: it is of one key too many",
    ),
    "hidden key": (
        lambda: b"".join([*WHOLE[:3], *WHOLE[4:]]),
        "entry 6: key: introduces a key of which the lines about keys say nothing",
    ),
    "invented key": (
        lambda: b"".join([*WHOLE[:3], changed(WHOLE[3], seq=8), *WHOLE[4:]]),
        "entry 8: key: does not introduce the key",
    ),
    "checkpoint in the wrong place": (
        lambda: b"".join([*WHOLE[:-2], WHOLE[-1], WHOLE[-2]]),
        "checkpoint 7: checkpoint: is of another entry than 8",
    ),
    "no checkpoint": (
        lambda: b"".join(line for line in WHOLE if not line.startswith(b'{"checkpoint"')),
        "bundle: unproved: no checkpoint proves",
    ),
    "key of a later entry than the last": (
        lambda: b"".join([*WHOLE[:4], changed(WHOLE[3], seq=99), *WHOLE[4:]]),
        "entry 99: key: does not introduce the key",
    ),
    "two keys of one entry": (
        lambda: b"".join([*WHOLE[:4], WHOLE[3], *WHOLE[4:]]),
        "line 5: unreadable: it is of one key too many",
    ),
    "key after what it replaced had signed": (
        lambda: b"".join([*WHOLE[:3], *WHOLE[4:], WHOLE[3]]),
        "unreadable: it is no line of a bundle, or not in its place",
    ),
    "key of another installation": (
        lambda: b"".join([*WHOLE[:3], changed(WHOLE[3], **OF_ANOTHER.data()), *WHOLE[4:]]),
        "key of entry 6: key: is introduced without its own signature for this installation",
    ),
}


VALUES = (
    "3", "3.0", "3e0", "NaN", "-Infinity", "true", '"3"', "null", "-3", "-0", "03", "[3]", "1e999", "-1e999",
    "9" * 30, "9" * 5000, "9223372036854775808",
    '"\\ud800"', '"\\udc00\\ud800"', '"\\ud83d\\ude00"', '"\\u0000"', '"\x00"', '{"a":1,"a":2}',
    '"a\nb"', "'a'", "[1,]", "1 2", '{"\\udfff":1}', "[" * 399 + "]" * 399, "[" * 401 + "]" * 401,
)  # fmt: skip
EVENT = (
    '{{"actor":"w","at":"2026-03-01T03:00:08.000000+00:00","data":{},'
    '"grant":{},"kind":"a.b","request":null,"seq":{}}}'
)


def test_both_programs_read_the_same_bodies() -> None:
    """A body that one took and the other refused could hide a change."""
    texts = [EVENT.format(f'{{"a":{value}}}', "null", "8") for value in VALUES]
    texts += [EVENT.format("{}", value, "8") for value in VALUES]
    texts += [EVENT.format("{}", "null", value) for value in VALUES]
    texts += [
        f"\ufeff{texts[0]}",
        f"{texts[0]}\r\n",
        f" {texts[0]}",
        texts[0].encode("utf-16").decode("latin-1"),
    ]
    for text in texts:
        taken = []
        for read in (
            read_body,
            lambda raw: dbaccess_verify.check(dbaccess_verify.read_json(raw), dbaccess_verify.EVENT, "event"),
        ):
            try:
                taken.append(read(text.encode("utf-8", "surrogatepass")))
            except (UnreadableBody, dbaccess_verify.Unreadable):
                taken.append({})
        assert taken[0] == taken[1], text[:200]


PLACES = {"seq": 7, "last": 1}
"""A number of an entry, and of the manifest, with the line that has it."""


def test_number_that_is_none_of_ours_is_named_with_its_line(verify: Verify) -> None:
    for value in (
        "3.0",
        "3e0",
        "true",
        '"3"',
        "null",
        "-3",
        "[3]",
        "9" * 30,
        "9" * 5000,
        "1e999",
        "NaN",
        "03",
    ):
        for name, number in PLACES.items():
            begin, _, end = WHOLE[number - 1].partition(f'"{name}":'.encode())
            line = begin + f'"{name}":{value}'.encode() + end[1:]
            code, said = verify(b"".join([*WHOLE[: number - 1], line, *WHOLE[number:]]))
            assert (code, said.startswith(f"line {number}: unreadable: it ")) == (1, True), (value, said)


def test_bundle_cut_or_encoded_otherwise_is_named_at_each_place(verify: Verify) -> None:
    whole = b"".join(WHOLE)
    for length in range(0, len(whole) - 1, 97):
        code, said = verify(whole[:length])
        assert code == 1, length
        assert re.match(r"(line \d+: cut: |bundle: unreadable: |after entry \d+: cut: )", said), (
            length,
            said,
        )
    for other in (b"\xef\xbb\xbf" + whole, whole.decode().encode("utf-16"), gzip.compress(whole)):
        code, said = verify(other)
        assert (code, said.splitlines()[0]) == (1, "line 1: unreadable: it is not JSON in UTF-8")
    assert verify(whole.replace(b"\n", b"\r\n"))[0] == 0
    code, said = verify(b"".join([changed(WHOLE[0], last=7), *WHOLE[1:]]))
    assert (code, said.splitlines()[0]) == (
        1,
        "after entry 8: added: the manifest says that 7 is the last one",
    )


@pytest.mark.parametrize("name", BAD)
def test_bad_bundle_is_named_with_place_and_kind(verify: Verify, name: str) -> None:
    make, told = BAD[name]
    code, said = verify(make())
    assert (code, told in said) == (1, True), said


def test_first_introduction_that_names_a_key_replaces_it() -> None:
    """A later one, or one that lacks the old key's signature, does not bring it back into use."""
    last = (8, introduction(MALLORY, follows=FIRST))
    for rotations in ([*ROTATIONS, last], [last, *ROTATIONS]):
        assert follow([FIRST.public], rotations).replaced[FIRST.public.key_id] == 4


def test_checkpoint_by_a_key_that_was_replaced_before_is_named(verify: Verify) -> None:
    rotations = [*ROTATIONS, (8, introduction(MALLORY, follows=FIRST))]
    signed = [*SIGNED[:1], (5, FIRST), *SIGNED[2:]]
    code, said = verify(b"".join(lines(chain(rotations=rotations), rotations=rotations, signed=signed)))
    told = f"checkpoint 5: key: was made with key {FIRST.public.key_id} after entry 4"
    assert (code, told in said) == (1, True), said


def test_checkpoints_of_entries_outside_of_the_bundle_are_checked_too(verify: Verify) -> None:
    """One that no key of the ledger signed shows nothing: neither a cut, nor that all is well."""
    part = b"".join(lines(chain(), first=5))
    early, late = chain()[2], chain(12)[9]
    foreign = checkpoint_of(late, MALLORY).line()
    cases: tuple[tuple[str, int, str], ...] = (
        (checkpoint_of(late, THIRD).line(), 1, "given checkpoint 10: cut: the bundle ends at entry 8"),
        (foreign, 1, "given checkpoint 10: key: was made with key"),
        (forged(checkpoint_of(late, THIRD)), 1, "given checkpoint 10: signature: was changed"),
        (checkpoint_of(late, FIRST).line(), 1, "given checkpoint 10: key: was made with key"),
        (forged(checkpoint_of(early, FIRST)), 1, "given checkpoint 3: signature: was changed"),
        (checkpoint_of(early, FIRST, installation="other").line(), 1, "given checkpoint 3: installation"),
        (checkpoint_of(early, FIRST).line(), 0, "Not compared: 1 given checkpoints, of entries before 5"),
        (checkpoint_of(chain()[7], THIRD).line(), 0, "of which the last is of entry 8"),
    )
    for given, expected, told in cases:
        code, said = verify(part, "--checkpoint", given)
        assert (code, told in said) == (expected, True), (told, said)
        assert ("cut: " in said) == (" cut: " in told), said
    assert "Not known: whether later" in verify(part, "--checkpoint", cases[-2][0])[1]
    assert "Not known: whether later" not in verify(part, "--checkpoint", cases[-1][0])[1]


def test_witness_that_lies_is_named(verify: Verify) -> None:
    """It signed another ledger with the ledger's own key: one of the two was made anew."""
    other = checkpoint(THIRD, seq=8, head=bytes(32), at=T0)
    code, said = verify(b"".join(WHOLE), "--checkpoint", other.line())
    assert (code, "given checkpoint 8: rewritten: entries 8 to 8 was made anew" in said) == (1, True), said


def forged(signed: SignedCheckpoint) -> str:
    return replace(signed, signature=bytes(64)).line()


def test_line_without_end_takes_bounded_memory(verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbaccess_verify, "LONGEST_LINE", 4096)
    code, said = verify(b"".join([WHOLE[0], b" " * 100_000, b"\n"]))
    assert (code, "line 2: cut: it is too long" in said) == (1, True)


def test_many_problems_are_counted_and_not_all_shown(verify: Verify) -> None:
    code, said = verify(WHOLE[0] + b"{}\n" * 5_000)
    assert code == 1
    assert len(said.splitlines()) == dbaccess_verify.MOST_SHOWN + 1
    assert "NOT VERIFIED: 5" in said


PEM = "-" * 5 + "BEGIN PUBLIC KEY" + "-" * 5


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (PEM, "is no public key of the ledger"),
        ("ssh-ed25519 AAAA", "is no public key of the ledger"),
        ("ed25519:AAAA", "is no public key of the ledger"),
        (FIRST.write(), "is a private key"),
    ],
    ids=["pem", "ssh", "short", "private"],  # a key made at import would give each process other names
)
def test_key_of_another_kind_is_wrong_use(verify: Verify, key: str, told: str) -> None:
    code, said = verify(b"".join(WHOLE), key=key)
    assert (code, said.startswith("--public-key "), told in said) == (2, True, True)
    assert key not in said


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("{}", "has not the fields of a checkpoint"),
        ('{"kind":' + "[" * 5_000, "is nested too deep"),
        ("nowhere.jsonl", "No such file"),
        ("{\ud800}", "is not JSON in UTF-8"),
    ],
)
def test_text_that_is_no_checkpoint_is_wrong_use(verify: Verify, given: str, told: str) -> None:
    code, said = verify(b"".join(WHOLE), "--checkpoint", given)
    assert (code, told in said) == (2, True), said


@pytest.mark.parametrize("first", [1, 5])
def test_witness_with_a_torn_line_and_earlier_checkpoints_is_no_problem(
    verify: Verify, tmp_path: Path, first: int
) -> None:
    kept = [json.dumps(found["checkpoint"]) for found in map(json.loads, WHOLE) if "checkpoint" in found]
    assert kept
    witness = tmp_path / "witness"
    witness.write_text("\n".join([kept[0][:40], *kept]))
    code, said = verify(b"".join(lines(chain(), first=first)), "--checkpoint", str(witness))
    assert (code, "VERIFIED: acme" in said) == (0, True), said
