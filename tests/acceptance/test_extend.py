"""More time: the same login and its open session live beyond the first end, and end at the second."""

import psycopg
import pytest

from sandbox.client import Message, plain
from tests.acceptance import journey, records, talk
from tests.acceptance.stack import Stack, wait, wait_message
from tests.databases import TargetDatabase

pytestmark = pytest.mark.timeout(240)


def _thread(stack: Stack) -> list[Message]:
    root = journey.approval(stack, "Active: Maya Lindqvist")
    return stack.person("U0PRIYA").thread(root.channel, root.ts)


def test_session_lives_beyond_the_first_end_and_is_closed_at_the_second(
    stack: Stack, target_database: TargetDatabase
) -> None:
    talk.until_ready(stack)
    journey.ask(stack, "orders-prod read 25s looking into #4512")
    journey.approve(stack)
    message = journey.active(stack)
    login = journey.show_credentials(stack, message)
    session = journey.connect(stack, login, target_database.name)
    (first_end,) = records.rows(stack, "select expires_at from grants")[0]

    maya, priya = stack.person("U0MAYA"), stack.person("U0PRIYA")
    assert maya.click(message, text="Extend").error is None
    view = maya.wait_view(lambda view: view.title == "Extend")
    assert "1 approval from dba" in plain(view)
    maya.close(view)
    answer = talk.say(stack, "extend 20s index still building")
    assert "20 s more. Needs 1 approval from dba." in plain(answer)
    asked = wait_message(lambda: _thread(stack), "asks for 20 s more", "Needs 1 approval")
    assert priya.click(asked, text="Approve 20 s more").sent
    wait_message(lambda: _thread(stack), "Extended by Priya Nair", "sessions go on")
    wait_message(maya.direct_messages, "Extended: read on orders-prod ends")

    wait(
        lambda: records.rows(stack, "select 1 where now() > %s::timestamptz + interval '2 s'", first_end), 40
    )
    assert session.execute("select count(*) from shop.orders").fetchone()
    assert records.rows(stack, "select state from grants") == [("active",)]

    journey.ended(stack, seconds=60)
    with pytest.raises(psycopg.OperationalError):
        session.execute("select 1")
    ((seconds,),) = records.rows(stack, "select extract(epoch from ended_at - %s) from grants", first_end)
    assert 20 <= seconds < 25
    assert stack.cli("ledger", "verify").returncode == 0
    assert "grant.extended" in stack.cli("ledger", "tail", "--json").stdout
