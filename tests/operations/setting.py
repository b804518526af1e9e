"""The policy and the workspace that a house begins with."""

import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from dbaccess.domain.policy import Policy
from dbaccess.policy_file import parse_policy
from sandbox.world import Limits, World
from tests.acceptance.config import configuration
from tests.databases import TargetDatabase
from tests.operations.house import House

AnyHouse = TypeVar("AnyHouse", bound=House)
BuildHouse = Callable[..., AbstractContextManager[AnyHouse]]

WORLD = Path(__file__).parents[1] / "acceptance" / "world.toml"
WRITE = """
[targets.orders-prod.roles.write]
access = "write"
grants = ["{read}", "{write}"]
can = "read and change every table in schema shop"
cannot = "change the schema"

[[rules]]
id = "prod-write"
access = ["write"]
requester = ["engineers"]
max = "4h"
approvals = [{{ group = "dba", count = 1 }}]
decide_within = "1s"
"""


def policy_for(target: TargetDatabase, installation: str, *, login: str, more: str) -> Policy:
    """One target with the roles read and write, and `more` of the file."""
    roles = WRITE.format(read=target.read_role, write=target.write_role)
    return _parsed(configuration(target, installation, login=login) + roles + more)


_parsed = lru_cache(maxsize=32)(parse_policy)
"""Most houses on fakes have the same file."""


def world(engineers: int = 0, limits: Limits | None = None) -> World:
    """The acceptance tests' workspace, with so many more `engineers`."""
    raw = tomllib.loads(WORLD.read_text())
    raw["limits"] = (limits or Limits()).model_dump()
    more = [f"U0E{number:03}" for number in range(engineers)]
    raw["users"] += [{"id": user, "name": user.lower()} for user in more]
    raw["user_groups"][0]["users"] += more
    return World.model_validate(raw)
