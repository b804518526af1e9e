"""Our programs as processes of their own that need not import everything again.

One process of Python's fork server has imported them; each run is a fork of it with arguments, an environment
and a working directory of its own. What an import does is tested where programs are started for good.
"""

import json
import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(
    [
        "bot.__main__",
        "workers.__main__",
        "dbaccess.cli.app",
        # What the command line imports only where a command needs it.
        "dbaccess.queue",
        "dbaccess.slack.client",
        "dbaccess.slack.directory",
        "dbaccess.storage.examine",
        "dbaccess.storage.migrate",
        "dbaccess.storage.unit_of_work",
        "dbaccess.targets.registry",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a program left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run_forked(
    main: str, arguments: Sequence[str], environment: Mapping[str, str], home: Path, *, timeout: float = 60
) -> Ran:
    """`main`, as `module:function`, ran to its end with these and nothing else in its environment.

    It runs in `home`, with nothing to read on its standard input. TimeoutError: it was killed.
    """
    out, err = home / "forked.out", home / "forked.err"
    process = _FORKED.Process(target=_become, args=(main, [*arguments], {**environment}, home, out, err))
    process.start()
    process.join(timeout)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise TimeoutError(f"{main} {' '.join(arguments)}")
    said, complained = (path.read_text(encoding="utf-8", errors="replace") for path in (out, err))
    assert "Traceback" not in complained, complained
    return Ran(code=process.exitcode, out=said, err=complained)


def _become(
    main: str, arguments: list[str], environment: dict[str, str], home: Path, out: Path, err: Path
) -> None:
    os.chdir(home)
    os.environ.clear()
    os.environ.update(environment)
    for path, number in ((out, 1), (err, 2)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    module, _, function = main.partition(":")
    sys.argv = [module, *arguments]
    sys.exit(getattr(import_module(module), function)())
