"""`doctor` tells advice from faults, and only faults end it with 1."""

import pytest
import typer

from dbaccess.cli import doctor
from dbaccess.ports import Finding

ADVICE = Finding(what="Queue keeps nothing over a restart", ok=False, fix="config set …", is_advice=True)


@pytest.mark.parametrize(
    ("found", "mark", "code"),
    [
        (Finding(what="all is well", ok=True), "✓", 0),
        (ADVICE, "!", 0),
        (Finding(what="it is wrong", ok=False, fix="fix it"), "✗", 1),
    ],
)
def test_advice_has_a_mark_of_its_own_and_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], found: Finding, mark: str, code: int
) -> None:
    for part in ("_control", "_queue", "_slack", "name_findings"):
        monkeypatch.setattr(doctor, part, lambda *_, **__: [])
    monkeypatch.setattr(doctor, "_policy", lambda: (None, []))
    monkeypatch.setattr(doctor, "cluster_findings", lambda _: [found])
    ended = 0
    try:
        doctor.doctor()
    except typer.Exit as end:
        ended = end.exit_code
    assert (ended, capsys.readouterr().out.splitlines()[0]) == (code, f"{mark} {found.what}")
