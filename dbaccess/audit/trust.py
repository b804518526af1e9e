"""The keys that a verifier trusts: those that it was given, and those that these lead to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dbaccess.audit.verifying import is_introduced, is_signed
from dbaccess.domain.key_introduction import SignedIntroduction
from dbaccess.domain.ledger import Fault, FaultKind
from dbaccess.domain.ledger_key import PublicKey

Placed = tuple[int, SignedIntroduction]
"""An introduction with the sequence of its entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """`keys` by their ids, and by id of a key the first entry that introduced the next one."""

    keys: Mapping[str, PublicKey]
    replaced: Mapping[str, int]
    faults: Sequence[Fault]


def follow(given: Iterable[PublicKey], introductions: Sequence[Placed]) -> Trust:
    """Return the keys that are given, and all that introductions join to them, in both directions.

    Both keys sign that one follows the other, so each vouches for the other. A key that only signed for
    itself, because the one before was lost, is trusted if it is given.
    """
    keys = {key.key_id: key for key in given}
    replaced: dict[str, int] = {}
    pairs: list[tuple[PublicKey, PublicKey]] = []
    faults: list[Fault] = []
    for seq, signed in introductions:
        said = signed.introduction
        if not _signed_for_itself(signed) or (signed.follows_signature and not is_introduced(signed)):
            what = f"introduces key {said.key.key_id} without the signatures of the keys that it names"
            faults.append(Fault(seq=seq, kind=FaultKind.KEY, what=what))
        elif said.follows is not None:
            old = said.follows.key_id
            replaced[old] = min(seq, replaced.get(old, seq))
            if signed.follows_signature is not None:
                pairs.append((said.follows, said.key))
    known = -1
    while known != (known := len(keys)):
        for one, other in pairs:
            if one.key_id in keys or other.key_id in keys:
                keys |= {one.key_id: one, other.key_id: other}
    return Trust(keys=keys, replaced=replaced, faults=faults)


def _signed_for_itself(signed: SignedIntroduction) -> bool:
    return is_signed(signed.introduction.canonical(), signed.signature, signed.introduction.key)
