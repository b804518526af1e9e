"""The cost of the indexes for an auditor's questions when grants are written."""

import time
from importlib.resources import files
from typing import Any, Final

import psycopg
from psycopg import sql

from bench.figures import Figure
from tests.databases import ControlDatabase

LIVES: Final = 2_000
"""Grants that are written at once."""

_OF_QUESTIONS: Final = (
    "grants_held", "grants_reach", "grants_reach_due", "grants_target", "requests_person", "requests_ticket",
    "reviews_account", "reviews_reviewer",
)  # fmt: skip


def measure(control: ControlDatabase, *, rounds: int) -> Figure:
    """Both in one transaction that is rolled back, in turn."""
    with psycopg.connect(control.superuser_url) as owner:
        owner.execute("set session_replication_role = replica")
        for table in ("requests", "reviews", "grants"):
            owner.execute(sql.SQL("alter table {} disable trigger user").format(sql.Identifier(table)))
        indexed, plain = [], []
        for _ in range(rounds):
            indexed.append(_lives(owner, without=()))
            plain.append(_lives(owner, without=_OF_QUESTIONS))
        owner.rollback()
    return Figure(
        name="the rows of one grant, from request to end",
        seconds=indexed,
        beside="without the indexes of `audit search`",
        beside_seconds=plain,
    )


def _lives(owner: psycopg.Connection[tuple[Any, ...]], *, without: tuple[str, ...]) -> float:
    """Return the seconds that one grant took; nothing of it stays."""
    owner.execute("savepoint before")
    for name in without:
        owner.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))
    began = time.perf_counter()
    for statement in files("bench").joinpath("search_life.sql").read_text(encoding="utf-8").split(";\n"):
        owner.execute(statement.encode(), {"lives": LIVES} if "%" in statement else None)
    seconds = (time.perf_counter() - began) / LIVES
    owner.execute("rollback to savepoint before")
    return seconds
