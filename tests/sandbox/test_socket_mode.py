"""Socket Mode on the wire: one envelope for one socket, ten sockets, one socket for one ticket."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from slack_sdk import WebClient
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from sandbox.client import Person, wait_for
from sandbox.waiting import PATIENCE
from tests.sandbox.running import APP_TOKEN, Running, manifest, running


@pytest.fixture
def slack() -> Iterator[Running]:
    with running() as found:
        yield found


def url_of(slack: Running) -> str:
    web = WebClient(token=APP_TOKEN, base_url=slack.sandbox.api_url, retry_handlers=[])
    return str(web.apps_connections_open(app_token=APP_TOKEN)["url"])


def received(socket: ClientConnection, timeout: float = PATIENCE) -> dict[str, Any]:
    frame = json.loads(socket.recv(timeout))
    assert isinstance(frame, dict)
    return frame


def greeted(slack: Running, sockets: ExitStack) -> ClientConnection:
    socket = sockets.enter_context(connect(url_of(slack), proxy=None))
    assert received(socket)["type"] == "hello"
    return socket


@contextmanager
def typing(person: Person, answers: list[Any]) -> Iterator[None]:
    """A person types a command while the block runs."""
    thread = threading.Thread(target=lambda: answers.append(person.command("/greet", "hi")))
    thread.start()
    try:
        yield
    finally:
        thread.join(PATIENCE)


def test_hello_names_the_app_and_counts_the_connections(slack: Running) -> None:
    with ExitStack() as sockets:
        greeted(slack, sockets)
        second = sockets.enter_context(connect(url_of(slack), proxy=None))
        hello = received(second)
    assert hello["num_connections"] == 2
    assert hello["connection_info"] == {"app_id": "A0APP"}


def test_an_address_opens_one_socket_only(slack: Running) -> None:
    url = url_of(slack)
    with connect(url, proxy=None) as first:
        assert received(first)["type"] == "hello"
        with pytest.raises(InvalidStatus) as refused:
            connect(url, proxy=None)
    assert refused.value.response.status_code == 403


def test_an_envelope_reaches_exactly_one_socket_in_turn(slack: Running) -> None:
    ann, answers = slack.sandbox.person("U0ANN"), list[Any]()
    with ExitStack() as sockets:
        both = [greeted(slack, sockets), greeted(slack, sockets)]
        for socket, other in (both, both[::-1]):
            with typing(ann, answers):
                envelope = received(socket)
                assert envelope["accepts_response_payload"] is True
                socket.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": "yes"}}))
            with pytest.raises(TimeoutError):
                other.recv(0.1)
    assert [(a.text, a.error) for a in answers] == [("yes", None)] * 2


def test_the_eleventh_socket_is_turned_away(slack: Running) -> None:
    with ExitStack() as sockets:
        for _ in range(10):
            greeted(slack, sockets)
        eleventh = sockets.enter_context(connect(url_of(slack), proxy=None))
        assert received(eleventh) == {"type": "disconnect", "reason": "too_many_websockets"}
        assert slack.sandbox.sockets() == 10


def test_an_acknowledgement_of_another_envelope_is_none(slack: Running) -> None:
    answers = list[Any]()
    with ExitStack() as sockets, slack.impatient():
        socket = greeted(slack, sockets)
        with typing(slack.sandbox.person("U0ANN"), answers):
            received(socket)
            socket.send(json.dumps({"envelope_id": "another"}))
            socket.send("no json")
    assert answers[0].error == "operation_timeout"


def test_without_a_connection_the_person_is_told_at_once(slack: Running) -> None:
    assert slack.sandbox.person("U0ANN").command("/greet", "hi").error == "dispatch_failed"


def test_a_disconnect_asks_to_come_back_and_then_closes(slack: Running) -> None:
    with ExitStack() as sockets:
        socket = greeted(slack, sockets)
        assert slack.sandbox.disconnect_sockets() == 1
        assert received(socket) == {"type": "disconnect", "reason": "refresh_requested"}
        with pytest.raises(ConnectionClosed):
            socket.recv(PATIENCE)
    assert slack.sandbox.sockets() == 0


def test_an_event_that_was_not_acknowledged_comes_again_and_says_so(slack: Running) -> None:
    with ExitStack() as sockets, slack.impatient():
        socket = greeted(slack, sockets)
        slack.sandbox.set_group("S0TEAM", ["U0BOB"])
        first = received(socket)
        second = received(socket)
    assert "retry_attempt" not in first
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert first["payload"] == second["payload"]
    assert first["envelope_id"] != second["envelope_id"]


def test_events_without_a_subscription_are_not_sent() -> None:
    with running(manifest(events=["user_change"])) as slack, ExitStack() as sockets:
        socket = greeted(slack, sockets)
        slack.sandbox.set_group("S0TEAM", ["U0BOB"])
        slack.sandbox.set_user("U0BOB", tz="Asia/Tokyo")
        assert received(socket)["payload"]["event"]["type"] == "user_change"
        assert wait_for(lambda: slack.sandbox.traffic(kind="envelope"))[1:] == []
