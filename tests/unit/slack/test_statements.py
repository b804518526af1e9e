"""The modal of statements: pages, menus, and only what may be looked at."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dbaccess.domain.activity import Statement, StatementKind
from dbaccess.domain.errors import NotFound
from dbaccess.domain.grant import GrantState
from dbaccess.domain.statement_page import Look, StatementPage
from dbaccess.slack.text import date
from dbaccess.slack.views import statements as view
from tests.unit.slack import examples
from tests.unit.slack.activities import SUMMARY, report, statement
from tests.unit.slack.examples import at
from tests.unit.slack.limits import faults_of_view

GRANT = examples.grant(GrantState.ENDED)
NASTY = "<!channel> ```code``` `x` *bold* \u202etxt & < > :warning: \x00"


def page(*shown: Statement, **changes: Any) -> StatementPage:
    made = StatementPage(
        look=Look(grant_id=GRANT.id),
        grant=GRANT,
        holder_name="Maya Lindqvist (maya)",
        report=report(),
        statements=shown,
        has_more=False,
    )
    return replace(made, **changes)


def elements(modal: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = [
        element for block in modal["blocks"] if block["type"] == "actions" for element in block["elements"]
    ]
    return {element["action_id"]: element for element in found}


def clicked(modal: dict[str, Any], action_id: str, chosen: str | None = None) -> dict[str, Any]:
    action: dict[str, Any] = {"action_id": action_id}
    if chosen is not None:
        options = {option["value"]: option for option in elements(modal)[action_id]["options"]}
        action["selected_option"] = options[chosen]
    return {"view": {"private_metadata": modal["private_metadata"]}, "actions": [action]}


def texts(modal: dict[str, Any]) -> list[str]:
    said = []
    for block in modal["blocks"]:
        if block["type"] == "section":
            said.append(block["text"]["text"])
        if block["type"] == "context":
            said += [element["text"] for element in block["elements"]]
    return said


def test_a_statement_is_shown_with_its_time_values_and_error() -> None:
    ran = statement(
        "update shop.orders set paid = $1",
        kind=StatementKind.WRITE,
        bind_values=("3", None),
        duration=timedelta(microseconds=312),
        rows=1204,
        sqlstate="42501",
        error="permission denied for table orders",
    )
    said = texts(view.build(page(ran)))
    assert "```update shop.orders set paid = $1```" in said
    assert f"{date(at(16))} · write · 0.3 ms · 1,204 rows · 10.0.0.7" in said
    assert "$1 = '3', $2 = NULL" in said
    assert "error 42501: permission denied for table orders" in said
    assert said[0] == "Maya Lindqvist (maya), read on orders-prod · G-7"


def test_a_host_name_of_the_log_makes_no_mark_up() -> None:
    said = texts(view.build(page(statement(client="*db*.`example` :warning: <!channel>"))))
    (line,) = [one for one in said if "example" in one]
    assert not any(sign in line.partition("·")[2] for sign in ("*", "`", ":warning:", "<"))


def test_the_next_page_begins_after_the_last_statement_shown() -> None:
    ran = [statement(line_num=number, at=at(number)) for number in range(view.PAGE)]
    modal = view.build(page(*ran, has_more=True))
    look = view.asked(clicked(modal, view.NEXT))
    assert look == Look(grant_id=GRANT.id, after=ran[-1].key)
    later = view.build(page(statement(line_num=99), look=look))
    assert view.FIRST in elements(later)
    assert view.NEXT not in elements(later)
    assert view.asked(clicked(later, view.FIRST)) == Look(grant_id=GRANT.id)


def test_a_choice_shows_the_first_page_of_it_and_keeps_the_other() -> None:
    modal = view.build(page(statement(), look=Look(grant_id=GRANT.id, after=statement().key)))
    look = view.asked(clicked(modal, view.KIND, "write"))
    assert look == Look(grant_id=GRANT.id, kind=StatementKind.WRITE)
    modal = view.build(page(look=look))
    assert elements(modal)[view.KIND]["initial_option"]["value"] == "write"
    both = view.asked(clicked(modal, view.TABLE, "shop.orders"))
    assert both == Look(grant_id=GRANT.id, kind=StatementKind.WRITE, table="shop.orders")
    modal = view.build(page(look=both))
    assert elements(modal)[view.TABLE]["initial_option"]["value"] == "shop.orders"
    assert view.asked(clicked(modal, view.KIND, "all")) == Look(grant_id=GRANT.id, table="shop.orders")


def test_every_kind_can_be_chosen() -> None:
    offered = {option["value"] for option in elements(view.build(page()))[view.KIND]["options"]}
    assert offered == {"all", *(kind.value for kind in StatementKind)}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "No statement to show."),
        (
            {"look": Look(grant_id=GRANT.id, table="shop.orders")},
            "No captured statement is of this kind and table.",
        ),
        ({"look": Look(grant_id=GRANT.id, after=statement().key)}, "No more statements."),
        (
            {"report": report(purged_at=at(500))},
            "The texts of these statements were deleted; the figures stay.",
        ),
    ],
)
def test_an_empty_page_claims_nothing_about_what_ran(changes: dict[str, Any], words: str) -> None:
    assert words in texts(view.build(page(**changes)))


@pytest.mark.parametrize("text", [NASTY * 40, "&" * 20_000, "select 1\n" * 5000, "", " ", "\u3164"])
def test_whatever_ran_the_modal_stays_within_the_limits(text: str) -> None:
    many = tuple(f"schema.{number:03}{'x' * 55}" for number in range(300))
    ran = [
        statement(text, line_num=number, bind_values=(text[:4000],) * 50, error=text[:9000], sqlstate="22000")
        for number in range(view.PAGE)
    ]
    long = "t" * 150
    known = report(summary=replace(SUMMARY, reads=(*many, "y" * 400), clients=many[:9]))
    modal = view.build(page(*ran, report=known, has_more=True, look=Look(grant_id=GRANT.id, table=long)))
    assert faults_of_view(modal) == []
    assert elements(modal)[view.TABLE]["initial_option"]["value"] == long


def test_a_text_that_is_cut_says_how_to_see_the_rest() -> None:
    said = texts(view.build(page(statement("x" * 2500))))
    assert any("1,001 more characters: dbaccess activity show G-7" in line for line in said)


@pytest.mark.parametrize(
    "metadata",
    [
        "",
        "[]",
        "{}",
        '{"grant": "x", "kind": null, "table": null, "next": null}',
        '{"grant": 7, "kind": "drop", "table": null, "next": null}',
        '{"grant": 7, "kind": null, "table": null, "next": ["2026-03-10T03:16:00", "main", "a", 1]}',
        '{"grant": 7, "kind": null, "table": null, "next": ["x"]}',
        '{"grant": 1e400, "kind": null, "table": null, "next": null}',
    ],
)
def test_metadata_that_this_modal_never_has_is_refused(metadata: str) -> None:
    body = {"view": {"private_metadata": metadata}, "actions": [{"action_id": view.NEXT}]}
    with pytest.raises(NotFound):
        view.asked(body)


def test_the_metadata_holds_no_text() -> None:
    modal = view.build(page(statement("select 'secret'")))
    assert set(json.loads(modal["private_metadata"])) == {"grant", "kind", "table", "next"}
    assert "secret" not in modal["private_metadata"]
