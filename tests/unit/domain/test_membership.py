"""The groups that list a person, under one account or under any."""

import pytest

from dbaccess.domain.membership import Membership
from dbaccess.domain.people import PersonId, SlackId, SourceId
from tests.unit.domain.decisions import person

GROUPS = {
    "named": (SourceId("U0ANN"),),
    "second": (SourceId("W0ANN"),),
    "team": (SourceId("S0TEAM"), SourceId("C0ROOM")),
    "room": (SourceId("C0ROOM"),),
}
ALIASES = {SlackId(slack_id): PersonId("ann") for slack_id in ("U0ANN", "W0ANN")}
FOUND = Membership(GROUPS, ALIASES)


def test_account_is_in_the_groups_that_list_it() -> None:
    assert FOUND.groups_of(person("U0ANN")) == {"named"}
    assert FOUND.groups_of(person("U0ANN", "C0ROOM", others=frozenset({"S0TEAM"}))) == {
        "named",
        "team",
        "room",
    }


def test_human_is_in_the_groups_that_list_any_account_or_did_just_now() -> None:
    assert FOUND.groups_of_any(person("U0ANN")) == {"named", "second"}
    assert FOUND.groups_of_any(person("U0ANN", others=frozenset({"S0TEAM"}))) == {"named", "second", "team"}
    assert FOUND.groups_of_any(person("U0ANN", missing=frozenset({"C0ROOM"}))) == set(GROUPS)
    assert FOUND.groups_of_any(person("U0EVE", "S0TEAM")) == {"team"}


def test_half_a_human_is_not_decided_on() -> None:
    with pytest.raises(ValueError, match="other accounts of U0ANN"):
        FOUND.groups_of_any(person("U0ANN", others=None))
    assert FOUND.groups_of_any(person("U0EVE", others=None)) == set()


def test_other_accounts_are_those_of_the_same_human() -> None:
    assert FOUND.other_accounts(SlackId("W0ANN")) == ("U0ANN",)
    assert FOUND.other_accounts(SlackId("U0EVE")) == ()
