"""rsyslog, a real daemon, writes down what witness and stream send it, line by line and whole."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dbaccess.audit.entry_formats import as_json
from dbaccess.domain.checkpoint import parse_checkpoint
from dbaccess.domain.errors import WitnessFailure
from dbaccess.sinks.streams.lines import SYSLOG_LONGEST, SyslogStream
from dbaccess.sinks.witnesses.syslog import SyslogWitness
from tests.integration.sinks.test_object_store import free_port
from tests.integration.sinks.test_streams import chain, read
from tests.integration.sinks.test_witnesses import line

_DAEMON = shutil.which("rsyslogd") or shutil.which("rsyslogd", path="/usr/sbin")
_PATIENCE = 60.0
_CONFIGURATION = """
module(load="imtcp")
input(type="imtcp" port="{port}" address="127.0.0.1")
template(name="whole" type="string" string="%msgid% %msg%\\n")
action(type="omfile" file="{kept}" template="whole" asyncWriting="off")
"""

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(_DAEMON is None, reason="needs rsyslogd, Debian's package rsyslog"),
]


@pytest.fixture
def rsyslog(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Yield the daemon's address, and the file in which it keeps what it got."""
    port, kept = free_port(), tmp_path / "kept"
    (tmp_path / "conf").write_text(_CONFIGURATION.format(port=port, kept=kept), encoding="utf-8")
    command = [str(_DAEMON), "-n", "-f", str(tmp_path / "conf"), "-i", str(tmp_path / "pid")]
    daemon = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"tcp://127.0.0.1:{port}", kept
    finally:
        daemon.terminate()
        daemon.wait()


def test_daemon_keeps_checkpoints_and_entries(rsyslog: tuple[str, Path]) -> None:
    address, kept = rsyslog
    witness = SyslogWitness(address)
    _until(lambda: _is_reached(witness))
    witness.store(7, line(7))
    SyslogStream(address, as_json).take([*chain(2), *chain(1, size=SYSLOG_LONGEST)])
    _until(lambda: kept.exists() and len(kept.read_text(encoding="utf-8").splitlines()) == 4)
    checkpoint, first, second, long = kept.read_text(encoding="utf-8").splitlines()
    assert parse_checkpoint(checkpoint.removeprefix("checkpoint seq=7 ")).checkpoint.seq == 7
    assert [read(one.removeprefix("ledger ")) for one in (first, second)] == chain(2)
    assert json.loads(long.removeprefix("ledger "))["seq"] == 1


def _is_reached(witness: SyslogWitness) -> bool:
    try:
        witness.check()
    except WitnessFailure:
        return False
    return True


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < end, "rsyslogd did not come so far"
        time.sleep(0.02)
