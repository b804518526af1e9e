"""Parts and supervisors start whatever Slack and the policy file are like: what is due ends."""

import signal
import sys
import time

import pytest

from tests.acceptance import records, talk
from tests.acceptance.processes import POLICED, kill_parts, rounds_pass
from tests.acceptance.stack import Stack, wait, wait_message

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; CI is Linux"),
]

WHOEVER_ENDS = ("reconciler", "targets")


def _expires(stack: Stack, request_id: int) -> None:
    """The grant's time is over, and it ends, while Slack or the file is as the test left it."""
    records.time_is_over(stack, request_id)
    wait(lambda: records.grant_state(stack, request_id) == "ended")
    query = "select ended_at >= expires_at, end_cause from grants where request_id = %s"
    assert records.rows(stack, query, request_id) == [(True, "expired")]


def _in_force(stack: Stack, since: float) -> set[tuple[str, bool]]:
    """The reports of parts that began after this moment: the hash, and whether they refuse the file."""
    query = """select process, hash, refused is not null from policy_in_force
                where process <> 'bot' and loaded_at >= to_timestamp(%s)"""
    return {(name, refused) for _, name, refused in records.rows(stack, query, since)}


def _hash(stack: Stack) -> str:
    """The one hash that every part goes by."""

    def look() -> str | None:
        found = records.rows(stack, "select hash from policy_in_force where process <> 'bot'")
        return str(found[0][0]) if len(found) == POLICED and len(set(found)) == 1 else None

    return wait(look)


def test_parts_that_die_while_slack_is_silent_come_back_and_end_what_is_due(stack: Stack) -> None:
    request_id = talk.activate(stack)
    stack.sandbox.silence()

    kill_parts(stack, *WHOEVER_ENDS)

    _expires(stack, request_id)
    assert stack.logs().count("part died") == len(WHOEVER_ENDS), "once each: they did not die of Slack"
    stack.sandbox.silence(on=False)
    wait_message(lambda: stack.person("U0MAYA").direct_messages(), "Ended: ")


def test_workers_that_start_while_slack_is_silent_end_what_is_due(stack: Stack) -> None:
    request_id = talk.activate(stack)
    stack.kill("workers")
    stack.sandbox.silence()

    stack.start_workers()

    _expires(stack, request_id)
    assert "part died" not in stack.logs()
    stack.sandbox.silence(on=False)
    talk.activate(stack)


def test_workers_whose_token_slack_refuses_end_what_is_due(stack: Stack) -> None:
    request_id = talk.activate(stack)
    stack.kill("workers")
    stack.of_workers["SLACK_BOT_TOKEN"] = "xoxb-of-nobody"

    stack.start_workers()

    _expires(stack, request_id)
    assert "SLACK_BOT_TOKEN: Slack refuses the token (invalid_auth)" in stack.logs()


def test_workers_that_start_for_the_first_time_wait_for_slack(stack: Stack) -> None:
    stack.stop("workers")
    records.rows(stack, "delete from team returning 1")
    stack.sandbox.silence()
    stack.start_workers()
    wait(lambda: "workspace unknown" in stack.logs())
    stack.sandbox.silence(on=False)

    talk.activate(stack)

    assert "part died" not in stack.logs()


def test_parts_that_die_while_a_broken_file_lies_there_come_back_under_the_old_one(stack: Stack) -> None:
    request_id = talk.activate(stack)
    active_policy = _hash(stack)
    _break(stack)
    stack.processes["workers"].send_signal(signal.SIGHUP)
    wait(lambda: stack.logs().count("policy refused") > POLICED)
    began = time.time()

    kill_parts(stack, *WHOEVER_ENDS)

    _expires(stack, request_id)
    assert stack.logs().count("part died") == len(WHOEVER_ENDS)
    wait(lambda: _in_force(stack, began) == {(active_policy, True)})


def test_file_without_a_signal_is_ignored_also_by_parts_that_start(stack: Stack) -> None:
    talk.until_ready(stack)
    active_policy, began = _hash(stack), time.time()
    stack.config.write_text(stack.config.read_text().replace('max = "4h"', 'max = "2m"'))

    kill_parts(stack, *WHOEVER_ENDS)

    wait(lambda: _in_force(stack, began))
    assert _in_force(stack, began) == {(active_policy, False)}


def test_workers_that_start_over_a_broken_file_end_what_is_due_and_give_nothing_until_it_is_mended(
    stack: Stack,
) -> None:
    request_id = talk.activate(stack)
    later = talk.ask(stack, f"orders-prod read 10m {talk.REASON}", who="U0TOM")
    talk.waiting(stack, later)
    stack.kill("workers")
    good = stack.config.read_text()
    _break(stack)

    stack.start_workers()

    _expires(stack, request_id)
    wait_message(lambda: stack.person("U0OPS").messages("C0OPS"), "Configuration refused", "Nearest: main.")
    message = talk.waiting(stack, later)
    assert stack.person("U0PRIYA").click(message, action_id="request.approve", confirmed=True).sent
    wait(lambda: records.grant_state(stack, later) == "provisioning")
    rounds_pass(stack)
    assert "grant.provision_started" not in records.kinds(stack, later)

    stack.config.write_text(good)
    stack.processes["workers"].send_signal(signal.SIGHUP)

    wait(lambda: records.grant_state(stack, later) == "active")
    assert "part died" not in stack.logs()


def _break(stack: Stack) -> None:
    stack.config.write_text(stack.config.read_text().replace('cluster = "main"', 'cluster = "mian"'))
