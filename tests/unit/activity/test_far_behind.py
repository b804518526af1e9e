"""A reader that is five gigabytes behind holds two parts of the log at a time, and goes on where it was."""

import tracemalloc
from collections.abc import Sequence
from concurrent.futures import wait
from dataclasses import dataclass, field
from datetime import timedelta

from dbaccess.activity.jsonlog import JsonLog
from dbaccess.activity.parts import CHUNK
from dbaccess.activity.reader import LogReader
from dbaccess.activity.statements import Sessions
from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.coverage import NOT_CHECKED, GrantCoverage, LogPosition
from dbaccess.ports import LogFile, UnitOfWorkFactory
from tests.contract.storage.conftest import memory_store
from tests.integration.storage.facts import active
from tests.unit.activity.log_lines import MAYA, T0, statement

BEHIND = 5 * 1024**3
LENGTH = 4_096
"""Bytes of each line."""


def written(number: int) -> bytes:
    """The line of that number; one in two hundred is of Maya's grant."""
    user = "app" if number % 200 else MAYA
    plain = statement(number + 1, f"select {number} -- @", user=user)
    return plain.replace(b"@", b"x" * (LENGTH - len(plain) + 1))


@dataclass(slots=True)
class EndlessLog:
    """`ActivitySource` of one file that nothing holds: each line is made when it is read."""

    longest: int = 0
    begins: list[int] = field(default_factory=list)

    def files(self) -> Sequence[LogFile]:
        return [LogFile(name="a.json", size=BEHIND, modified_at=T0, fingerprint="a")]

    def read(self, name: str, offset: int, length: int) -> bytes:  # noqa: ARG002 of the port
        first, last = offset // LENGTH, (offset + length) // LENGTH + 1
        data = b"".join(map(written, range(first, last)))
        self.longest = max(self.longest, length)
        self.begins.append(offset)
        return data[offset - first * LENGTH :][:length]


def position(begin: UnitOfWorkFactory) -> LogPosition:
    with begin() as uow:
        (found,) = uow.log_positions.all()
    return found


def test_log_that_is_five_gigabytes_behind_is_read_in_parts_of_bounded_size() -> None:
    store, source = memory_store(), EndlessLog()
    grant = active(store.bot, store.worker, expires_at=T0 + timedelta(days=9999), login=MAYA)
    with store.worker() as uow:
        uow.activity.cover(GrantCoverage(grant_id=grant.id, coverage=NOT_CHECKED, mode=CaptureMode.FULL))
        uow.commit()
    held: list[int] = []
    begins: list[list[int]] = []
    for _ in range(3):
        # A restart reads on where the last reader was.
        reader = LogReader(
            cluster="main", begin=store.worker, source=source, new_format=JsonLog, build=Sessions
        )
        source.begins = []
        tracemalloc.start()
        for _ in range(3):
            assert reader.read()
        assert reader.ahead is not None
        wait([reader.ahead])
        held.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        begins.append(source.begins)
    at = position(store.worker)
    assert at.behind == BEHIND - at.offset > BEHIND * 0.99
    assert source.longest == CHUNK
    # Three parts and the one ahead, which the next reader reads again.
    assert all(read == sorted(set(read)) and len(read) == 4 for read in begins)
    assert max(held) < 8 * CHUNK
    with store.worker() as uow:
        ran = uow.activity.page(grant.id, limit=999)
    assert [one.line_num for one in ran] == list(range(1, at.offset // LENGTH + 1, 200))
