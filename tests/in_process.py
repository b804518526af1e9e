"""The command line inside the process of the test: a process of its own costs more than most commands do."""

import io
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from unittest.mock import patch

import structlog

from tests.forked import STDIN, Ran


def run_in_process(
    main: Callable[[], object], arguments: Sequence[str], environment: Mapping[str, str], home: Path
) -> Ran:
    """Run `main` to its end with these and nothing else in its environment, as `run_forked` does.

    Environment, directory, streams, signal handlers and logging are afterwards as they were before.
    """
    given = home / STDIN
    typed = io.BytesIO(given.read_bytes() if given.exists() else b"")
    out, err = _text(io.BytesIO()), _text(io.BytesIO(), errors="backslashreplace")
    with (
        patch.dict(os.environ, environment, clear=True),
        patch.object(sys, "argv", ["dbaccess", *arguments]),
        patch.object(sys, "stdin", _text(typed)),
        redirect_stdout(out),
        redirect_stderr(err),
        chdir(home),
        _logging_put_back(),
        _signals_put_back(),
    ):
        code = _exit_code(main)
    said, complained = map(_content, (out, err))
    assert "Traceback" not in complained, complained
    return Ran(code=code, out=said, err=complained)


def _exit_code(main: Callable[[], object]) -> int:
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def _text(file: io.BytesIO, *, errors: str = "surrogateescape") -> io.TextIOWrapper:
    return io.TextIOWrapper(file, encoding="utf-8", errors=errors)


def _content(written: io.TextIOWrapper) -> str:
    written.flush()
    file = written.detach()
    assert isinstance(file, io.BytesIO)
    return file.getvalue().decode(errors="replace")


@contextmanager
def _logging_put_back() -> Iterator[None]:
    """Let the program configure logging as it likes; pytest's handlers come back open."""
    root, configure, before = logging.getLogger(), structlog.configure, structlog.get_config()
    named = [each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    handlers, levels = root.handlers[:], {each: each.level for each in [root, *named]}
    root.handlers.clear()
    try:
        # A logger that is kept would write to the streams of this run for ever.
        with patch.object(structlog, "configure", partial(_configure_uncached, configure)):
            yield
    finally:
        configure(**before)
        root.handlers[:] = handlers
        for each, level in levels.items():
            each.setLevel(level)


def _configure_uncached(configure: Callable[..., None], **given: object) -> None:
    configure(**{**given, "cache_logger_on_first_use": False})


@contextmanager
def _signals_put_back() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
