"""A command's file is whole or not there, and takes the place of no other."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from dbaccess.cli.new_file import new_file

Act = Callable[[Path], object]


def refuse(*_: object, **__: object) -> None:
    raise OSError(1, "Operation not permitted")


def write(out: Path, meanwhile: Act) -> None:
    with new_file(out) as file:
        file.write(b"all of it")
        meanwhile(out)


def test_file_is_there_once_it_is_whole_and_its_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a file system without hard links, too."""
    monkeypatch.setattr(os, "link", refuse)
    out, was_there = tmp_path / "report", list[bool]()
    write(out, lambda path: was_there.append(path.exists()))
    assert (was_there, out.read_bytes(), out.stat().st_mode & 0o777) == ([False], b"all of it", 0o600)
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    "take",
    [Path.touch, Path.mkdir, lambda path: path.symlink_to("nowhere")],
    ids=["file", "directory", "link"],
)
def test_name_that_is_taken_before_or_meanwhile_is_refused(tmp_path: Path, take: Act) -> None:
    out = tmp_path / "report"
    for _ in ("meanwhile", "before"):
        with pytest.raises(typer.BadParameter, match="exists"):
            write(out, take)
        assert list(tmp_path.iterdir()) == [out]
        assert not out.is_file() or out.read_bytes() == b""


def test_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "report"
    with pytest.raises(ZeroDivisionError):
        write(out, lambda _: 1 // 0)
    with pytest.raises(typer.BadParameter, match="cannot be written"):
        write(tmp_path / "no" / "report", Path.touch)
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(typer.BadParameter, match="not permitted"):
        write(out, Path.exists)
    assert list(tmp_path.iterdir()) == []
