"""Decisions through real processes: several slots, none, and a restart at any moment."""

import pytest

from dbaccess.slack.views.request_message import APPROVE, DENY
from sandbox.client import plain
from tests.acceptance import records, talk
from tests.acceptance.stack import CHANNEL, Stack, wait, wait_message

LONG = f"orders-prod read 20m {talk.REASON}"
SHORT = f"orders-prod read 5m {talk.REASON}"


@pytest.fixture(scope="module")
def rules() -> str:
    """Up to five minutes need no approval; more needs a DBA and an operator, who are reminded soon."""
    return """
[[rules]]
id = "glance"
access = ["read"]
requester = ["engineers"]
up_to = "5m"
max = "5m"
approvals = "none"

[[rules]]
id = "prod-read"
access = ["read"]
requester = ["engineers"]
max = "4h"
approvals = [{ group = "dba", count = 1 }, { group = "operators", count = 1 }]
decide_within = "30m"
remind_after = "2s"
escalate_after = "4s"
escalate_to = "U0TOM"

[[rules]]
id = "prod-ddl"
access = ["ddl"]
requester = ["engineers"]
max = "1h"
approvals = [{ group = "dba", count = 1 }]
"""


def _thread(stack: Stack, request_id: int) -> list[str]:
    shown = stack.person("U0PRIYA").messages(CHANNEL)
    roots = {m.ts for m in shown if m.thread_ts is None and f"R-{request_id}" in plain(m)}
    return [plain(m) for m in shown if m.thread_ts in roots]


def test_buttons_and_half_a_quorum_outlive_a_restart_of_everything(line: Stack) -> None:
    request_id = talk.ask(line, LONG)
    talk.waiting(line, request_id)
    wait(lambda: records.is_posted(line, request_id))
    line.kill("bot")
    line.kill("workers")
    line.start_workers()
    line.start_bot()
    talk.until_ready(line)
    old = talk.waiting(line, request_id)
    assert line.person("U0PRIYA").click(old, action_id=APPROVE).sent
    half = wait_message(
        lambda: line.person("U0PRIYA").messages(CHANNEL), f"R-{request_id}", "Done: dba, Priya Nair (U0PRIYA)"
    )
    assert "Open: operators, 1" in plain(half)
    assert records.grant_state(line, request_id) is None
    line.kill("bot")
    line.start_bot()
    talk.until_ready(line)
    assert line.person("U0OPS").click(talk.waiting(line, request_id), action_id=APPROVE).sent
    wait(lambda: records.grant_state(line, request_id) == "active")
    message = talk.holders_message(line)
    assert "Priya Nair (U0PRIYA) and Olga Petrova (U0OPS) approved 20 min" in plain(message)


def test_reminder_and_escalation_are_told_once_each_though_the_workers_restart(line: Stack) -> None:
    request_id = talk.ask(line, LONG)
    wait(lambda: records.is_posted(line, request_id, "thread.waiting"))
    line.kill("workers")
    line.start_workers()
    wait(lambda: any("not decided yet" in said for said in _thread(line, request_id)))
    said = _thread(line, request_id)
    assert len(said) == 2
    assert said[0].startswith("<!subteam^S0DBA> and <@U0OPS> still waiting")
    assert said[1].startswith("<@U0TOM> not decided yet: Maya Lindqvist (maya), read on orders-prod, 20 min")


def test_request_without_approvals_is_active_at_once_without_buttons(line: Stack) -> None:
    request_id = talk.ask(line, SHORT)
    wait(lambda: records.grant_state(line, request_id) == "active")
    shown = wait_message(
        lambda: line.person("U0PRIYA").messages(CHANNEL), f"R-{request_id}", "Approved by rule glance"
    )
    assert not talk.has(shown, DENY)
    assert [kind for kind in records.kinds(line, request_id) if kind.startswith("re")] == [
        "request.submitted",
        "request.auto_approved",
    ]


def test_request_whose_rule_is_edited_becomes_stale_and_loses_its_buttons(line: Stack) -> None:
    request_id = talk.ask(line, LONG)
    talk.waiting(line, request_id)
    before = line.config.read_text()
    line.config.write_text(before.replace('max = "4h"', 'max = "3h"'))
    try:
        # Workers that are killed before they have recorded the post do not know of it.
        wait(lambda: records.is_posted(line, request_id))
        line.kill("workers")
        line.start_workers()
        told = wait_message(
            lambda: line.person("U0MAYA").direct_messages(),
            "Stale: the policy changed",
            f"R-{request_id}",
        )
        assert "has to be requested again" in plain(told)
        shown = wait_message(
            lambda: line.person("U0PRIYA").messages(CHANNEL), f"R-{request_id}", "The policy changed"
        )
        assert not shown.buttons()
        assert records.grant_state(line, request_id) is None
    finally:
        line.config.write_text(before)
        line.kill("workers")
        line.start_workers()
