"""The leader signs the ledger's head while it grows; the operators hear of a head that stays unsigned."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.audit.signing import LedgerKey
from dbaccess.audit.verifying import is_genuine, is_introduced
from dbaccess.domain.checkpoint import SignedCheckpoint
from dbaccess.domain.errors import LedgerKeyRefused
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.ledger import Expected
from dbaccess.domain.notice import NoticeKind
from dbaccess.operations.checkpoints import make
from dbaccess.operations.checkpoints.keys import introductions, replace_key
from dbaccess.operations.checkpoints.make import make_checkpoint, tell_late_checkpoint
from dbaccess.operations.clusters.observe import check_observe_mode
from tests.operations.fake_house import FakeHouse
from tests.operations.house import House

KEY, NEXT = LedgerKey.generate(), LedgerKey.generate()


def keep(house: House, key: LedgerKey | None) -> None:
    house.context = replace(house.context, signer=key)


def record(house: House, many: int = 1) -> None:
    with house.work() as uow:
        for _ in range(many):
            uow.record(Event(kind=EventKind.STRAY_FOUND, actor="worker"))
        uow.commit()


def checkpoints(house: House) -> list[SignedCheckpoint]:
    with house.work() as uow:
        return uow.checkpoints.after(0, limit=100)


def late(house: House) -> list[str]:
    with house.work() as uow:
        due = [uow.notices.lock(notice_id) for notice_id in uow.notices.due(uow.now, limit=100)]
        return [notice.data["why"] for notice in due if notice.kind is NoticeKind.CHECKPOINT_LATE]


def test_first_round_introduces_the_key_and_the_next_signs_it(house: House) -> None:
    keep(house, KEY)
    assert make_checkpoint(house.context) is None
    (introduced,) = house.ledger("ledger.key_introduced")
    assert (introduced["actor"], introduced["data"]["key_id"]) == ("worker", KEY.public.key_id)
    signed = make_checkpoint(house.context)
    assert signed is not None
    assert is_genuine(signed, KEY.public)
    assert (signed.checkpoint.seq, signed.checkpoint.installation) == (
        introduced["seq"],
        house.policy.installation,
    )
    assert make_checkpoint(house.context) is None
    assert checkpoints(house) == [signed]


def test_checkpoint_follows_a_hundred_entries_or_five_minutes_with_one(fake_house: FakeHouse) -> None:
    house = fake_house
    keep(house, KEY)
    make_checkpoint(house.context)
    house.wait(seconds=1)
    make_checkpoint(house.context)
    house.wait(seconds=3600)
    assert make_checkpoint(house.context) is None  # nothing is new
    record(house)
    assert make_checkpoint(house.context) is not None
    record(house, make.ENTRIES - 1)
    assert make_checkpoint(house.context) is None
    record(house)
    assert make_checkpoint(house.context) is not None
    record(house)
    house.wait(seconds=make.EVERY.total_seconds() - 1)
    assert make_checkpoint(house.context) is None
    house.wait(seconds=1)
    assert make_checkpoint(house.context) is not None
    assert len(checkpoints(house)) == 4


def test_nothing_is_signed_without_a_key_or_while_the_workers_observe(house: House) -> None:
    record(house)
    assert make_checkpoint(house.context) is None
    keep(house, KEY)
    driver = house.context.targets.driver("main")
    driver.put_head(Expected(seq=10_000, hash=bytes(32)))
    check_observe_mode(house.context, "main")
    assert make_checkpoint(house.context) is None
    assert checkpoints(house) == []
    assert house.ledger("ledger.key_introduced") == []


def test_key_is_replaced_by_both_keys_and_the_old_one_signs_no_more(house: House) -> None:
    keep(house, KEY)
    with pytest.raises(LedgerKeyRefused, match="no key yet"):
        replace_key(house.work, old=KEY, new=NEXT, actor="cli:sam@db1")
    make_checkpoint(house.context)
    with pytest.raises(LedgerKeyRefused, match=NEXT.public.key_id):
        replace_key(house.work, old=NEXT, new=KEY, actor="cli:sam@db1")
    with pytest.raises(LedgerKeyRefused, match="already"):
        replace_key(house.work, old=KEY, new=KEY, actor="cli:sam@db1")
    replace_key(house.work, old=KEY, new=NEXT, actor="cli:sam@db1")
    with house.work() as uow:
        (_, first), (_, second) = introductions(uow)
    assert is_introduced(first)
    assert is_introduced(second)
    assert second.introduction.follows == KEY.public
    assert not is_introduced(replace(second, follows_signature=bytes(64)))
    assert not is_introduced(replace(second, signature=second.follows_signature or b""))
    assert make_checkpoint(house.context) is None
    keep(house, NEXT)
    signed = make_checkpoint(house.context)
    assert signed is not None
    assert is_genuine(signed, NEXT.public)


def test_operators_hear_once_of_entries_that_wait_too_long(fake_house: FakeHouse) -> None:
    house = fake_house
    house.wait(seconds=0)
    record(house)
    tell_late_checkpoint(house.context)
    assert late(house) == []
    house.wait(seconds=(make.LATE + timedelta(seconds=1)).total_seconds())
    for _ in range(2):
        tell_late_checkpoint(house.context)
    assert late(house) == ["no_key"]
    keep(house, KEY)
    make_checkpoint(house.context)
    make_checkpoint(house.context)
    replace_key(house.work, old=KEY, new=NEXT, actor="cli:sam@db1")
    house.wait(seconds=(make.LATE + timedelta(seconds=1)).total_seconds())
    tell_late_checkpoint(house.context)
    assert late(house) == ["no_key", "other_key"]
