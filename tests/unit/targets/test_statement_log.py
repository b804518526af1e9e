"""The settings of a person's own login show whether all that it runs is logged and read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from dbaccess.domain.own_login import LoginLogging
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.statement_log import login_logging

AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


class _Server:
    """Answers with one row of settings."""

    doing = ""

    def __init__(self, *row: object) -> None:
        self._row = row

    @contextmanager
    def session(self) -> Iterator["_Server"]:
        yield self

    def rows(self, *_: Any) -> list[tuple[object, ...]]:
        return [self._row]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (("all", "warning", "C"), ""),
        (("all", "warning", ""), ""),
        (("all", "warning", "de_DE.UTF-8"), ""),
        (("all", "warning", "pl_PL.UTF-8"), "maya's login is logged in a language that is not read"),
        (("all", "warning", None), "it is not known what the server logs of maya's login"),
        (("all", None, "C"), "it is not known what the server logs of maya's login"),
        ((None, "warning", "C"), "it is not known what the server logs of maya's login"),
    ],
)
def test_login_is_logged_only_if_each_setting_is_known(settings: tuple[object, ...], why: str) -> None:
    server = cast("Cluster", _Server("maya", AT, None, True, *settings, False))
    assert login_logging(server, ["maya"], "orders") == {"maya": LoginLogging(unlogged=why, looked_at=AT)}
