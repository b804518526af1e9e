"""Verify a bundle of dbaccess's ledger offline, with Python's standard library and `cryptography` alone.

    dbaccess-verify BUNDLE --public-key KEY [--checkpoint LINE_OR_FILE ...] [--report REPORT]

Exit code 0: every entry is unchanged and in its place, and signed for up to the entry that is printed.
Exit code 1: something is wrong, one line each, with its place and kind. Exit code 2: wrong use.

A bundle has one JSON object a line. It has one key, which says its kind, in this order:

  {"manifest": …}    which installation, the first and last entry, how many entries and checkpoints
  {"key": …}         a public key of the ledger, signed by itself and by the key that it follows
  {"entry": …}       seq, prev_hash, hash, body; hash is SHA-256 over the bytes of prev_hash and body
  {"checkpoint": …}  after its entry: seq and head (the entry's hash), signed with Ed25519

This file trusts nothing in a bundle but what a signature proves, beginning with the keys that you give.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LONGEST_LINE = 34 * 1024 * 1024  # bytes; a body has at most 16 MiB, twice that where each quote is escaped
DEEPEST, MOST_KEYS, MOST_SHOWN = 400, 200, 100
STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)  # possessive: a bad text takes no longer
GENESIS = "00" * 32
HEX, KEY_ID, NAME = r"[0-9a-f]{64}", r"[0-9a-f]{16}", r"[a-z][a-z0-9]{0,15}"
TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}\+00:00"
KEY, SIGNATURE = r"ed25519:[A-Za-z0-9+/]{43}=", r"[A-Za-z0-9+/]{86}=="
# The fields of each kind of line: a type, or a pattern of the whole text; with "?" it may be null.
FIELDS: dict[str, dict[str, Any]] = {
    "manifest": {
        "format": "dbaccess.ledger", "version": int, "installation": NAME, "first": int, "last": int,
        "entries": int, "checkpoints": int, "tool": r".{1,80}", "made_at": TIME,
    },
    "key": {
        "seq": int, "installation": NAME, "key_id": KEY_ID, "public_key": KEY, "follows": f"?{KEY}",
        "signature": SIGNATURE, "follows_signature": f"?{SIGNATURE}",
    },
    "entry": {"seq": int, "prev_hash": HEX, "hash": HEX, "body": "?(?s:.*)", "body_base64": "?(?s:.*)"},
    "checkpoint": {
        "kind": "dbaccess[.]checkpoint", "version": int, "installation": NAME, "seq": int, "head": HEX,
        "at": TIME, "key_id": KEY_ID, "signature": SIGNATURE,
    },
}  # fmt: skip
EVENT = {
    "actor": "(?s:.*)", "at": TIME, "data": dict, "grant": "?int", "kind": "[a-z_.]+", "request": "?int",
    "seq": int,
}  # fmt: skip


class Unreadable(Exception):
    """A text is not what it should be; the message says why, without a part of the text."""


def read_json(text: bytes) -> Any:
    """Return the JSON value, of which every program reads the same."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise Unreadable("has a key twice")
        return made

    def number(digits: str) -> float:
        if not abs(float(digits)) < float("inf"):  # NaN is not less either
            raise Unreadable("has a number that is none")
        return float(digits)

    brackets = re.findall(rb"[\[{\]}]", STRING.sub(b"", text))
    if max(accumulate(1 if one in b"[{" else -1 for one in brackets), default=0) > DEEPEST:
        raise Unreadable("is nested too deep")
    try:
        found = json.loads(text.decode(), object_pairs_hook=once, parse_constant=number, parse_float=number)
        if b"\\u" in text:  # half of a pair of characters is no text
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Unreadable("is not JSON in UTF-8") from None
    return found


def check(found: Any, fields: dict[str, Any], what: str) -> dict[str, Any]:
    """Return the object, which has exactly these fields, each of its form."""
    if not isinstance(found, dict) or found.keys() != fields.keys():
        raise Unreadable(f"has not the fields of {what}")
    for name, form in fields.items():
        if not fits(found[name], form):
            raise Unreadable(f"has no {name} as one is written")
    if found.get("version", 1) != 1:
        raise Unreadable("is not of version 1, which alone is known here")
    return found


def fits(value: object, form: Any) -> bool:
    if isinstance(form, str) and form.startswith("?"):
        return value is None or fits(value, int if form == "?int" else form[1:])
    if form is int:
        return type(value) is int and 0 <= value < 2**63
    if isinstance(form, str):
        return isinstance(value, str) and re.fullmatch(form, value) is not None
    return type(value) is form


def is_signed(fields: dict[str, Any], signature: str, public_key: str) -> bool:
    """Return whether the key signed these fields, as JSON with sorted keys and no blanks (RFC 8785)."""
    message = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("ed25519:")))
        key.verify(base64.b64decode(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id(public_key: str) -> str:
    """Return the name of a key: the first 16 hexadecimal digits of SHA-256 over its bytes."""
    return hashlib.sha256(base64.b64decode(public_key.removeprefix("ed25519:"))).hexdigest()[:16]


class Verifier:
    """Reads a bundle once, line by line, and keeps only the hash of its last entry."""

    def __init__(self, trusted: list[str], kept: list[dict[str, Any]]) -> None:
        self.keys = {key_id(key): key for key in trusted}
        self.pairs: list[dict[str, str]] = []  # a key and the one that follows it, as both signed
        self.replaced: dict[str, int] = {}  # by key: the first entry that introduced the next one
        self.introduced: dict[int, dict[str, Any]] = {}
        self.kept: dict[int, list[dict[str, Any]]] = {}  # checkpoints that witnesses kept
        for checkpoint in kept:
            self.kept.setdefault(checkpoint["seq"], []).append(checkpoint)
        self.manifest: dict[str, Any] = {}
        self.counts = {"entries": 0, "checkpoints": 0}
        self.seq, self.hash = 0, GENESIS  # of the last entry
        self.proved = 0  # the last entry that a checkpoint signs for
        self.off_chain: list[tuple[str, int]] = []  # checkpoints since then, which do not fit
        self.compared = self.earlier = 0  # the last entry of a given checkpoint, and those of no entry here
        self.problems = 0
        self.report: Any = None  # `dbaccess_verify_report.py` compares it with the events

    def problem(self, place: str, kind: str, text: str) -> None:
        self.problems += 1
        if self.problems <= MOST_SHOWN:
            print(f"{place}: {kind}: {text}")

    def read(self, bundle: BinaryIO) -> None:
        """Read all lines; after one that cannot be read the next one is."""
        number = 0
        while line := bundle.readline(LONGEST_LINE + 1):
            number += 1
            try:
                self.read_line(f"line {number}", line)
            except Unreadable as why:
                is_whole = line.endswith(b"\n")
                self.problem(f"line {number}", "unreadable" if is_whole else "cut", f"it {why}")
                if not (is_whole and self.manifest):
                    break
        if self.manifest:
            self.end()
        else:
            self.problem("bundle", "unreadable", "does not begin with a manifest")

    def read_line(self, place: str, line: bytes) -> None:
        if len(line) > LONGEST_LINE:
            raise Unreadable("is too long")
        found = read_json(line)
        kind = next(iter(found)) if isinstance(found, dict) and len(found) == 1 else ""
        is_late = kind == "key" and self.counts["entries"] > 0  # an earlier line was judged without it
        if kind not in FIELDS or bool(self.manifest) == (kind == "manifest") or is_late:
            raise Unreadable("is no line of a bundle, or not in its place")
        getattr(self, f"on_{kind}")(place, check(found[kind], FIELDS[kind], f"a line {kind}"))

    def on_manifest(self, _: str, found: dict[str, Any]) -> None:
        self.manifest, self.seq = found, max(found["first"] - 1, 0)
        self.hash = "" if self.seq else GENESIS  # the entry before a later first one is not here

    def on_key(self, place: str, found: dict[str, Any]) -> None:
        """Trust a key that a trusted key introduced, or that introduced a trusted one."""
        old, new, seq = found["follows"], found["public_key"], found["seq"]
        statement = {"kind": "dbaccess.key_introduction", "version": 1, "public_key": new, "follows": old}
        statement["installation"] = self.manifest["installation"]
        if len(self.introduced) == MOST_KEYS or seq in self.introduced:
            raise Unreadable("is of one key too many")
        place, self.introduced[seq] = f"{place}, key of entry {seq}", found
        if found["key_id"] != key_id(new) or not is_signed(statement, found["signature"], new):
            self.problem(place, "key", "is introduced without its own signature for this installation")
        elif old is not None:
            self.replaced[key_id(old)] = min(seq, self.replaced.get(key_id(old), seq))
            if found["follows_signature"] is None:
                return  # the old key was lost: only a verifier that is given the new one trusts it
            if not is_signed(statement, found["follows_signature"], old):
                self.problem(place, "key", "is introduced without the signature of the old key")
                return
            self.pairs.append({key_id(old): old, key_id(new): new})
            known = -1
            while known != (known := len(self.keys)):
                for pair in self.pairs:
                    self.keys |= pair if pair.keys() & self.keys.keys() else {}

    def on_entry(self, place: str, found: dict[str, Any]) -> None:
        seq, before, mine, body = found["seq"], found["prev_hash"], found["hash"], body_of(found)
        place = f"{place}, entry {seq}"
        self.counts["entries"] += 1
        if seq <= self.seq:
            self.problem(place, "moved", "is there a second time, or in the wrong place")
            return
        if seq > self.seq + 1:
            self.problem(place, "missing", f"entries {self.seq + 1} to {seq - 1} are missing before it")
        elif self.hash not in {"", before}:
            self.problem(place, "broken", "does not follow the entry before it")
        self.seq, self.hash = seq, mine
        if hashlib.sha256(bytes.fromhex(before) + body).hexdigest() == mine:
            self.check_event(place, body)
        else:
            self.problem(place, "changed", "its hash does not fit its content")
        for checkpoint in self.kept.pop(seq, []):
            self.check_checkpoint(f"given checkpoint {seq}", checkpoint)
            self.compared = seq

    def check_event(self, place: str, body: bytes) -> None:
        """Check the body of the last entry."""
        try:
            event = check(read_json(body), EVENT, "an event")
        except Unreadable as why:
            self.problem(place, "unreadable", f"its body {why}")
            return
        if event["seq"] != self.seq:
            self.problem(place, "moved", f"holds what was recorded as entry {event['seq']}")
        if self.report is not None:
            self.report.take(event, self.hash)
        if event["kind"] == "ledger.key_introduced":
            told = self.introduced.pop(self.seq, {})
            if event["data"] != {name: told[name] for name in told if name != "seq"}:
                self.problem(place, "key", "introduces a key of which the lines about keys say nothing")

    def on_checkpoint(self, place: str, found: dict[str, Any]) -> None:
        self.counts["checkpoints"] += 1
        place = f"{place}, checkpoint {found['seq']}"
        if found["seq"] == self.seq:
            self.check_checkpoint(place, found)
        else:
            self.problem(place, "checkpoint", f"is of another entry than {self.seq}, after which it stands")

    def check_checkpoint(self, place: str, found: dict[str, Any]) -> None:
        """Compare a checkpoint with the last entry, which it names."""
        if not self.is_genuine(place, found):
            return
        if found["head"] != self.hash:
            self.off_chain = [*self.off_chain[: MOST_SHOWN - 1], (place, self.seq)]
            return
        for other, _ in self.off_chain:  # what was signed stands before it and after it
            self.problem(other, "checkpoint", "is not on the chain: it was made of another ledger")
        self.proved, self.off_chain = self.seq, []

    def is_genuine(self, place: str, found: dict[str, Any]) -> bool:
        """Return whether a key of this ledger signed the checkpoint while it was in use; name why not."""
        name, installation = found["key_id"], self.manifest["installation"]
        signed = {field: value for field, value in found.items() if field != "signature"}
        if found["installation"] != installation:
            self.problem(place, "installation", f"is of {found['installation']}, and not of {installation}")
        elif name not in self.keys:
            self.problem(place, "key", f"was made with key {name}, to which no given key leads")
        elif not is_signed(signed, found["signature"], self.keys[name]):
            self.problem(place, "signature", f"was changed, or was not made with key {name}")
        elif self.replaced.get(name, found["seq"] + 1) <= found["seq"]:
            self.problem(place, "key", f"was made with key {name} after entry {self.replaced[name]}")
        else:
            return True
        return False

    def end(self) -> None:
        """Find what only the end of the bundle shows."""
        told, last = self.manifest, self.seq
        if last != told["last"]:
            kind = "cut" if last < told["last"] else "added"
            self.problem(
                f"after entry {last}", kind, f"the manifest says that {told['last']} is the last one"
            )
        for name, count in self.counts.items():
            if count != told[name]:
                self.problem("bundle", "missing", f"has {count} {name}, and its manifest says {told[name]}")
        for seq in (seq for seq in self.introduced if seq >= told["first"]):
            self.problem(f"entry {seq}", "key", "does not introduce the key that a line about keys has")
        for seq, checkpoints in sorted(self.kept.items()):
            for checkpoint in checkpoints:
                self.check_kept_outside(f"given checkpoint {seq}", checkpoint)
        if self.off_chain:
            place, seq = self.off_chain[0]
            what = f"entries {self.proved + 1} to {seq}" if self.proved else f"the whole chain up to {seq}"
            self.problem(place, "rewritten", f"{what} was made anew: it is not the ledger that was signed")
        elif not self.proved:
            self.problem("bundle", "unproved", f"no checkpoint proves that this is {told['installation']}'s")
        if self.report is not None:
            self.report.end(told["first"], last)

    def check_kept_outside(self, place: str, checkpoint: dict[str, Any]) -> None:
        """Name what a witness's checkpoint shows of an entry that is not here; a forged one shows nothing."""
        if not self.is_genuine(place, checkpoint):
            return
        if checkpoint["seq"] < self.manifest["first"]:
            self.earlier += 1
        elif checkpoint["seq"] > self.seq:
            said = "its end was cut off, or the bundle was made for an earlier time"
            self.problem(place, "cut", f"the bundle ends at entry {self.seq}: {said}")
        else:
            self.problem(place, "missing", "the bundle does not have its entry")

    def conclude(self) -> int:
        """Print the result, and what it leaves open, and return the exit code."""
        told, proved, last = self.manifest, self.proved, self.seq
        if self.problems:
            print(f"NOT VERIFIED: {self.problems} problems, of which at most {MOST_SHOWN} are shown")
            return 1
        if self.report is not None:
            print(self.report.conclusion())
        print(f"VERIFIED: {told['installation']}, entries {told['first']} to {proved}, all and unchanged")
        if proved < last:
            print(f"Not proved: no checkpoint signs for entries {proved + 1} to {last}, which fit the chain")
        if told["first"] > 1:
            print(f"Not known: what entries before {told['first']} say, such as that a key was replaced")
        if self.earlier:
            print(f"Not compared: {self.earlier} given checkpoints, of entries before {told['first']}")
        if self.compared:
            print(f"Compared with the given checkpoints, of which the last is of entry {self.compared}")
        else:
            print("Not known: whether later entries were cut off. Give a witness's checkpoint: --checkpoint")
        return 0


def body_of(entry: dict[str, Any]) -> bytes:
    """Return the bytes of the body: as text, or in base64 where they are no UTF-8."""
    try:
        if entry["body"] is None:
            return base64.b64decode(entry["body_base64"] or "", validate=True)
        return str(entry["body"]).encode()
    except ValueError:
        raise Unreadable("has a body that cannot be read") from None


def read_key(given: str) -> str:
    """Return the public key, given as text or as a file that holds it."""
    if not given.startswith("ed25519") and Path(given).is_file():
        given = Path(given).read_bytes().decode("ascii", "replace").strip()
    if given.startswith("ed25519-private:"):
        raise Unreadable("is a private key: give the public key, and keep the private one secret")
    if not re.fullmatch(KEY, given):
        raise Unreadable("is no public key of the ledger, which is ed25519: and 44 characters")
    return given


def read_checkpoints(given: str) -> list[dict[str, Any]]:
    """Return the checkpoint of a line, or those of a file with one a line, as witnesses keep them."""
    text = given.encode(errors="replace") if given.lstrip()[:1] == "{" else Path(given).read_bytes()
    found, torn = [], None
    for line in filter(bytes.strip, text.splitlines()):
        try:
            found.append(check(read_json(line), FIELDS["checkpoint"], "a checkpoint"))
        except Unreadable as why:  # a witness that crashed has a part of a line, which proves nothing
            torn = why
    if torn is not None and not found:
        raise torn
    return found


def main() -> int:
    parser = argparse.ArgumentParser("dbaccess-verify", description="Verify a bundle of a ledger offline.")
    parser.add_argument("bundle", help="the file that `dbaccess ledger bundle` wrote")
    parser.add_argument("--public-key", action="append", required=True, help="ed25519:…, or a file with it")
    parser.add_argument("--checkpoint", action="append", default=[], help="a witness's line, or a file")
    parser.add_argument("--report", help="a report as JSON; its rows are compared with the bundle")
    options = parser.parse_args()
    given = "--public-key"
    try:
        keys = [read_key(text) for text in options.public_key]
        given = "--checkpoint"
        kept = [checkpoint for text in options.checkpoint for checkpoint in read_checkpoints(text)]
        verifier = Verifier(keys, kept)
        if options.report:
            given = options.report
            from dbaccess_verify_report import Report  # stands beside this file

            verifier.report = Report(Path(given), read_json, verifier.problem)
        given = options.bundle
        with Path(options.bundle).open("rb") as bundle:
            verifier.read(bundle)
    except (Unreadable, OSError, ImportError) as why:
        print(f"{given} {why.strerror if isinstance(why, OSError) else why}", file=sys.stderr)
        return 2
    return verifier.conclude()


if __name__ == "__main__":
    sys.exit(main())
