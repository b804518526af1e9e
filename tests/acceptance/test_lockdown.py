"""A leaked laptop, through the processes: one act ends everything, and another operator lifts it."""

import psycopg
import pytest

from dbaccess.slack.views.lockdown import LIFT
from dbaccess.slack.views.lockdown_form import LOCKDOWN_FORM
from dbaccess.slack.views.request_message import APPROVE
from sandbox.client import plain
from tests.acceptance import journey, records, talk
from tests.acceptance.stack import CHANNEL, Stack, wait, wait_message
from tests.databases import TargetDatabase

OLGA = "U0OPS"


def test_operator_stops_a_target_and_another_one_lets_it_go_on(
    stack: Stack, shared_target: TargetDatabase
) -> None:
    held = talk.activate(stack)
    login = journey.show_credentials(stack, talk.holders_message(stack))
    pending = talk.ask(stack, f"orders-prod read 5m {talk.REASON}", "U0TOM")
    assert "Only an operator declares a lockdown" in plain(talk.say(stack, "lockdown orders-prod"))
    assert 'No target "orders-prd"' in plain(talk.say(stack, "lockdown orders-prd", OLGA))

    with journey.connect(stack, login, shared_target.name) as session:
        olga = stack.person(OLGA)
        assert olga.command("/dbaccess", "lockdown orders-prod Leaked laptop.", channel=CHANNEL).error is None
        form = talk.modal(olga, LOCKDOWN_FORM)
        assert "Ends 1 grant on orders-prod now and refuses requests" in plain(form)
        assert olga.submit(form).errors == {}
        wait(lambda: records.grant_state(stack, held) == "ended")
        with pytest.raises(psycopg.OperationalError):
            session.execute("select 1")
    told = wait_message(lambda: olga.messages(CHANNEL), "Lockdown: orders-prod", "All 1 ended, verified")
    wait_message(lambda: olga.messages("C0OPS"), "Lockdown: orders-prod", "All 1 ended, verified")

    for text in (f"orders-prod migrate 5m {talk.REASON}", f"orders-prod read 5m {talk.REASON}"):
        assert "orders-prod is in lockdown since" in plain(talk.say(stack, text))
    refused = talk.answer_to(stack, talk.waiting(stack, pending), APPROVE, "U0PRIYA")
    assert "no requests until it is lifted" in plain(refused)
    assert "orders-prod is in lockdown since" in plain(talk.say(stack, "who orders-prod"))
    assert "this lifts it: dbaccess lockdown lift orders-prod" in plain(
        talk.answer_to(stack, told, LIFT, OLGA)
    )

    assert stack.cli("lockdown", "lift", "orders-prod", "--reason", "Laptop found.").code == 0
    wait_message(lambda: olga.messages(CHANNEL), "lifted the lockdown of orders-prod")
    assert stack.person("U0PRIYA").click(talk.waiting(stack, pending), action_id=APPROVE).sent
    wait(lambda: records.grant_state(stack, pending) == "active")
    records.check_ledger(stack)
