"""The directory that `dbaccess init` fills, one file after the other."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import tomlkit

from dbaccess.domain.errors import DbaccessError

ANSWERS: Final = "init.toml"
_PATH = re.compile(r"/[\w./-]*")


class InitRefused(DbaccessError):
    """`init` cannot go on; the text says what to do, and a repeated run goes on from there."""


class Place:
    """Writes each file once: one with the same content stays, and one with another is never replaced.

    An operator may add lines to a file of settings, such as the address of a witness.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        if not _PATH.fullmatch(str(self.directory)):
            raise InitRefused(f"{directory}: its path may have letters, digits, - . _ and / alone.")

    def path(self, name: str) -> Path:
        return self.directory / name

    def read(self, name: str) -> str | None:
        """Return the text of a file that an earlier run wrote; None if there is none."""
        try:
            return self.path(name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise InitRefused(f"{self.path(name)} cannot be read: {type(error).__name__}.") from None

    def write(self, name: str, text: str, *, mode: int = 0o600, may_grow: bool = False) -> None:
        """Write the file, or keep it if it has this text; raise `InitRefused` if it has another.

        One that `may_grow` is kept as well if it has all lines of the text, and others.
        """
        path = self.path(name)
        before = self.read(name)
        if before == text:
            return
        if may_grow and before is not None and set(text.splitlines()) <= set(before.splitlines()):
            return
        if before is not None:
            raise InitRefused(f"{path} is there with other content. Move it away, or name another directory.")
        try:
            self._folders(path.parent, private=mode & 0o077 == 0)
            self._create(path, text, mode)
        except OSError as error:
            raise InitRefused(f"{path} cannot be written: {error.strerror}.") from None

    def answers(self) -> dict[str, str]:
        """Return the answers of an earlier run, none of them a secret."""
        try:
            data = tomllib.loads(self.read(ANSWERS) or "")
        except tomllib.TOMLDecodeError:
            raise InitRefused(f"{self.path(ANSWERS)} is not TOML. Delete it and answer again.") from None
        return {key: value for key, value in data.items() if isinstance(value, str)}

    def remember(self, answers: Mapping[str, str]) -> None:
        """Keep the answers for a repeated run."""
        document = tomlkit.document()
        document.add(tomlkit.comment("The answers to dbaccess init, for a repeated run. No secret is here."))
        for key, value in answers.items():
            document.add(key, tomlkit.item(value))
        try:
            self._folders(self.directory, private=True)
            new = self.path(f"{ANSWERS}.new")
            new.unlink(missing_ok=True)
            self._create(new, tomlkit.dumps(document), 0o600)
            new.replace(self.path(ANSWERS))
        except OSError as error:
            raise InitRefused(f"{self.path(ANSWERS)} cannot be written: {error.strerror}.") from None

    def _folders(self, folder: Path, *, private: bool) -> None:
        """Make the folders. One that holds secrets is its owner's alone."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o755)
        ignored = self.path(".gitignore")
        if not ignored.exists():  # before the first secret: the directory may be in a checkout
            self._create(ignored, "*\n", 0o644)
        if folder != self.directory:
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700 if private else 0o755)

    @staticmethod
    def _create(path: Path, text: str, mode: int) -> None:
        """Create the file with its mode from its first moment on, never through a link."""
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        with os.fdopen(made, "w", encoding="utf-8") as file:
            os.fchmod(made, mode)
            file.write(text)
