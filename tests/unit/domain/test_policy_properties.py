"""Properties of every policy, whatever its rules are."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbaccess.domain.ask import Ask
from dbaccess.domain.errors import NotAllowed, TooLong
from dbaccess.domain.people import Person, SourceId
from dbaccess.domain.policy import Access, BreakGlass, Hours, Policy, Rule, Scope, Slot
from dbaccess.policy_file.warnings.reach import reach_warnings
from tests.unit.domain.decisions import person, policy

BASE = policy()
PLACES = [(target.name, role) for target in BASE.targets.values() for role in target.roles]
GROUPS = ["engineers", "oncall", "probation", "contractors", "former"]
SOURCES = ["S0ENG", "S0ONCALL", "C0CONTRACT", "S0DBA"]


# A strategy that is made within each draw costs more than what it draws.
@cache
def some(*values: Any) -> st.SearchStrategy[frozenset[Any]]:
    """Mostly nothing, which fits everything."""
    nothing = st.just(frozenset[Any]())
    return st.one_of(nothing, nothing, nothing, st.frozensets(st.sampled_from(values), max_size=2))


LENGTHS = st.integers(min_value=1, max_value=12 * 60).map(lambda minutes: timedelta(minutes=minutes))
MAYBE_LENGTHS = st.none() | LENGTHS
CLOCK = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
HOURS = st.builds(
    Hours,
    tz=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns"]),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    start=CLOCK,
    end=CLOCK,
)
MAYBE_HOURS = st.none() | HOURS


@st.composite
def rules(draw: st.DrawFn, *, denies: bool | None = None) -> Rule:
    deny = draw(st.booleans()) if denies is None else denies
    loud = not deny and draw(st.integers(0, 4)) == 0
    requester = draw(some(*GROUPS))
    return Rule(
        id=f"r{draw(st.integers(0, 10**6))}",
        denies=deny,
        env=draw(some("prod", "dev")),
        targets=draw(some(*BASE.targets)),
        access=draw(some(*Access)),
        roles=draw(some("read", "write", "migrate", "tickets")),
        scopes=draw(some(*Scope)),
        requester=tuple(sorted(requester or (frozenset() if deny else {"engineers"}))),
        requester_not=tuple(sorted(draw(some(*GROUPS)) - requester)),
        guests=draw(st.booleans()),
        hours=draw(MAYBE_HOURS),
        up_to=None if deny else draw(MAYBE_LENGTHS),
        longest=timedelta(0) if deny else draw(LENGTHS),
        approvals=(Slot(group="dba", count=1),),
        decide_within=timedelta(hours=1),
        break_glass=BreakGlass(review_by="dba", review_within=timedelta(hours=1)) if loud else None,
    )


ALLOWING, DENYING = rules(denies=False), rules(denies=True)


@cache
def policies() -> st.SearchStrategy[Policy]:
    listed = st.lists(rules(), max_size=6, unique_by=lambda rule: rule.id)
    return listed.map(lambda found: replace(BASE, rules=tuple(found)))


PEOPLE = st.builds(
    lambda slack_id, sources, guest, missing, others: person(
        slack_id, *sources, is_guest=guest, missing=missing - sources, others=others
    ),
    st.sampled_from(["U0MAYA", "U0NEW", "U0CARLA", "U0LEFT", "W0LEFT", "U0ALICE"]),
    st.one_of(st.just(frozenset({"S0ENG"})), st.frozensets(st.sampled_from(SOURCES))),
    st.booleans(),
    some(*SOURCES),
    some(*SOURCES),
)
NOWS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
ASKS = st.builds(
    lambda place, duration, loud: Ask(
        target=place[0], role=place[1], duration=duration, reason="", break_glass=loud
    ),
    st.sampled_from(PLACES),
    LENGTHS,
    st.integers(0, 4).map(lambda number: number == 0),
)


def decide(rules_of: Policy, who: Person, ask: Ask, now: datetime) -> Any:
    return rules_of.decide(
        who, ask.target, ask.role, duration=ask.duration, now=now, break_glass=ask.break_glass
    )


def allowed(rules_of: Policy, who: Person, ask: Ask, now: datetime) -> Rule | None:
    try:
        return rules_of.rule_for(who, ask, now=now)
    except (NotAllowed, TooLong):
        return None


@given(policies(), PEOPLE, ASKS, NOWS)
def test_one_rule_decides_and_what_denies_goes_first(
    found: Policy, who: Person, ask: Ask, now: datetime
) -> None:
    decision = decide(found, who, ask, now)
    deciding = [c.rule for c in decision.considered if not c.why_not]
    assert deciding == [rule for rule in (decision.rule, decision.denied_by) if rule]
    fitting = [
        c.rule
        for c in decision.considered
        if decide(replace(found, rules=(c.rule,)), who, ask, now).considered[0].why_not == ""
    ]
    denying = [rule for rule in fitting if rule.denies]
    assert deciding == (denying or fitting)[:1]


@given(PEOPLE, ASKS, NOWS)
def test_no_rule_is_no(who: Person, ask: Ask, now: datetime) -> None:
    assert decide(replace(BASE, rules=()), who, ask, now).rule is None
    with pytest.raises(NotAllowed):
        replace(BASE, rules=()).rule_for(who, ask, now=now)


@given(policies(), DENYING, st.integers(0, 6), PEOPLE, ASKS, NOWS)
def test_one_more_rule_that_denies_never_allows(
    found: Policy, deny: Rule, at: int, who: Person, ask: Ask, now: datetime
) -> None:
    more = replace(found, rules=(*found.rules[:at], deny, *found.rules[at:]))
    assert allowed(more, who, ask, now) in {None, allowed(found, who, ask, now)}


@st.composite
def allowed_asks(draw: st.DrawFn) -> tuple[Policy, Person, Ask, datetime]:
    """A rule that admits a person holds, whatever other rules stand around it."""
    ask, now, around = draw(ASKS), draw(NOWS), draw(policies())
    loud = BreakGlass(review_by="dba", review_within=timedelta(hours=1))
    first = replace(
        draw(ALLOWING),
        env=frozenset(), targets=frozenset(), access=frozenset(), roles=frozenset(), scopes=frozenset(),
        requester=("engineers",), requester_not=(), hours=None, up_to=None, longest=timedelta(hours=12),
        break_glass=loud if ask.break_glass else None,
    )  # fmt: skip
    allowing = [rule for rule in around.rules if not rule.denies]
    return replace(around, rules=(first, *allowing)), person("U0ALICE", "S0ENG"), ask, now


@st.composite
def denials(draw: st.DrawFn, ask: Ask) -> Rule:
    """A rule that denies just this, by any of the conditions that it could have."""
    target = BASE.target(ask.target)
    role = target.roles[ask.role]

    def maybe(value: Any) -> frozenset[Any]:
        return frozenset({value}) if draw(st.booleans()) else frozenset()

    return replace(
        draw(DENYING),
        env=maybe(target.env), targets=maybe(target.name), access=maybe(role.access), roles=maybe(role.name),
        scopes=maybe(role.scope), requester=draw(st.sampled_from([(), ("engineers",)])), requester_not=(),
        hours=None,
    )  # fmt: skip


@given(allowed_asks(), st.data(), st.integers(0, 7))
def test_a_rule_that_denies_wins_wherever_it_stands(
    allowed_ask: tuple[Policy, Person, Ask, datetime], data: st.DataObject, at: int
) -> None:
    found, who, ask, now = allowed_ask
    assert decide(found, who, ask, now).rule is not None
    deny = data.draw(denials(ask))
    more = replace(found, rules=(*found.rules[:at], deny, *found.rules[at:]))
    assert decide(more, who, ask, now).denied_by is deny
    assert allowed(more, who, ask, now) is None
    assert more.offers(who, ask.target, ask.role, now=now, break_glass=ask.break_glass) == ()


@given(rules(), PEOPLE, ASKS, NOWS)
def test_groups_of_another_account_or_a_moment_ago_only_keep_out(
    rule: Rule, who: Person, ask: Ask, now: datetime
) -> None:
    found = replace(BASE, rules=(rule,))
    with_them = decide(found, who, ask, now)
    without = decide(found, replace(who, missing=frozenset(), others=frozenset()), ask, now)
    assert without.rule or not with_them.rule
    assert with_them.denied_by or not without.denied_by


@given(policies(), PEOPLE, ASKS, NOWS, st.randoms())
def test_the_order_of_sources_and_groups_is_irrelevant(
    found: Policy, who: Person, ask: Ask, now: datetime, shuffled: Any
) -> None:
    def other(groups: Mapping[str, tuple[SourceId, ...]]) -> dict[str, tuple[SourceId, ...]]:
        names = list(groups)
        shuffled.shuffle(names)
        return {name: tuple(shuffled.sample(groups[name], len(groups[name]))) for name in names}

    assert decide(replace(found, groups=other(found.groups)), who, ask, now) == decide(found, who, ask, now)


@settings(max_examples=3 * settings().max_examples)
@given(policies(), PEOPLE, ASKS, NOWS)
def test_nothing_over_the_maximum_is_allowed_and_what_is_offered_is_what_is_allowed(
    found: Policy, who: Person, ask: Ask, now: datetime
) -> None:
    rule = allowed(found, who, ask, now)
    offers = found.offers(who, ask.target, ask.role, now=now, break_glass=ask.break_glass)
    assert [o.rule for o in offers if o.over < ask.duration <= o.longest] == ([rule] if rule else [])
    for offer in offers:
        assert allowed(found, who, replace(ask, duration=offer.longest), now) is offer.rule
    if offers:
        assert (
            allowed(found, who, replace(ask, duration=offers[-1].longest + timedelta(seconds=1)), now) is None
        )


@given(policies(), PEOPLE, ASKS, NOWS)
def test_a_guest_may_ask_for_nothing_that_others_may_not(
    found: Policy, who: Person, ask: Ask, now: datetime
) -> None:
    rule = allowed(found, replace(who, is_guest=True), ask, now)
    if rule is not None:
        assert rule.guests
        assert decide(found, replace(who, is_guest=False), ask, now).rule is not None


FIELDS = ["hours", "up_to", "longest", "requester", "requester_not", "guests", "break_glass", "roles", "env"]


HALVES = st.sampled_from(
    [
        None,
        *(
            Hours(tz="Europe/Berlin", days=frozenset(days), start=time(start), end=time(end))
            for days in (range(7), range(5), (5, 6))
            for start, end in ((0, 0), (8, 20), (20, 8))
        ),
    ]
)
MAYBE_HALVES = st.none() | HALVES


@st.composite
def alike(draw: st.DrawFn) -> Policy:
    """Rules that differ in little: some between them often take all of another."""
    plain = replace(
        draw(ALLOWING),
        env=frozenset(), targets=frozenset(), access=frozenset(), roles=frozenset(), scopes=frozenset(),
        requester=("engineers",), requester_not=(), guests=False, hours=None, up_to=None, break_glass=None,
    )  # fmt: skip
    found = []
    for number in range(draw(st.integers(2, 4))):
        rule = replace(
            plain,
            id=f"rule-{number}",
            longest=draw(LENGTHS),
            up_to=draw(MAYBE_LENGTHS),
            hours=draw(MAYBE_HALVES),
            guests=draw(st.integers(0, 2)) == 0,
        )
        for field in draw(st.lists(st.sampled_from(FIELDS), max_size=1)):
            rule = replace(rule, **{field: getattr(draw(ALLOWING), field)})
        found.append(rule)
    return replace(BASE, rules=tuple(found))


ALIKE = alike()


@st.composite
def same_for_all(draw: st.DrawFn) -> Policy:
    """Rules for groups, hours and lengths, without exclusions: the warnings about these are complete."""
    requesters = st.lists(st.sampled_from(["engineers", "oncall"]), min_size=1, unique=True)
    plain = draw(ALIKE).rules[0]
    plain = replace(plain, env=frozenset({"prod"}), roles=frozenset({"read"}), requester_not=(), guests=False)
    found = [
        replace(
            plain,
            id=f"rule-{number}",
            requester=tuple(draw(requesters)),
            hours=draw(HALVES),
            longest=draw(LENGTHS),
            up_to=None,
            break_glass=None,
        )
        for number in range(draw(st.integers(2, 4)))
    ]
    return replace(BASE, rules=tuple(found))


EVERYBODY = [
    person(slack_id, *sources, is_guest=guest)
    for slack_id in ("U0MAYA", "U0NEW", "U0LEFT")
    for sources in (("S0ENG",), ("S0ONCALL",), ("S0ENG", "S0ONCALL"))
    for guest in (False, True)
]
A_WEEK = [datetime(2026, 3, day, hour, 15, tzinfo=UTC) for day in range(2, 9) for hour in (3, 15, 20)]


def decided(found: Policy) -> set[tuple[str, str]]:
    """Rule and role wherever a rule allows a person something, of all that could matter to them."""
    edges = {length for rule in found.rules for length in (rule.up_to, rule.longest) if length}
    lengths_tried = {edge + timedelta(seconds=more) for edge in edges for more in (0, 1)}
    asks = [
        Ask(target="orders", role=role, duration=length, reason="", break_glass=loud)
        for role in ("read", "write")
        for length in lengths_tried
        for loud in {rule.break_glass is not None for rule in found.rules}
    ]
    moments = A_WEEK[1::2] if any(rule.hours for rule in found.rules) else A_WEEK[:1]
    tried = ((allowed(found, who, ask, now), ask) for who in EVERYBODY for ask in asks for now in moments)
    return {(rule.id, ask.role) for rule, ask in tried if rule}


def said_never_to_decide(found: Policy) -> set[str]:
    return {said.split()[1] for said in reach_warnings(found) if "never decides" in said}


def said_to_be_got_by_nobody(found: Policy) -> set[str]:
    said = [warning.partition(":")[0].split() for warning in reach_warnings(found)]
    return {words[4] for words in said if words[1] == "person" and words[-1] == "orders"}


@given(ALIKE)
def test_role_or_rule_reported_as_out_of_reach_is_never_reached(found: Policy) -> None:
    rules_said, roles_said = said_never_to_decide(found), said_to_be_got_by_nobody(found)
    if rules_said or roles_said & {"read", "write"}:  # else there is nothing to be wrong about
        reached = decided(found)
        assert not rules_said & {rule for rule, _ in reached}
        assert not roles_said & {role for _, role in reached}


@given(same_for_all())
def test_of_rules_that_differ_in_groups_hours_and_lengths_every_one_that_never_decides_is_named(
    found: Policy,
) -> None:
    a_minute = Ask(target="orders", role="read", duration=timedelta(minutes=1), reason="")
    people = [person("U0MAYA", *sources) for sources in (("S0ENG",), ("S0ONCALL",), ("S0ENG", "S0ONCALL"))]
    deciding = {decide(found, who, a_minute, now).rule for who in people for now in A_WEEK}
    assert said_never_to_decide(found) == {rule.id for rule in found.rules if rule not in deciding}


@given(policies(), PEOPLE, ASKS, NOWS)
def test_role_reported_as_out_of_reach_cannot_be_requested(
    found: Policy, who: Person, ask: Ask, now: datetime
) -> None:
    if allowed(found, who, ask, now) is not None:
        said = [
            w for w in reach_warnings(found) if w.startswith(f"No person can get {ask.role} on {ask.target}:")
        ]
        assert not said


@given(HOURS, NOWS, st.sampled_from(["start", "end", ""]))
def test_hours_are_those_of_the_clock_on_the_wall(hours: Hours, now: datetime, edge: str) -> None:
    """Told once more, from each start to its end; often at just that moment."""
    if edge:
        at: time = getattr(hours, edge)
        there = now.astimezone(ZoneInfo(hours.tz))
        now = there.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0).astimezone(UTC)
    local = now.astimezone(ZoneInfo(hours.tz)).replace(tzinfo=None)
    began = [datetime.combine(local.date() - timedelta(days=back), hours.start) for back in (0, 1)]
    spans = [
        (start, datetime.combine(start.date() + timedelta(days=hours.end <= hours.start), hours.end))
        for start in began
        if start.weekday() in hours.days
    ]
    assert hours.include(now) is any(start <= local < end for start, end in spans)
