"""The first rule that fits decides a request, and nothing that is not written does."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from dbaccess.domain.ask import check_ticket
from dbaccess.domain.errors import BadReason, BadTicket, NotAllowed, TooLong, UnknownName
from dbaccess.domain.hours import Hours
from dbaccess.domain.names import unknown_name
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.policy import Ask, LoginKind, Policy, check_reason, nearest
from dbaccess.policy_file import parse_policy
from tests.unit.domain.decisions import person
from tests.unit.policy_file.example import EXAMPLE, changed

T0 = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
POLICY = parse_policy(EXAMPLE)


def ask(role: str = "read", **changes: Any) -> Ask:
    fields: dict[str, Any] = {
        "target": "orders-prod",
        "duration": timedelta(hours=1),
        "reason": "looking into #4512",
    }
    return Ask(role=role, **(fields | changes))


MAYA = person("U0MAYA", "S0ENGINEERS")


def test_the_first_rule_that_fits_decides_and_says_why_others_did_not() -> None:
    decision = POLICY.decide(MAYA, "orders-prod", "migrate", duration=None, now=T0)
    assert decision.rule is POLICY.rules[1]
    assert [considered.why_not for considered in decision.considered] == ["is for read", ""]


def test_person_in_no_group_may_request_nothing() -> None:
    stranger = person("U0EVE", "S0OTHERS")
    assert POLICY.decide(stranger, "orders-prod", "read", duration=None, now=T0).rule is None
    assert POLICY.requestable(stranger, now=T0) == ()
    with pytest.raises(NotAllowed, match="You can request nothing there"):
        POLICY.check(stranger, ask(), now=T0)


def test_refusal_says_what_is_possible_instead() -> None:
    only_read = parse_policy(changed('access = ["ddl"]', 'access = ["write"]'))
    with pytest.raises(
        NotAllowed, match=r"No rule allows migrate on orders-prod now\. Possible: read\."
    ) as raised:
        only_read.check(MAYA, ask("migrate"), now=T0)
    assert raised.value.possible == ("read",)


def test_a_rule_that_is_for_other_hours_is_named_with_them() -> None:
    hours = Hours(tz="Europe/Berlin", days=frozenset(range(5)), start=time(8), end=time(19))
    policy = replace(POLICY, rules=(replace(POLICY.rules[0], hours=hours),))
    said = r"^No rule allows read on orders-prod now\. Rule prod-read: Mon–Fri 08:00–19:00 Berlin\. You can"  # noqa: RUF001 as shown
    with pytest.raises(NotAllowed, match=said):
        policy.check(MAYA, ask(), now=T0)
    assert policy.check(MAYA, ask(), now=T0 + timedelta(days=1, hours=6)).id == "prod-read"


def test_a_person_named_in_a_group_belongs_without_slack_listing_them() -> None:
    policy = parse_policy(changed('["S0ENGINEERS"]', '["U0EVE", "C0ROOM"]'))
    assert policy.belongs(person("U0EVE"), "engineers")
    assert policy.belongs(person("U0TOM", "C0ROOM"), "engineers")
    assert not policy.belongs(person("U0TOM"), "engineers")
    assert not policy.belongs(person("U0TOM", "engineers"), "engineers")
    assert not policy.belongs(person("U0EVE"), "no-such-group")


def test_a_guest_needs_a_rule_that_says_so() -> None:
    guest = person("U0CARLA", "S0ENGINEERS", is_guest=True)
    assert POLICY.decide(guest, "orders-prod", "read", duration=None, now=T0).rule is None
    policy = parse_policy(changed('max = "4h"', 'max = "4h"\nguests = true'))
    assert policy.decide(guest, "orders-prod", "read", duration=None, now=T0).rule is policy.rules[0]


def test_a_personal_target_needs_a_login_of_ones_own() -> None:
    target = replace(POLICY.target("orders-prod"), login=LoginKind.PERSONAL)
    policy = replace(POLICY, targets={"orders-prod": target})
    assert policy.decide(MAYA, "orders-prod", "read", duration=None, now=T0).rule is None
    for slack_id in ("U0ALICE", "W0ALICE"):
        alice = person(slack_id, "S0ENGINEERS")
        assert policy.decide(alice, "orders-prod", "read", duration=None, now=T0).rule is policy.rules[0]
        assert policy.terms(alice, ask(), policy.rules[0]).personal_login == "alice"


@pytest.mark.parametrize("sources", [(), ("S0DBA",)])
def test_operators_are_those_of_the_group_and_never_guests(sources: tuple[str, ...]) -> None:
    assert POLICY.is_operator(person("U0OPS", *sources))
    assert not POLICY.is_operator(person("U0OPS", *sources, is_guest=True))
    assert not POLICY.is_operator(person("U0EVE", *sources))
    without = replace(POLICY, groups={"engineers": POLICY.groups["engineers"]})
    assert not without.is_operator(person("U0OPS", *sources))


def test_two_accounts_are_one_person() -> None:
    assert POLICY.person_id(SlackId("U0ALICE")) == POLICY.person_id(SlackId("W0ALICE")) == PersonId("alice")
    assert POLICY.person_id(SlackId("U0EVE")) == PersonId("U0EVE")


def test_over_the_maximum_says_the_maximum() -> None:
    assert POLICY.check(MAYA, ask(duration=timedelta(hours=4)), now=T0).id == "prod-read"
    with pytest.raises(TooLong, match=r"8 h is over the maximum of 4 h \(rule prod-read\)") as raised:
        POLICY.check(MAYA, ask(duration=timedelta(hours=8)), now=T0)
    assert raised.value.longest == "4h"


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("", "at least 10"),
        ("  \n too  ", "at least 10"),
        ("x" * 1001, "this has 1,001"),
        ("x" * 5000, "5,000"),
    ],
)
def test_a_reason_says_something_and_fits(reason: str, says: str) -> None:
    with pytest.raises(BadReason, match=says):
        check_reason(reason)


def test_a_rule_may_want_more_of_a_reason() -> None:
    with pytest.raises(BadReason, match="at least 20"):
        POLICY.check(MAYA, ask("migrate", ticket="OPS-1", reason="short enough"), now=T0)


@pytest.mark.parametrize("ticket", [None, "", "4512", "OPS-4512 and more", "OPS-" + "1" * 100])
def test_a_ticket_must_fit_whole(ticket: str | None) -> None:
    with pytest.raises(BadTicket):
        POLICY.check(MAYA, ask("migrate", reason="long enough for anybody", ticket=ticket), now=T0)


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        ("looking into OPS-4512", "OPS-4512"),
        ("OPS-4512: looking into it", "OPS-4512"),
        ("what the index is doing (see OPS-4512).", "OPS-4512"),
        ('"OPS-4512", and what came of it', "OPS-4512"),
        ("after OPS-1 came OPS-2, as expected", "OPS-1"),
        ("looking into ops-4512, the stuck ones", None),
        ("looking into DEVOPS-4512x, the stuck ones", None),
        ("see https://acme.example/OPS-4512/notes", None),
        ("looking into OPS-45-12, the stuck ones", None),
        (f"looking into OPS-{'1' * 100} and more", None),
    ],
)
def test_ticket_that_was_not_given_is_a_whole_word_of_the_reason(reason: str, found: str | None) -> None:
    asked = ask("migrate", reason=reason)
    if found is None:
        with pytest.raises(BadTicket, match="no word of the reason does"):
            POLICY.check(MAYA, asked, now=T0)
        return
    rule = POLICY.check(MAYA, asked, now=T0)
    assert POLICY.terms(MAYA, asked, rule).ticket == found


def test_ticket_that_was_given_is_not_looked_for_elsewhere() -> None:
    with pytest.raises(BadTicket, match=r"requires a ticket that matches [^;]*\.$"):
        POLICY.check(MAYA, ask("migrate", reason="looking into OPS-4512 now", ticket="4512"), now=T0)


@pytest.mark.parametrize(
    ("pattern", "example"),
    [
        ("[A-Z]+-[0-9]+", ", such as OPS-1234."),
        ("JIRA-\\d{3,}", ", such as JIRA-1234."),
        ("INC[0-9]{7}", ", such as INC0001234."),
        ("#?[0-9]{4,6}", ", such as #1234."),
        ("(?i)chg-[0-9]+", "."),
        ("[a-f]{8}", "."),
    ],
)
def test_ticket_that_a_rule_requires_is_shown_by_an_example(pattern: str, example: str) -> None:
    with pytest.raises(BadTicket) as refused:
        check_ticket("x", pattern=pattern, rule="r")
    assert str(refused.value) == f"Rule r requires a ticket that matches {pattern}{example}"


def test_ticket_that_no_rule_wants_is_not_read_out_of_the_reason() -> None:
    asked = ask(reason="looking into OPS-4512")
    assert POLICY.terms(MAYA, asked, POLICY.check(MAYA, asked, now=T0)).ticket is None


def test_ticket_that_is_not_required_still_has_a_limit() -> None:
    with pytest.raises(BadTicket, match="at most 100"):
        POLICY.check(MAYA, ask(ticket="x" * 101), now=T0)


@pytest.mark.parametrize(
    ("target", "role", "kind", "close"),
    [
        ("orders-prd", "read", "target", ("orders-prod",)),
        ("ORDERS", "read", "target", ("orders-prod",)),
        ("orders-prod", "reed", "role", ("read",)),
        ("billing", "read", "target", ()),
        ("x" * 5000, "read", "target", ()),
    ],
)
def test_an_unknown_name_gets_the_nearest(target: str, role: str, kind: str, close: tuple[str, ...]) -> None:
    with pytest.raises(UnknownName) as raised:
        POLICY.check(MAYA, ask(role, target=target), now=T0)
    assert (raised.value.kind, raised.value.nearest) == (kind, close)
    assert len(str(raised.value)) < 150


def test_nothing_is_near_to_nothing() -> None:
    assert nearest("", ["a", "b"]) == ()
    assert len(nearest("db", [f"db-{n}" for n in range(50)])) == 3


@pytest.mark.parametrize(
    ("asked", "names", "says"),
    [
        ("Ord", ["orders", "ordinary", "people"], '"Ord" fits two roles: orders, ordinary.'),
        ("or", [f"or-{n}" for n in range(7)], '"or" fits 7 roles: or-0, or-1, or-2, or-3, or-4, …'),
        ("ord", ["orders", "people"], 'No role "ord". Nearest: orders.'),
        ("", ["orders", "people"], 'No role "". There are: orders, people.'),
    ],
)
def test_common_beginning_fits_all_its_names(asked: str, names: list[str], says: str) -> None:
    assert str(unknown_name("role", asked, names)) == says


def test_terms_copy_what_was_shown() -> None:
    terms = POLICY.terms(MAYA, ask("migrate", ticket="OPS-1"), POLICY.rules[1])
    assert (terms.requester, terms.cluster, terms.database) == ("U0MAYA", "main", "orders")
    assert (terms.grants, terms.act_as, terms.approvals) == (("orders_owner",), "orders_owner", (("dba", 1),))
    assert (terms.duration_seconds, terms.personal_login, terms.rule) == (3600, None, "prod-ddl")


def test_default_is_no() -> None:
    empty: Policy = replace(POLICY, rules=())
    assert empty.decide(MAYA, "orders-prod", "read", duration=None, now=T0).rule is None
