"""Faults in Slack, a target, the queue or a worker: the request goes on, and messages are true."""

import json
import os
import pickle
import zlib
from pathlib import Path

import psycopg
import pytest
import redis

from dbaccess.operations.directory.refresh import ONE_BY_ONE
from dbaccess.slack.views.credentials import SHOW_CREDENTIALS
from dbaccess.slack.views.request_message import APPROVE
from demo.servers.valkey import Valkey
from sandbox.client import Message, plain
from tests.acceptance import journey, records, talk
from tests.acceptance.emptied import cluster_locked
from tests.acceptance.processes import rounds_pass
from tests.acceptance.stack import CHANNEL, Stack, wait, wait_message
from tests.databases import PostgresServer, TargetDatabase

LONG = f"orders-prod read 10m {talk.REASON}"


def _copies(stack: Stack, request_id: int) -> list[Message]:
    return [m for m in _of_channel(stack) if f"R-{request_id}" in plain(m)]


def _of_channel(stack: Stack) -> list[Message]:
    """The messages in the target's channel itself, as a reviewer sees them."""
    return [m for m in stack.person("U0PRIYA").messages(CHANNEL) if m.thread_ts is None]


def test_slack_that_is_busy_gets_the_approval_message_later_and_once(stack: Stack) -> None:
    talk.until_ready(stack)
    stack.sandbox.fault("chat.postMessage", "429", times=4, retry_after=1, channel=CHANNEL)

    request_id = talk.ask(stack, LONG)

    talk.waiting(stack, request_id)
    assert len(_copies(stack, request_id)) == 1


def test_a_lost_answer_leaves_at_most_one_more_copy_which_a_click_removes(stack: Stack) -> None:
    talk.until_ready(stack)
    stack.sandbox.fault("chat.postMessage", "lost_answer", channel=CHANNEL)
    request_id = talk.ask(stack, LONG)
    wait(lambda: len(_copies(stack, request_id)) == 2)
    lost, recorded = _copies(stack, request_id)
    wait(lambda: records.is_posted(stack, request_id))

    assert stack.person("U0PRIYA").click(lost, action_id=APPROVE).sent

    wait(lambda: records.grant_state(stack, request_id) == "active")
    wait(lambda: [each.ts for each in _copies(stack, request_id)] == [recorded.ts])
    wait(lambda: not talk.has(_copies(stack, request_id)[0], APPROVE))
    assert records.kinds(stack, request_id).count("review.approved") == 1


def test_the_list_of_a_large_workspace_goes_on_when_slack_says_and_not_before(stack: Stack) -> None:
    """Without many to read again it is never asked for."""
    talk.until_ready(stack)
    assert not stack.sandbox.traffic(method="users.list")
    more = [f"U0MORE{number:02}" for number in range(ONE_BY_ONE + 1)]
    for slack_id in more:
        stack.sandbox.add_user(id=slack_id, name=slack_id.lower(), real_name=f"More {slack_id}")
    stack.sandbox.fault("users.list", "429", retry_after=5)
    engineers = ["U0MAYA", "W0MAYA", "U0TOM"]
    stack.sandbox.set_group("S0ENGINEERS", [*engineers, *more])

    known = "select 1 from directory_people where slack_id = %s"
    try:
        wait(lambda: records.rows(stack, known, more[-1]))
    finally:
        stack.sandbox.set_group("S0ENGINEERS", engineers)

    asked = [call.at for call in stack.sandbox.traffic(method="users.list", direction="from_app")]
    assert asked[1] - asked[0] >= 5


@pytest.mark.parametrize("warned", [True, False])
def test_a_cut_connection_to_slack_is_made_again(stack: Stack, warned: bool) -> None:  # noqa: FBT001 a parameter
    talk.until_ready(stack)

    assert stack.sandbox.disconnect_sockets(warned=warned) >= 1

    stack.sandbox.wait_connected()
    talk.activate(stack)


def test_a_target_that_is_down_is_told_and_tried_again_until_it_confirms(
    stack: Stack, target_postgres: PostgresServer
) -> None:
    request_id = talk.ask(stack, LONG)
    talk.waiting(stack, request_id)
    target_postgres.stop()
    try:
        journey.approve(stack)
        journey.approval(
            stack, "Problem: Maya Lindqvist (maya)", "does not answer", "the 10 min have not started"
        )
        told = wait_message(lambda: stack.person("U0MAYA").direct_messages(), "Not active yet: ")
        assert "orders-prod does not answer. Retrying until " in plain(told)
        assert "Your 10 min have not started." in plain(told)
        assert records.grant_state(stack, request_id) == "provisioning"
    finally:
        target_postgres.start()

    wait(lambda: records.grant_state(stack, request_id) == "active")
    talk.holders_message(stack)
    assert "grant.provision_failed" in records.kinds(stack, request_id)


def test_a_target_that_is_down_at_the_end_is_called_overdue_each_hour_and_then_ended_late(
    stack: Stack, target_postgres: PostgresServer
) -> None:
    request_id = talk.activate(stack)
    login = journey.show_credentials(stack, talk.holders_message(stack))
    assert login.user.startswith("jit_")
    target_postgres.stop()
    try:
        maya = stack.person("U0MAYA")
        for view in maya.views()[-1:]:
            maya.close(view)
        talk.end(stack)
        operators = stack.person("U0OPS")
        overdue = wait_message(
            lambda: operators.messages("C0OPS"), "Overdue: Maya Lindqvist (maya)", "Retrying."
        )
        assert "Assume it is still open:" in plain(overdue)
        assert "<@U0OPS>" in str(overdue.blocks)
        near = wait_message(lambda: _of_channel(stack), "Overdue: Maya Lindqvist (maya)", "Retrying.")
        assert "<@U0OPS>" in str(near.blocks)
        records.told_an_hour_ago(stack, request_id)
        for read in (lambda: operators.messages("C0OPS"), lambda: _of_channel(stack)):
            again = wait_message(read, "Still overdue: Maya Lindqvist (maya)", "Retrying.")
            assert "<@U0OPS>" in str(again.blocks)
        wait(lambda: records.kinds(stack, request_id).count("grant.revoke_failed") >= 3)
        assert records.grant_state(stack, request_id) == "revoking"
    finally:
        target_postgres.start()

    wait(lambda: records.grant_state(stack, request_id) == "ended")
    wait_message(lambda: operators.messages("C0OPS"), "Ended late: ")
    calm = wait_message(lambda: _of_channel(stack), "Ended late: Maya Lindqvist (maya)")
    assert calm.ts == near.ts
    assert "<@U0OPS>" not in str(calm.blocks)
    assert _logins(target_postgres) == []


def test_hostile_jobs_do_nothing_and_the_story_goes_on(
    stack: Stack, shared_valkey: Valkey, tmp_path: Path
) -> None:
    request_id = talk.ask(stack, LONG)
    talk.waiting(stack, request_id)
    proof = tmp_path / "proof"
    client = redis.Redis.from_url(shared_valkey.url(0))
    _put_hostile(client, proof)

    journey.approve(stack)

    wait(lambda: records.grant_state(stack, request_id) == "active")
    grant_id = records.grant_id(stack, request_id)
    client.hset(
        "rq:job:revoke-7-00000010",
        mapping={"data": _packed("workers.jobs.revoke.run", grant_id), "origin": "targets"},
    )
    client.rpush("rq:queue:targets", "revoke-7-00000010")
    wait(lambda: not client.exists("rq:job:revoke-7-00000010"))  # gone once it was executed
    client.close()
    assert not proof.exists()
    assert records.grant_state(stack, request_id) == "active"
    assert stack.logs().count("job refused") >= 4
    assert "grant.revoke_started" not in records.kinds(stack, request_id)


def test_a_worker_killed_in_the_middle_leaves_one_grant_and_one_login(
    stack: Stack, target_postgres: PostgresServer, shared_target: TargetDatabase
) -> None:
    request_id = talk.ask(stack, LONG)
    talk.waiting(stack, request_id)
    with cluster_locked(stack, shared_target):
        journey.approve(stack)
        wait(lambda: "grant.provision_started" in records.kinds(stack, request_id))
        stack.kill("workers")
    stack.start_workers()

    wait(lambda: records.grant_state(stack, request_id) == "active")

    assert records.kinds(stack, request_id).count("grant.activated") == 1
    assert len(_logins(target_postgres)) == 1
    login = journey.show_credentials(stack, talk.holders_message(stack))
    with journey.connect(stack, login, shared_target.name) as connection:
        assert connection.execute("select count(*) from shop.orders").fetchone() == (3,)


@pytest.mark.parametrize("fault", ["429", "500", "lost_answer"])
def test_slack_in_trouble_at_the_modal_shows_the_password_a_moment_later(
    stack: Stack, shared_target: TargetDatabase, fault: str
) -> None:
    talk.activate(stack)
    stack.sandbox.fault("views.update", fault, retry_after=1)

    login = journey.show_credentials(stack, talk.holders_message(stack))

    journey.connect(stack, login, shared_target.name).close()


def test_slack_that_takes_no_password_for_long_gets_none_that_works(stack: Stack) -> None:
    request_id = talk.activate(stack)
    stack.sandbox.fault("views.update", "429", retry_after=60)
    maya = stack.person("U0MAYA")

    talk.press(stack, talk.holders_message(stack), SHOW_CREDENTIALS)

    view = maya.wait_view(lambda view: "Slack did not confirm the new password" in plain(view))
    assert "Close this and make a new one." in plain(view)
    assert "credentials.set" not in records.kinds(stack, request_id)


def test_a_worker_killed_while_it_makes_a_password_leaves_no_modal_waiting(
    stack: Stack, target_postgres: PostgresServer, shared_target: TargetDatabase
) -> None:
    request_id = talk.activate(stack)
    maya = stack.person("U0MAYA")
    with cluster_locked(stack, shared_target):
        talk.press(stack, talk.holders_message(stack), SHOW_CREDENTIALS)
        wait(lambda: "credentials.started" in records.kinds(stack, request_id))
        stack.kill("workers")
    assert "Making a password" in plain(maya.wait_view(lambda _: True))
    _a_minute_passes(stack)
    stack.start_workers()

    view = maya.wait_view(lambda view: "This was not finished in time" in plain(view))

    assert "Close this and make a new one." in plain(view)
    maya.close(view)
    login = journey.show_credentials(stack, talk.holders_message(stack))
    journey.connect(stack, login, shared_target.name).close()


def test_slack_that_asks_for_a_minute_is_left_alone_for_it(stack: Stack) -> None:
    stack.stop("workers")
    stack.start_workers("interactive")
    talk.activate(stack)
    stack.sandbox.fault("views.update", "429", times=2, retry_after=60)
    talk.press(stack, talk.holders_message(stack), SHOW_CREDENTIALS)

    def tried() -> int:
        return len(stack.sandbox.traffic(kind="api_call", method="views.update"))

    wait(lambda: tried() == 2)
    _a_minute_passes(stack)

    rounds_pass(stack)

    assert tried() == 2


def _a_minute_passes(stack: Stack) -> None:
    """For the worker that took up the view."""
    with psycopg.connect(stack.control.superuser_url) as connection:
        connection.execute("alter table credential_views disable trigger guard")
        connection.execute("update credential_views set started_at = started_at - interval '1 min'")
        connection.execute("alter table credential_views enable always trigger guard")


class _Touch:
    """A pickle that would make the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.path}",)


def _put_hostile(client: "redis.Redis[bytes]", proof: Path) -> None:
    """Jobs of an attacker who can write to Redis: another function, a callback, a pickle, an id."""
    command = f"touch {proof}"
    hostile: dict[str, dict[str, bytes | str]] = {
        "revoke-1-0000000a": {"data": _packed("os.system", command)},
        "revoke-2-0000000b": {"data": pickle.dumps(_Touch(proof))},
        "revoke-3-0000000c": {"data": zlib.compress(pickle.dumps(_Touch(proof)))},
        "revoke-4-0000000d": {"data": _packed("workers.jobs.revoke.run", command)},
        "revoke-5-0000000e": {
            "data": _packed("workers.jobs.revoke.run", 999_999),
            "success_callback_name": "os.system",
            "failure_callback_name": "os.system",
        },
        "provision-6-0000000f": {"data": _packed("workers.jobs.provision.run", 1001)},
    }
    for job_id, content in hostile.items():
        fields: dict[str, bytes | str] = {"origin": "targets", "status": "queued", **content}
        client.hset(f"rq:job:{job_id}", mapping=fields)  # type: ignore[arg-type]
        client.rpush("rq:queue:targets", job_id)


def _packed(name: str, *arguments: object) -> bytes:
    """As RQ packs a job."""
    return zlib.compress(json.dumps([name, None, list(arguments), {}]).encode())


def _logins(server: PostgresServer) -> list[str]:
    with psycopg.connect(server.url()) as dba:
        found = dba.execute("select rolname from pg_roles where rolname like 'jit\\_%' order by 1").fetchall()
    return [str(name) for (name,) in found]
