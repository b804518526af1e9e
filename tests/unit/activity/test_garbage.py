"""The garbage collector does not walk through what a chunk of a log is made of."""

import gc
from collections.abc import Iterator

import pytest

from dbaccess.activity.formats import FORMATS
from dbaccess.activity.garbage import collect_rarely
from dbaccess.activity.logged import LoggedStatement
from dbaccess.activity.parts import CHUNK
from dbaccess.activity.prepare import prepare
from dbaccess.activity.statements import Sessions
from dbaccess.domain.activity import GrantLogin
from dbaccess.domain.capture import CaptureMode, CaptureSource
from dbaccess.domain.grant import GrantId
from tests.unit.activity.log_lines import statement

OF = GrantLogin(grant_id=GrantId(1), login="jit_a", database="orders", access="read", mode=CaptureMode.FULL)


@pytest.fixture
def rarely() -> Iterator[None]:
    before = gc.get_threshold()
    gc.collect()
    collect_rarely()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def runs() -> int:
    return sum(generation["collections"] for generation in gc.get_stats())


@pytest.mark.usefixtures("rarely")
def test_chunk_is_read_without_the_collector() -> None:
    lines = [statement(number, f"select {number} from shop.orders") for number in range(1, 4_000)]
    data = b"".join(lines)[:CHUNK]
    assert len(data) == CHUNK
    before = runs()
    read = Sessions().take(FORMATS[CaptureSource.JSONLOG]().parse(data).records)
    found = [prepare(one, OF, "main") for one in read if isinstance(one, LoggedStatement)]
    assert len(found) == data.count(b"\n")
    assert runs() == before
