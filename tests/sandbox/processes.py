"""Starts and stops sandboxes as their own process, as everybody uses them."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sandbox.waiting import PATIENCE

HERE = Path(__file__).parent
WORLD = HERE / "world.toml"
MANIFEST = HERE / "manifest.yml"


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "sandbox", *options]


@contextmanager
def running(
    scratch: Path, *, manifest: Path = MANIFEST, world: Path = WORLD, options: Sequence[str] = ()
) -> Iterator[str]:
    """The address of a sandbox that ends with the block; what it wrote to stderr fails the test."""
    ready, errors = scratch / "address", scratch / "errors"
    ready.unlink(missing_ok=True)
    line = command("--manifest", str(manifest), "--world", str(world), "--ready-file", str(ready), *options)
    with errors.open("wb") as stderr:
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=stderr)
        try:
            yield _address(process, ready, errors)
        finally:
            process.terminate()
            process.wait(PATIENCE)
    assert errors.read_text() == ""


def _address(process: "subprocess.Popen[bytes]", ready: Path, errors: Path) -> str:
    until = time.monotonic() + PATIENCE
    while not ready.exists():
        assert process.poll() is None, errors.read_text()
        assert time.monotonic() < until, "the sandbox did not start"
        time.sleep(0.02)
    return ready.read_text()
