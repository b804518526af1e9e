"""Line numbers of values in the file, counted with tomlkit, because pydantic and tomllib have none."""

import tomlkit
from tomlkit.container import Container
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Key, Table

from dbaccess.policy_file.problems.problem import Path


class Places:
    """Lines by path. A value inside an array has the line of its text, or that of the array's key.

    The text is read at the first question: a file without a problem is not read a second time.
    """

    def __init__(self, text: str) -> None:
        self._unread: str | None = text
        self._lines: dict[Path, int] = {}
        self._texts: dict[Path, str] = {}

    def line(self, path: Path, value: object = None) -> int:
        """Return the line of `path`, or of the nearest thing around it; 1 if nothing of it is written."""
        self._read()
        for length in range(len(path), 0, -1):
            around = path[:length]
            if around in self._lines:
                return self._lines[around] + self._lines_before(around, value)
        return 1

    def _read(self) -> None:
        text, self._unread = self._unread, None
        if text is None:
            return
        try:
            document = tomlkit.parse(text)
        except TOMLKitError:  # tomllib read it: the problems are reported without lines
            return
        self._walk(document, (), 1)

    def _lines_before(self, path: Path, value: object) -> int:
        before, found, _ = self._texts.get(path, "").partition(f'"{value}"')
        return before.count("\n") if found else 0

    def _walk(self, container: Container, path: Path, line: int) -> int:
        # tomlkit renders a document exactly as it was read, so counting in that order gives the lines.
        for key, item in container.body:
            if isinstance(item, Table) and key is not None:
                line = self._table(key, item, (*path, key.key), line)
            elif isinstance(item, AoT) and key is not None:
                self._lines.setdefault((*path, key.key), line)
                for number, table in enumerate(item.body):
                    line = self._table(key, table, (*path, key.key, number), line)
            else:
                text = item.as_string()
                if key is not None:
                    here = (*path, key.key)
                    self._lines[here], self._texts[here] = line + item.trivia.indent.count("\n"), text
                    text = item.trivia.indent + text + item.trivia.comment + item.trivia.trail
                line += text.count("\n")
        return line

    def _table(self, key: Key, table: Table, path: Path, line: int) -> int:
        line += table.trivia.indent.count("\n")
        self._lines.setdefault(path, line)
        if not (table.is_super_table() or key.is_dotted()):
            self._lines[path] = line
            line += table.trivia.trail.count("\n")
        return self._walk(table.value, path, line)
