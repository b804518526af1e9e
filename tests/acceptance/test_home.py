"""The Home tab and `who`, as people open, click and read them."""

import pytest

from dbaccess.slack.views.activity import SHOW_STATEMENTS
from dbaccess.slack.views.credentials import SHOW_CREDENTIALS
from dbaccess.slack.views.direct_messages import ASK_AGAIN
from dbaccess.slack.views.form import REQUEST_FORM
from dbaccess.slack.views.home import REFRESH, REQUEST_A_ROLE
from dbaccess.slack.views.request_details import APPROVE_FORM
from dbaccess.slack.views.request_message import APPROVE, REVOKE
from dbaccess.slack.views.revoke import REVOKE_FORM
from dbaccess.slack.views.rows import OPEN
from dbaccess.slack.views.surrender import SURRENDER
from dbaccess.slack.views.text_modal import NOTICE
from dbaccess.slack.views.withdraw import WITHDRAW
from sandbox.client import View, plain
from tests.acceptance import records, talk
from tests.acceptance.stack import CHANNEL, Stack, wait, wait_message

READ = f"orders-prod read 10m {talk.REASON}"


def showing(stack: Stack, who: str, *texts: str) -> View:
    """The tab, refreshed by its button until it shows all the texts."""

    def look() -> View | None:
        person = stack.person(who)
        shown = person.home() or talk.open_home(stack, who)
        if all(text in plain(shown) for text in texts):
            return shown
        assert person.click(shown, action_id=REFRESH).error is None
        return None

    return wait(look)


def press(stack: Stack, who: str, action_id: str, value: object | None = None) -> None:
    """A button of the tab that is there now."""
    person = stack.person(who)
    wanted = str(value) if value is not None else None
    assert person.click(_home(stack, who), action_id, value=wanted, confirmed=True).error is None


def _home(stack: Stack, who: str) -> View:
    found = stack.person(who).home()
    assert found is not None
    return found


def test_home_shows_and_does_what_a_requester_and_a_reviewer_need(line: Stack) -> None:
    tom, priya = line.person("U0TOM"), line.person("U0PRIYA")
    assert plain(talk.open_home(line, "U0TOM")).splitlines()[:4] == [
        "Database roles",
        "You hold nothing.",
        "Request a role",
        "Roles you can request: migrate on 1 target, read on 1.",
    ]
    assert "Nothing waits for your review. You review for dba." in plain(talk.open_home(line, "U0PRIYA"))

    press(line, "U0TOM", REQUEST_A_ROLE)
    tom.close(talk.modal(tom, REQUEST_FORM))
    request_id = talk.ask(line, READ, "U0TOM")
    shown = showing(line, "U0TOM", "*You wait for*", "Withdraw")
    assert "read on orders-prod, 10 min, dba, lapses " in plain(shown)

    shown = showing(
        line, "U0PRIYA", "Waiting for your review (1)", "Tom Berg (U0TOM), read on orders-prod, 10 min"
    )
    assert not [button for button in shown.buttons() if button.action_id.startswith(APPROVE)]
    press(line, "U0PRIYA", OPEN, request_id)
    details = talk.modal(priya, APPROVE_FORM)
    assert talk.REASON in plain(details)
    assert priya.submit(details).error is None
    wait(lambda: "Nothing waits for your review" in plain(_home(line, "U0PRIYA")))

    wait(lambda: records.grant_state(line, request_id) == "active")
    showing(line, "U0TOM", "*You hold*", "read on orders-prod, ends ", "Show credentials")
    press(line, "U0TOM", SHOW_CREDENTIALS)
    password = tom.wait_view(lambda view: "*Password*" in plain(view))
    tom.close(password)
    showing(line, "U0TOM", "New password")
    assert plain(password) not in plain(_home(line, "U0TOM"))

    told = talk.say(line, "who orders-prod", "U0PRIYA")
    assert "Tom Berg (U0TOM), read, ends " in plain(told)
    assert "approved by Priya Nair (U0PRIYA)" in plain(told)

    showing(
        line, "U0PRIYA", "Active on your targets (1)", "Tom Berg (U0TOM), read on orders-prod, 10 min, ends "
    )
    press(line, "U0PRIYA", REVOKE)
    form = talk.modal(priya, REVOKE_FORM)
    priya.type(form, "revoke.reason", "Enough seen.")
    assert priya.submit(form).error is None
    wait(lambda: "Active on your targets" not in plain(_home(line, "U0PRIYA")))

    showing(line, "U0TOM", "You hold nothing.", "*Ended*", ", revoked")
    press(line, "U0TOM", ASK_AGAIN, request_id)
    again = talk.modal(tom, REQUEST_FORM)
    assert again.value("form.reason") == talk.REASON
    tom.close(again)
    assert "No grant is open on orders-prod now." in plain(talk.say(line, "who orders-prod", "U0TOM"))


def test_holder_ends_from_home_what_they_hold(line: Stack) -> None:
    request_id = talk.activate(line, READ, "U0TOM")
    showing(line, "U0TOM", "*You hold*", "Show credentials")
    press(line, "U0TOM", SURRENDER)
    wait(lambda: "read on orders-prod, ending" in plain(_home(line, "U0TOM")) or _is_over(line))
    wait(lambda: records.grant_state(line, request_id) == "ended")
    wait_message(
        lambda: line.person("U0TOM").direct_messages(),
        "Ended: read on orders-prod",
        "ended early by the holder",
    )


def test_the_statements_of_an_ended_grant_are_shown_in_pages_and_by_kind(line: Stack) -> None:
    request_id = talk.activate(line, READ, "U0TOM")
    records.ran(line, records.grant_id(line, request_id), 12)
    showing(line, "U0TOM", "*You hold*", "Show credentials")
    press(line, "U0TOM", SURRENDER)
    wait(lambda: records.grant_state(line, request_id) == "ended")
    showing(line, "U0TOM", "*Ended*", "Show statements")
    press(line, "U0TOM", SHOW_STATEMENTS, records.grant_id(line, request_id))
    tom = line.person("U0TOM")
    first = tom.wait_view(lambda view: view.title == "Statements")
    assert "select 1 from shop.orders" in plain(first)
    assert tom.click(first, action_id="statements.next").error is None
    second = tom.wait_view(lambda view: "select 12 from shop.orders" in plain(view))
    assert "select 10 from shop.orders" not in plain(second)
    chosen = tom.choose(second, "statements.kind", "write")
    assert chosen.error is None
    tom.close(tom.wait_view(lambda view: "No captured statement is of this kind" in plain(view)))
    assert "activity.viewed" not in records.kinds(line, request_id)


def test_a_click_on_an_old_tab_is_refused_in_a_modal_and_shows_the_tab_anew(line: Stack) -> None:
    request_id = talk.ask(line, READ, "U0TOM")
    old = showing(line, "U0TOM", "*You wait for*")
    talk.answer_to(line, talk.say(line, "list", "U0TOM"), WITHDRAW, "U0TOM")
    tom = line.person("U0TOM")
    assert tom.click(old, action_id=WITHDRAW, value=str(request_id)).error is None
    notice = talk.modal(tom, NOTICE)
    assert f"R-{request_id} is already withdrawn." in plain(notice)
    tom.close(notice)
    wait(lambda: "You wait for" not in plain(_home(line, "U0TOM")))


@pytest.mark.parametrize("who", ["U0CARLA", "U0STRANGER"])
def test_person_without_a_group_gets_a_plain_home(line: Stack, who: str) -> None:
    shown = talk.open_home(line, who)
    assert "You are in no group of the policy; ask an operator of dbaccess." in plain(shown)
    assert [button.action_id for button in shown.buttons()] == [REFRESH]


def test_answer_of_who_names_the_nearest_of_an_unknown_target(line: Stack) -> None:
    asked = line.person("U0TOM").command("/dbaccess", "who orders-prd", channel=CHANNEL)
    assert asked.error is None
    assert "Nearest: orders-prod." in plain(talk.say(line, "who orders-prd", "U0TOM"))


def _is_over(stack: Stack) -> bool:
    return "You hold nothing." in plain(_home(stack, "U0TOM"))
