"""More time: the same login and its open session live beyond the first end, and end at the second."""

import psycopg
import pytest
import redis
from pydantic import SecretStr

from dbaccess.ports import Job
from dbaccess.queue import RqQueue
from dbaccess.slack.views.extend_form import EXTEND, EXTEND_FORM
from dbaccess.slack.views.request_message import APPROVE
from sandbox.client import Message, plain
from tests.acceptance import journey, records, talk
from tests.acceptance.stack import Stack, wait, wait_message
from tests.databases import TargetDatabase


def _thread(stack: Stack) -> list[Message]:
    root = journey.approval(stack, "Active: Maya Lindqvist (maya)")
    return stack.person("U0PRIYA").thread(root.channel, root.ts)


def test_session_lives_beyond_the_first_end_and_is_closed_at_the_second(
    stack: Stack, shared_target: TargetDatabase
) -> None:
    talk.until_ready(stack)
    talk.ask(stack, "orders-prod read 10m looking into #4512")
    journey.approve(stack)
    message = talk.holders_message(stack)
    login = journey.show_credentials(stack, message)
    session = journey.connect(stack, login, shared_target.name)

    request_id = records.last_request(stack)
    ((grant_id, first_end),) = records.rows(stack, "select id, expires_at from grants")
    maya, priya = stack.person("U0MAYA"), stack.person("U0PRIYA")
    assert maya.click(message, action_id=EXTEND).error is None
    view = talk.modal(maya, EXTEND_FORM)
    assert "1 approval from dba" in plain(view)
    maya.close(view)
    answer = talk.say(stack, "extend 20m index still building")
    assert "20 min more. It asks for 1 approval from dba until " in plain(answer)
    asked = wait_message(lambda: _thread(stack), "asks for 20 min more", "Needs 1 approval")
    assert priya.click(asked, action_id=APPROVE).sent
    wait_message(lambda: _thread(stack), "Extended by Priya Nair (U0PRIYA)", "sessions go on")
    wait_message(maya.direct_messages, "Extended: read on orders-prod ends")

    _job_of_the_first_end_runs(stack, grant_id)
    assert session.execute("select count(*) from shop.orders").fetchone()
    assert records.grant_state(stack, request_id) == "active"

    ends = "select expires_at = %s + interval '20 min' from grants where id = %s"
    assert records.rows(stack, ends, first_end, grant_id) == [(True,)]
    records.time_is_over(stack, request_id)
    journey.ended(stack)
    with pytest.raises(psycopg.OperationalError):
        session.execute("select 1")
    records.check_ledger(stack)
    assert "grant.extended" in stack.cli("ledger", "tail", "--json").out


def _job_of_the_first_end_runs(stack: Stack, grant_id: int) -> None:
    """The job that was planned for the first end comes now, and has nothing to do."""
    with redis.Redis.from_url(stack.redis_url) as client:
        before = set(client.scan_iter("rq:job:*"))
        queue = RqQueue(SecretStr(stack.redis_url))
        queue.put(Job.REVOKE, grant_id)
        queue._redis.close()
        new = set(client.scan_iter("rq:job:*")) - before
        wait(lambda: not any(client.exists(key) for key in new))  # gone once it was executed
