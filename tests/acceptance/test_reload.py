"""The policy file is read again while everything runs: SIGHUP to the bot and to the workers."""

import json
import signal
import sys
from typing import Any

import psycopg
import pytest

from sandbox.client import plain
from tests.acceptance import talk
from tests.acceptance.processes import POLICED
from tests.acceptance.stack import Stack, wait, wait_message

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="signals to processes; CI is Linux"),
]
PROCESSES = 1 + POLICED
"""The bot and the parts of the workers that go by a policy."""


def _hang_up(stack: Stack) -> None:
    for name in ("bot", "workers"):
        stack.processes[name].send_signal(signal.SIGHUP)


def _in_force(stack: Stack) -> list[tuple[str, bool]]:
    """The report of each process: the hash, and whether it refused the file."""
    with psycopg.connect(stack.control.superuser_url) as control:
        rows = control.execute("select hash, refused is not null from policy_in_force").fetchall()
    return [(name, refused) for name, refused in rows]


def _all_say(stack: Stack, *, refused: bool, other_than: str = "") -> str:
    """The hash that every process goes by, once all say the same."""

    def look() -> str | None:
        said = _in_force(stack)
        alike = len(said) == PROCESSES and len(set(said)) == 1 and said[0][1] is refused
        return said[0][0] if alike and said[0][0] != other_than else None

    return wait(look)


def test_good_file_is_taken_by_all_and_a_broken_one_by_none(stack: Stack) -> None:
    talk.until_ready(stack)
    first, seen = _all_say(stack, refused=False), _ledger(stack)[-1]["seq"]
    before = {name: process.pid for name, process in stack.processes.items()}
    text = stack.config.read_text()

    stack.config.write_text(text.replace('cluster = "main"', 'cluster = "mian"'))
    _hang_up(stack)
    assert _all_say(stack, refused=True) == first
    wait_message(
        lambda: stack.person("U0OPS").messages("C0OPS"),
        "Configuration refused on",
        'no cluster "mian". Nearest: main.',
        "The previous policy stays in force.",
    )
    assert len(stack.person("U0OPS").messages("C0OPS")) == 1, "once, although each part refused it"
    assert "policy refused" in stack.logs()
    assert "refused its configuration" in stack.cli("doctor").out
    held = talk.activate(stack, f"orders-prod read 10m {talk.REASON}")
    assert held, "the old one still decides"

    stack.config.write_text(text.replace('max = "4h"', 'max = "2m"'))
    _hang_up(stack)
    second = _all_say(stack, refused=False, other_than=first)
    refusal = plain(talk.say(stack, f"orders-prod read 10m {talk.REASON}", who="U0TOM"))
    assert "maximum of 2 min" in refusal, refusal

    assert {name: process.pid for name, process in stack.processes.items()} == before
    assert all(process.poll() is None for process in stack.processes.values())
    assert "part died" not in stack.logs()
    loaded = [e for e in _ledger(stack) if e["kind"] == "policy.loaded" and e["seq"] > seen]
    assert sorted((e["actor"].partition("@")[0], e["data"]["hash"]) for e in loaded) == [
        ("bot", second),
        ("worker", second),
    ]


@pytest.mark.parametrize("silent", [True, False])
def test_good_file_is_taken_by_all_while_slack_does_not_say_who_we_are(
    stack: Stack,
    silent: bool,  # noqa: FBT001 a parameter
) -> None:
    talk.until_ready(stack)
    first = _all_say(stack, refused=False)
    if silent:
        stack.sandbox.silence()
    else:
        stack.sandbox.fault("auth.test", "500", times=100)
    stack.config.write_text(stack.config.read_text().replace('max = "4h"', 'max = "2m"'))

    _hang_up(stack)

    _all_say(stack, refused=False, other_than=first)
    assert "policy not read" not in stack.logs()
    assert "policy refused" not in stack.logs()
    stack.sandbox.silence(on=False)
    stack.sandbox.clear_faults()
    refusal = plain(talk.say(stack, f"orders-prod read 10m {talk.REASON}"))
    assert "maximum of 2 min" in refusal, refusal


def _ledger(stack: Stack) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(stack.cli("ledger", "tail", "-n", "200", "--json").out)
    return found
