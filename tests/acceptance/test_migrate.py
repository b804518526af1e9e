"""Bot and workers run on while the control database is migrated below them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbaccess.storage.migrate import migrate
from demo.servers.valkey import Valkey
from tests.acceptance import records, talk
from tests.acceptance.processes import parts
from tests.acceptance.stack import Stack, running, wait
from tests.databases import ControlDatabase, TargetDatabase
from tests.migrations.later import REVISION, with_later_revision

pytestmark = [
    pytest.mark.timeout(150),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; CI is Linux"),
]


@pytest.fixture
def stack(
    tmp_path: Path, control_database: ControlDatabase, target_database: TargetDatabase, own_valkey: Valkey
) -> Iterator[Stack]:
    """One of its own: no other test is to run on what the later revision makes."""
    with running(Stack.of(target_database, control_database, own_valkey, home=tmp_path)) as stack:
        yield stack


def test_processes_of_this_version_work_on_a_migrated_database(stack: Stack, tmp_path: Path) -> None:
    before = talk.activate(stack)
    running = parts(stack.processes["workers"].pid)
    said = migrate(stack.control.owner_url, migrations=with_later_revision(tmp_path))
    assert said[0].endswith(f" to {REVISION}.")
    talk.end(stack)
    wait(lambda: records.grant_state(stack, before) == "ended", 40)
    after = talk.activate(stack)
    assert records.grant_state(stack, after) == "active"
    assert parts(stack.processes["workers"].pid) == running
    logs = stack.logs()
    assert '"level": "info"' in logs
    assert '"level": "error"' not in logs
