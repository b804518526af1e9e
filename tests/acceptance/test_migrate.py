"""Bot and workers run on while the control database is migrated below them."""

import sys
from pathlib import Path

import pytest

from dbaccess.storage.migrate import migrate
from tests.acceptance import records, talk
from tests.acceptance.processes import parts
from tests.acceptance.stack import Stack, wait
from tests.migrations.later import REVISION, with_later_revision

pytestmark = [
    pytest.mark.timeout(150),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; CI is Linux"),
]


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
