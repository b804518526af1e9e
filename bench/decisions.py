"""The cost of decisions with 200 rules, and 10,000 people in the groups that they name."""

import statistics
import time
from datetime import UTC, datetime, timedelta

from bench.figures import Figure
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.policy import Access, Cluster, LoginKind, Policy, Role, Rule, Slot, Target

RULES = 200
PEOPLE = 10_000
GROUPS = 100
TARGETS = 50
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def policy() -> Policy:
    """Every rule is for one group and one target; half of the groups name their people, half are Slack's."""
    return Policy(
        hash="a" * 64,
        installation="bench",
        ops_channel="C0OPS",
        groups={f"group-{number}": _sources(number) for number in range(GROUPS)},
        aliases={},
        logins={},
        clusters={"main": Cluster(name="main", driver="postgresql")},
        targets={f"target-{number}": _target(f"target-{number}") for number in range(TARGETS)},
        rules=tuple(_rule(number) for number in range(RULES)),
    )


def people() -> list[Person]:
    """Each in three groups: by name, or through Slack's user groups."""
    return [
        Person(
            slack_id=SlackId(f"U{number:05}"),
            team_id="T0",
            name=f"person {number}",
            tz="UTC",
            is_guest=False,
            is_bot=False,
            is_deactivated=False,
            sources=frozenset(SourceId(f"S{(number * step) % GROUPS}") for step in (1, 3, 7)),
            read_at=NOW,
        )
        for number in range(PEOPLE)
    ]


def measure(rounds: int) -> Figure:
    """Each round is the mean of 100 decisions."""
    found = _seconds_a_decision(rounds)
    a_second = 1 / statistics.median(found)
    return Figure(
        name=f"one decision, {RULES} rules, {PEOPLE:,} people ({a_second:,.0f} a second)", seconds=found
    )


def _seconds_a_decision(runs: int, decisions: int = 100) -> list[float]:
    """The mean of each run, every rule looked at and explained, as for a request."""
    deciding, asking = policy(), people()
    found = []
    for run in range(runs):
        chosen = [asking[(run * decisions + number) * 17 % PEOPLE] for number in range(decisions)]
        started = time.perf_counter()
        for number, person in enumerate(chosen):
            target = f"target-{number % TARGETS}"
            deciding.decide(person, target, "read", duration=timedelta(hours=1), now=NOW)
        found.append((time.perf_counter() - started) / decisions)
    return found


def _sources(number: int) -> tuple[SourceId, ...]:
    if number % 2:
        return (SourceId(f"S{number}"),)
    return tuple(SourceId(f"U{person:05}") for person in range(number, PEOPLE, GROUPS // 2))


def _target(name: str) -> Target:
    roles = {access.value: _role(access) for access in Access}
    return Target(
        name=name,
        cluster="main",
        database=name,
        env="prod",
        channel="C0APPROVALS",
        login=LoginKind.EPHEMERAL,
        connect="host=db",
        roles=roles,
    )


def _role(access: Access) -> Role:
    return Role(name=access.value, access=access, grants=(f"app_{access}",), can="", cannot="")


def _rule(number: int) -> Rule:
    return Rule(
        id=f"rule-{number}",
        env=frozenset(),
        targets=frozenset({f"target-{number % TARGETS}"}),
        access=frozenset({Access.READ}),
        requester=(f"group-{number % GROUPS}",),
        longest=timedelta(hours=4),
        approvals=(Slot(group=f"group-{(number + 1) % GROUPS}", count=1),),
        decide_within=timedelta(hours=1),
    )
