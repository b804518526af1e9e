"""Answers: from options, from an earlier run, or from the person at the terminal."""

import os
import sys
from collections.abc import Callable, Mapping
from typing import TypeVar

import typer
from pydantic import SecretStr

from dbaccess.cli.init.place import InitRefused, Place
from dbaccess.cli.init.processes import POLICY
from dbaccess.domain.errors import DbaccessError
from dbaccess.settings import SettingsError
from dbaccess.settings.environment import read_file

Checked = TypeVar("Checked")

TRIES = 3


class Asker:
    """`yes` takes every default and asks nothing, and so does a run without a terminal."""

    def __init__(self, place: Place, options: Mapping[str, str | None], *, yes: bool) -> None:
        self._place = place
        self._given = {key: value for key, value in options.items() if value is not None}
        self._before = place.answers()
        self._found: dict[str, str] = {}
        self._terminal = sys.stdin.isatty()
        self._asks = self._terminal and not yes
        self._yes = yes

    def answer(
        self, key: str, text: str, *, default: str = "", check: Callable[[str], str] = str.strip
    ) -> str:
        """Return the checked answer and keep it; raise `InitRefused` where none can be had."""
        given = self._given.get(key, self._before.get(key))
        if given is not None:
            return self._keep(key, check(given))
        if not self._asks:
            if not default or not self._yes:
                option = f"--{key.replace('_', '-')}"
                raise InitRefused(f"{option} is not given: {text}. Or run it in a terminal, which asks.")
            return self._keep(key, check(default))

        def ask() -> str:
            return check(typer.prompt(text, default=default or None))

        return self._keep(key, self._again(ask))

    def secret(
        self,
        name: str,
        text: str,
        *,
        file: str,
        check: Callable[[SecretStr], Checked],
        default: str = "",
    ) -> tuple[SecretStr, Checked]:
        """Return the checked secret, and write it into a file of its own.

        It comes from the variable NAME or NAME_FILE, from that file, or from a hidden prompt.
        """
        known = self._known(name, file)
        if known is None and self._yes:
            known = default or None
        if known is not None:
            value = SecretStr(known)
            checked = check(value)
        elif not self._asks:
            raise SettingsError(
                f"{name} is not set: put it into the environment, or a file's path into {name}_FILE"
            )
        else:
            value, checked = self._again(lambda: self._hidden(text, default, check))
        self._place.write(file, value.get_secret_value())
        return value, checked

    def made(
        self, name: str, *, file: str, make: Callable[[], str], check: Callable[[SecretStr], Checked]
    ) -> tuple[SecretStr, Checked]:
        """Return a checked secret that no person types: of the variable, of an earlier run, or a new one."""
        known = self._known(name, file)
        value = SecretStr(make() if known is None else known)
        checked = check(value)
        self._place.write(file, value.get_secret_value())
        return value, checked

    def copied(self, value: str, *, file: str) -> None:
        """Write a secret that another one gives; raise `InitRefused` if an earlier run had another."""
        self._place.write(file, value)

    def has(self, name: str) -> bool:
        """Return whether the environment has this secret, as NAME or NAME_FILE."""
        return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))

    def agrees(self, text: str) -> bool:
        """Return whether to do it now; without questions the answer is yes."""
        return typer.confirm(text, default=True) if self._asks else True

    def _known(self, name: str, file: str) -> str | None:
        path = os.environ.get(f"{name}_FILE")
        return os.environ.get(name) or (read_file(path, name) if path else None) or self._place.read(file)

    def _hidden(
        self, text: str, default: str, check: Callable[[SecretStr], Checked]
    ) -> tuple[SecretStr, Checked]:
        typed = typer.prompt(text, hide_input=True, default=default or None, show_default=bool(default))
        value = SecretStr(typed.strip())
        return value, check(value)

    def _again(self, ask: Callable[[], Checked]) -> Checked:
        for _ in range(TRIES - 1):
            try:
                return ask()
            except (DbaccessError, SettingsError) as error:
                typer.secho(str(error), fg=typer.colors.RED)
        return ask()

    def _keep(self, key: str, value: str) -> str:
        self._found[key] = value
        if self._place.read(POLICY) is None:  # else an answer that differs from the policy would stay
            self._place.remember({**self._before, **self._found})
        return value
