"""A policy for the tests, built by hand."""

from datetime import timedelta
from typing import Any

from dbaccess.domain.people import Person, SourceId
from dbaccess.domain.policy import Access, Cluster, LoginKind, Policy, Role, Rule, Slot, Target
from tests.unit.slack.examples import MAYA, NOW


def role(name: str = "read", access: Access = Access.READ, **changes: Any) -> Role:
    can = {"can": "read every table in schema shop", "cannot": "change data or schema"} | changes
    return Role(name=name, access=access, grants=(f"orders_{name}",), **can)


def target(name: str, *roles: Role, login: LoginKind = LoginKind.EPHEMERAL) -> Target:
    return Target(
        name=name,
        cluster="main",
        database="orders",
        env="prod",
        channel="C0APPROVALS",
        login=login,
        connect="host=db1",
        roles={one.name: one for one in roles or (role(), role("write", Access.WRITE))},
    )


def rule(name: str = "prod-read", access: Access = Access.READ, **changes: Any) -> Rule:
    fields: dict[str, Any] = {
        "id": name,
        "env": frozenset(),
        "targets": frozenset(),
        "access": frozenset({access}),
        "requester": ("engineers",),
        "longest": timedelta(hours=4),
        "approvals": (Slot(group="dba", count=1),),
        "decide_within": timedelta(minutes=30),
    }
    return Rule(**(fields | changes))


WRITE_RULE = rule("prod-write", Access.WRITE, requester=("dba",), ticket=r"OPS-\d+")


def policy(*targets: Target, rules: tuple[Rule, ...] = (rule(), WRITE_RULE)) -> Policy:
    listed = targets or (target("orders-prod"), target("orders-dev"), target("billing-prod"))
    return Policy(
        hash="a" * 64,
        installation="acme",
        ops_channel="C0OPS",
        groups={"engineers": (SourceId("S0ENG"),), "dba": (SourceId("S0DBA"),)},
        aliases={},
        logins={},
        clusters={"main": Cluster(name="main", driver="postgresql")},
        targets={one.name: one for one in listed},
        rules=rules,
    )


def engineer(*sources: str) -> Person:
    return Person(
        slack_id=MAYA,
        team_id="T0ACME",
        name="Maya Lindqvist",
        tz="Europe/Berlin",
        is_guest=False,
        is_bot=False,
        is_deactivated=False,
        sources=frozenset(SourceId(source) for source in sources or ("S0ENG",)),
        read_at=NOW,
    )
