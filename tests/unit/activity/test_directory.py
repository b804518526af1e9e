"""Log files in a directory, which may be another machine's: nothing but regular files of the format."""

import os
from pathlib import Path

import pytest

from dbaccess.activity.directory import DirectoryFiles
from dbaccess.domain.errors import LogFileGone, SourceFailure

LINE = b"x" * 300 + b"\n"


@pytest.fixture
def logs(tmp_path: Path) -> DirectoryFiles:
    return DirectoryFiles(tmp_path, suffix=".json")


def write(directory: Path, name: str, data: bytes, *, at: int) -> None:
    (directory / name).write_bytes(data)
    os.utime(directory / name, (at, at))


def test_files_come_in_the_order_in_which_they_were_written(logs: DirectoryFiles, tmp_path: Path) -> None:
    for name, at in (("b.json", 3), ("a.json", 4), ("c.json", 2), ("d.csv", 1), ("e.log", 1)):
        write(tmp_path, name, LINE, at=at)
    assert [file.name for file in logs.files()] == ["c.json", "b.json", "a.json"]


def test_fingerprint_stays_while_a_file_grows_and_changes_when_it_is_rewritten(
    logs: DirectoryFiles, tmp_path: Path
) -> None:
    write(tmp_path, "a.json", b"short", at=1)
    assert logs.files()[0].fingerprint == ""
    prints = []
    for data in (LINE, LINE * 9, b"y" + LINE):
        write(tmp_path, "a.json", data, at=1)
        prints.append(logs.files()[0].fingerprint)
    assert prints[0] == prints[1] != prints[2]


def test_part_of_a_file_is_read(logs: DirectoryFiles, tmp_path: Path) -> None:
    write(tmp_path, "a.json", b"0123456789", at=1)
    assert [logs.read("a.json", *part) for part in ((2, 3), (8, 100), (10, 5), (99, 5))] == [
        b"234",
        b"89",
        b"",
        b"",
    ]


def test_file_that_is_no_log_is_neither_listed_nor_read(logs: DirectoryFiles, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    write(tmp_path / "inner", "secret.json", LINE, at=1)
    (tmp_path / "link.json").symlink_to(tmp_path / "inner" / "secret.json")
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    write(tmp_path, ".hidden.json", LINE, at=1)
    assert logs.files() == []
    for name in (
        "link.json",
        "folder.json",
        "pipe.json",
        ".hidden.json",
        "inner/secret.json",
        "../a.json",
        "gone.json",
    ):
        with pytest.raises(LogFileGone):
            logs.read(name, 0, 10)


def test_directory_that_cannot_be_read_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(SourceFailure, match="No such file"):
        DirectoryFiles(tmp_path / "nowhere", suffix=".json").files()
