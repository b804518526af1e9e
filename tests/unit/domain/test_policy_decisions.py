"""The requester, the request, the time and the deciding rule: one line a decision."""

from datetime import datetime, timedelta

import pytest

from dbaccess.domain.ask import Ask
from dbaccess.domain.duration import parse_duration
from dbaccess.domain.errors import NotAllowed, TooLong
from dbaccess.domain.people import Person
from tests.unit.domain.decisions import person, policy

POLICY = policy()

MAYA = person("U0MAYA", "S0ENG")
ONCALL = person("U0OLA", "S0ENG", "S0ONCALL")
NEW = person("U0NEW", "S0ENG")
LEFT = person("U0LEFT", "S0ENG")
"""Another account of hers is named in a group that rules keep out."""
CARLA = person("U0CARLA", is_guest=True)
CHEN = person("U0CHEN", "C0CONTRACT", is_guest=True)
GUEST_ENGINEER = person("U0GUS", "S0ENG", is_guest=True)
ALICE = person("W0ALICE", "S0ENG")
DBA = person("U0PRIYA", "S0DBA")
EVE = person("U0EVE", "S0OTHER")

MON = "2026-03-02T12:00+01:00"
FRI = "2026-03-06T12:00+01:00"


@pytest.mark.parametrize(
    ("who", "asks", "at", "decides"),
    [
        # the people who may ask at all
        (EVE, "orders read 1h", MON, "no"),
        (DBA, "orders read 1h", MON, "no"),
        (MAYA, "orders read 1h", MON, "prod-read"),
        (MAYA, "orders shop 1h", MON, "prod-read"),
        (MAYA, "orders tickets 1h", MON, "prod-read"),
        (NEW, "orders read 1h", MON, "no"),
        (NEW, "orders write 1h", MON, "prod-write"),
        (LEFT, "orders read 1h", MON, "no"),
        (LEFT, "orders write 1h", MON, "prod-write"),
        (GUEST_ENGINEER, "orders read 1h", MON, "no"),
        # how long: up_to is a condition, max a limit
        (ONCALL, "orders read 1s", MON, "oncall-read"),
        (ONCALL, "orders read 1h", MON, "oncall-read"),
        (ONCALL, "orders read 1h1s", MON, "prod-read"),
        (ONCALL, "orders read 4h", MON, "prod-read"),
        (ONCALL, "orders read 4h1s", MON, "too long: 4h (prod-read)"),
        (person("U0ONLY", "S0ONCALL"), "orders read 1h", MON, "oncall-read"),
        (person("U0ONLY", "S0ONCALL"), "orders read 2h", MON, "too long: 1h (oncall-read)"),
        (MAYA, "orders migrate 3h", MON, "too long: 2h (schema)"),
        # hours: the start is within, the end is not; the zone's own clock counts
        (MAYA, "orders write 1h", "2026-03-02T07:59:59+01:00", "no"),
        (MAYA, "orders write 1h", "2026-03-02T08:00:00+01:00", "prod-write"),
        (MAYA, "orders write 1h", "2026-03-02T18:59:59+01:00", "prod-write"),
        (MAYA, "orders write 1h", "2026-03-02T19:00:00+01:00", "no"),
        (MAYA, "orders write 1h", "2026-03-02T07:00:00+00:00", "prod-write"),
        (MAYA, "orders write 1h", "2026-03-01T12:00:00+01:00", "no"),
        (MAYA, "orders write 1h", "2026-03-27T07:30:00+00:00", "prod-write"),
        (MAYA, "orders write 1h", "2026-03-30T06:00:00+00:00", "prod-write"),
        (MAYA, "orders write 1h", "2026-03-30T05:59:59+00:00", "no"),
        (MAYA, "orders write 1h", "2026-10-26T07:00:00+00:00", "prod-write"),
        (MAYA, "orders write 1h", "2026-10-26T06:59:59+00:00", "no"),
        # over midnight: the night belongs to the day on which it began
        (ONCALL, "orders write 1h", "2026-03-02T21:59:59+01:00", "no"),
        (ONCALL, "orders write 1h", "2026-03-02T22:00:00+01:00", "night-write"),
        (ONCALL, "orders write 1h", "2026-03-03T05:59:59+01:00", "night-write"),
        (ONCALL, "orders write 1h", "2026-03-03T06:00:00+01:00", "no"),
        (ONCALL, "orders write 1h", "2026-03-06T03:00:00+01:00", "night-write"),
        (ONCALL, "orders write 1h", "2026-03-02T03:00:00+01:00", "no"),
        (ONCALL, "orders write 2h", "2026-03-02T23:00:00+01:00", "too long: 1h (night-write)"),
        (MAYA, "orders write 1h", "2026-03-02T23:00:00+01:00", "no"),
        # a denial wins, wherever it stands and for every requester
        (MAYA, "orders write 1h", "2026-03-06T15:59:59+01:00", "prod-write"),
        (MAYA, "orders write 1h", "2026-03-06T16:00:00+01:00", "denied: freeze"),
        (MAYA, "orders migrate 1h", "2026-03-06T23:59:59+01:00", "denied: freeze"),
        (MAYA, "orders migrate 1h", "2026-03-07T00:00:00+01:00", "schema"),
        (MAYA, "orders read 1h", "2026-03-06T16:00:00+01:00", "prod-read"),
        (EVE, "orders write 1h", "2026-03-06T16:00:00+01:00", "denied: freeze"),
        (MAYA, "orders-dev write 1h", "2026-03-06T16:00:00+01:00", "dev"),
        (LEFT, "orders-dev write 1h", MON, "denied: gone"),
        # roles and what they cover
        (MAYA, "orders migrate 1h", MON, "schema"),
        (CARLA, "orders tickets 8h", MON, "contract"),
        (CHEN, "orders tickets 8h", MON, "contract"),
        (CARLA, "orders shop 1h", MON, "no"),
        (CARLA, "orders read 1h", MON, "no"),
        (CARLA, "orders-dev write 1h", MON, "no"),
        (person("U0CARLA"), "orders-dev write 1h", MON, "dev"),
        (CARLA, "orders tickets 9h", MON, "too long: 8h (contract)"),
        # a login of one's own, where the target wants one
        (MAYA, "billing read 1h", MON, "no"),
        (ALICE, "billing read 1h", MON, "prod-read"),
        # break-glass is decided by its rules alone, and they decide nothing else
        (ONCALL, "orders write 30m !", MON, "emergency"),
        (ONCALL, "orders migrate 30m !", MON, "emergency"),
        (ONCALL, "orders read 31m !", MON, "too long: 30m (emergency)"),
        (ONCALL, "orders-dev write 30m !", MON, "no"),
        (MAYA, "orders write 30m !", MON, "no"),
        (ONCALL, "orders write 30m !", "2026-03-06T16:00:00+01:00", "denied: freeze"),
        (ONCALL, "orders migrate 30m", "2026-03-02T03:00:00+01:00", "schema"),
    ],
)
def test_decision(who: Person, asks: str, at: str, decides: str) -> None:
    target, role, duration, *loud = asks.split()
    ask = Ask(target=target, role=role, duration=parse_duration(duration), reason="", break_glass=bool(loud))
    assert said(who, ask, datetime.fromisoformat(at)) == decides


def said(who: Person, ask: Ask, now: datetime) -> str:
    decision = POLICY.decide(
        who, ask.target, ask.role, duration=ask.duration, now=now, break_glass=ask.break_glass
    )
    try:
        rule = POLICY.rule_for(who, ask, now=now)
    except TooLong as refused:
        return f"too long: {refused.longest} ({str(refused).rpartition('rule ')[2].rstrip(').')})"
    except NotAllowed:
        assert decision.rule is None
        return f"denied: {decision.denied_by.id}" if decision.denied_by else "no"
    assert decision.rule is rule
    return rule.id


@pytest.mark.parametrize(
    ("who", "asks", "at", "why"),
    [
        (
            MAYA,
            "orders read 2h",
            MON,
            {
                "oncall-read": "is for members of oncall",
                "prod-read": "",
                "prod-write": "is for write",
                "night-write": "is for write",
                "schema": "is for the role migrate",
                "contract": "is for roles on tables",
                "dev": "is for dev",
                "freeze": "is for ddl, write",
                "gone": "is for orders-dev",
                "emergency": "is for break-glass",
            },
        ),
        (
            ONCALL,
            "orders read 2h",
            MON,
            {"oncall-read": "is for up to 1 h", "prod-read": "", "contract": "is for roles on tables"},
        ),
        (
            ONCALL,
            "orders read 1h",
            MON,
            {"oncall-read": "", "prod-read": "fits, but oncall-read before it decides"},
        ),
        (NEW, "orders read 1h", MON, {"prod-read": "is not for members of former, probation"}),
        (
            MAYA,
            "orders write 1h",
            "2026-03-06T16:00+01:00",
            {"prod-write": "would allow it, but freeze denies it", "freeze": ""},
        ),
        (
            MAYA,
            "orders write 1h",
            "2026-03-01T12:00+01:00",
            {
                "prod-write": "is for Mon\N{EN DASH}Fri 08:00\N{EN DASH}19:00 Berlin",
                "freeze": "is for Fri 16:00\N{EN DASH}24:00 Berlin",
            },
        ),
        (MAYA, "billing read 1h", MON, {"prod-read": "needs a login of your own under [people]"}),
        (GUEST_ENGINEER, "orders read 1h", MON, {"prod-read": "is not for guests"}),
        (ONCALL, "orders read 20m !", MON, {"prod-read": "is not for break-glass", "emergency": ""}),
    ],
)
def test_every_rule_says_why_it_does_not_decide(who: Person, asks: str, at: str, why: dict[str, str]) -> None:
    target, role, duration, *loud = asks.split()
    decision = POLICY.decide(
        who,
        target,
        role,
        duration=parse_duration(duration),
        now=datetime.fromisoformat(at),
        break_glass=bool(loud),
    )
    assert [c.rule for c in decision.considered] == list(POLICY.rules)
    found = {c.rule.id: c.why_not for c in decision.considered}
    assert found | why == found


def test_before_a_time_is_chosen_the_first_step_decides_and_all_are_offered() -> None:
    now = datetime.fromisoformat(MON)
    first = POLICY.decide(ONCALL, "orders", "read", duration=None, now=now)
    assert first.rule is not None
    offers = POLICY.offers(ONCALL, "orders", "read", now=now)
    hour = timedelta(hours=1)
    assert [(o.rule.id, o.over, o.longest) for o in offers] == [
        ("oncall-read", timedelta(0), hour),
        ("prod-read", hour, 4 * hour),
    ]
    assert first.rule is offers[0].rule


def test_denied_role_is_not_offered() -> None:
    frozen = datetime.fromisoformat("2026-03-06T16:00+01:00")
    assert POLICY.offers(MAYA, "orders", "write", now=frozen) == ()
    assert POLICY.possible(MAYA, "orders", now=frozen) == ("read", "tickets", "shop")
    assert "migrate" in POLICY.possible(MAYA, "orders", now=datetime.fromisoformat(FRI))


def test_denied_request_names_the_denying_rule() -> None:
    ask = Ask(target="orders", role="write", duration=timedelta(hours=1), reason="looking into it")
    with pytest.raises(NotAllowed, match=r"Rule freeze denies write on orders now\. Possible: read"):
        POLICY.check(MAYA, ask, now=datetime.fromisoformat("2026-03-06T16:00+01:00"))
