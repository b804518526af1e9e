"""A command that takes longer than a second says so, and a quick one says nothing."""

import threading

import pytest

from dbaccess.cli import waiting as signs


class Told:
    """A stderr that tells when something was written."""

    def __init__(self) -> None:
        self.text, self.written = "", threading.Event()

    def write(self, text: str) -> None:
        self.text += text
        self.written.set()

    def flush(self) -> None:
        """Hold nothing back."""


def test_only_work_that_lasts_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()
    monkeypatch.setattr("sys.stderr", told)
    with signs.waiting("Reading statements"):
        pass
    assert told.text == ""
    monkeypatch.setattr(signs, "AFTER", 0.0)
    with signs.waiting("Reading statements"):
        assert told.written.wait(30)
    assert told.text.startswith("Reading statements: 0 s so far\n")
