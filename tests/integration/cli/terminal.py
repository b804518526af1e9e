"""A command at a pseudo-terminal, as a person uses it."""

import os
import select
import subprocess
import sys
from pathlib import Path
from time import monotonic

from sandbox.waiting import PATIENCE


class Terminal:
    """A command at a pseudo-terminal; `seen` is all that a person would see."""

    def __init__(self, arguments: list[str], environment: dict[str, str], home: Path) -> None:
        self._master, slave = os.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dbaccess.cli", *arguments],
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True, cwd=home,
            env={"PATH": "/usr/bin:/bin", "HOME": str(home), "COLUMNS": "200", "TERM": "dumb", **environment},
        )  # fmt: skip
        os.close(slave)
        self.seen = ""
        self._read = 0

    def expect(self, text: str) -> None:
        """Wait until the text appears after what was expected before."""
        while (found := self.seen.find(text, self._read)) < 0:
            assert self._more(), f"no {text!r} in: {self.seen[self._read :]}"
        self._read = found + len(text)

    def type(self, text: str) -> None:
        # A prompt ends in ": "; only then is the echo off where it must be.
        self.expect(": ")
        os.write(self._master, f"{text}\n".encode())

    def end(self) -> int:
        while self._more():
            pass
        os.close(self._master)
        return self._process.wait(PATIENCE)

    def _more(self) -> bool:
        deadline = monotonic() + PATIENCE
        ready, _, _ = select.select([self._master], [], [], deadline - monotonic())
        try:
            read = os.read(self._master, 65536) if ready else b""
        except OSError:  # the other end is closed
            return False
        self.seen += read.decode(errors="replace")
        return bool(read)
