"""Messages over real HTTP: what is sent, and what a failure tells and does not tell."""

import logging
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from dbaccess.domain.errors import SlackFailure
from dbaccess.expiring_keys import Until
from dbaccess.ports import Messenger, Posted
from dbaccess.slack.client import build_client
from dbaccess.slack.messenger import SlackMessenger
from dbaccess.slack.pacer import Pacer
from tests.unit.slack.slack_server import Answer, SlackServer, slack_server

TOKEN = "xoxb-secret-token"
BODY = "a body that no other person may read"
PAYLOAD = {"text": BODY, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": BODY}}]}
POSTED = Posted(channel="C1", ts="1.2")


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with slack_server() as server:
        server.answer("conversations.info", {"channel": {"id": "C1", "is_ext_shared": False}})
        yield server


def messenger(slack: SlackServer) -> Messenger:
    return SlackMessenger(build_client(SecretStr(TOKEN), slack.url))


def failure_of(slack: SlackServer) -> SlackFailure:
    with pytest.raises(SlackFailure) as failed:
        messenger(slack).post("C1", PAYLOAD, thread_ts=None, key="k")
    return failed.value


def test_post_sends_the_message_once_with_its_key_and_no_unfurling(slack: SlackServer) -> None:
    slack.answer("chat.postMessage", {"channel": "D9", "ts": "1.5"})
    posted = messenger(slack).post("U0MAYA", PAYLOAD, thread_ts=None, key="R-1042/request")
    assert posted == Posted(channel="D9", ts="1.5")
    (sent,) = slack.calls("chat.postMessage")
    assert (sent["channel"], sent["text"], sent["blocks"]) == ("U0MAYA", BODY, PAYLOAD["blocks"])
    assert sent["metadata"] == {"event_type": "dbaccess_message", "event_payload": {"key": "R-1042/request"}}
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)
    assert not sent.get("link_names")
    assert "thread_ts" not in sent


def test_thread_line_goes_into_its_thread(slack: SlackServer) -> None:
    slack.answer("chat.postMessage", {"channel": "C1", "ts": "1.5"})
    messenger(slack).post("C1", PAYLOAD, thread_ts="1.2", key="k")
    assert slack.calls("chat.postMessage")[0]["thread_ts"] == "1.2"


@pytest.mark.parametrize("shared", ["is_ext_shared", "is_pending_ext_shared"])
def test_nothing_is_posted_where_another_workspace_reads(shared: str) -> None:
    with slack_server() as slack:
        slack.answer("conversations.info", {"channel": {"id": "C1", shared: True}})
        assert failure_of(slack).code == "shared_channel"
        assert slack.calls("chat.postMessage") == []


def test_update_edits_where_slack_put_it(slack: SlackServer) -> None:
    slack.answer("chat.update", {"channel": "C1", "ts": "1.2"})
    messenger(slack).update(POSTED, PAYLOAD)
    (sent,) = slack.calls("chat.update")
    assert (sent["channel"], sent["ts"], sent["text"]) == ("C1", "1.2", BODY)


def test_update_view_replaces_the_modal(slack: SlackServer) -> None:
    slack.answer("views.update", {"view": {}})
    messenger(slack).update_view("V1", {"type": "modal", "blocks": []})
    (sent,) = slack.calls("views.update")
    assert sent["view_id"] == "V1"
    assert BODY not in str(sent)


BUSY = Answer({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
FOR_LONG = Answer({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "60"})
TROUBLE = Answer("<html>bad gateway</html>", status=502)
SILENT = Answer({}, hang_up=True)
CLOSED = Answer({"ok": False, "error": "not_found"})


@pytest.mark.parametrize("first", [BUSY, TROUBLE, SILENT])
def test_view_is_tried_once_more_where_slack_is_in_trouble_for_a_moment(
    slack: SlackServer, first: Answer
) -> None:
    slack.answer("views.update", first, {"view": {}})
    messenger(slack).update_view("V1", {"type": "modal", "blocks": []})
    sent, again = slack.calls("views.update")
    assert sent == again


@pytest.mark.parametrize("answer", [CLOSED, FOR_LONG])
def test_view_that_is_gone_or_has_to_wait_for_long_is_tried_once(slack: SlackServer, answer: Answer) -> None:
    slack.answer("views.update", answer)
    with pytest.raises(SlackFailure):
        messenger(slack).update_view("V1", {"type": "modal", "blocks": []})
    assert len(slack.calls("views.update")) == 1


@pytest.mark.parametrize(
    ("first", "second", "unsure"),
    [(SILENT, BUSY, True), (BUSY, TROUBLE, True), (BUSY, BUSY, False), (BUSY, CLOSED, False)],
)
def test_failure_says_whether_slack_may_have_it(
    slack: SlackServer, first: Answer, second: Answer, *, unsure: bool
) -> None:
    slack.answer("views.update", first, second)
    with pytest.raises(SlackFailure) as failed:
        messenger(slack).update_view("V1", {"type": "modal", "blocks": []})
    assert failed.value.is_unsure is unsure


def test_rate_limit_tells_when_to_come_back_and_is_not_retried(slack: SlackServer) -> None:
    limited = Answer({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "7"})
    slack.answer("chat.postMessage", limited)
    failure = failure_of(slack)
    assert (failure.code, failure.retry_after) == ("ratelimited", 7.0)
    assert len(slack.calls("chat.postMessage")) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer({"ok": False, "error": "channel_not_found"}), "channel_not_found"),
        (Answer({"ok": False, "error": f"Echo: {BODY}"}), "http_200"),
        (Answer("<html>bad gateway</html>", status=502), "http_502"),
        (Answer({"ok": True}), "bad_answer"),
        (Answer({}, hang_up=True), "no_answer"),
    ],
)
def test_each_failure_has_its_code_and_is_asked_once(slack: SlackServer, answer: Answer, code: str) -> None:
    slack.answer("chat.postMessage", answer)
    assert failure_of(slack).code == code
    assert len(slack.calls("chat.postMessage")) == 1


def test_slack_that_is_not_there_is_no_answer() -> None:
    with slack_server() as gone:
        pass
    assert failure_of(gone).code == "no_answer"


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"ok": False, "error": "invalid_blocks"}),
        Answer({"ok": False, "error": f"Echo: {BODY}"}),
        Answer({"ok": False, "error": "ratelimited"}, status=429),
        Answer("not json", status=500),
        Answer({}, hang_up=True),
    ],
)
def test_neither_token_nor_body_is_in_a_failure_or_a_log(
    slack: SlackServer, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    slack.answer("chat.postMessage", answer)
    with caplog.at_level(logging.DEBUG):
        failure = failure_of(slack)
    assert failure.__cause__ is None
    assert failure.__context__ is None
    told = "".join(traceback.format_exception(failure)) + repr(failure) + str(vars(failure)) + caplog.text
    assert TOKEN not in told
    assert BODY not in told


def test_refusal_of_slack_is_logged_with_its_code_and_without_the_message() -> None:
    with slack_server() as slack, capture_logs() as logged:
        slack.answer(
            "conversations.info",
            {"channel": {"id": "C1", "is_ext_shared": True}},
            {"channel": {"id": "C1", "is_ext_shared": False}},
        )
        slack.answer("chat.update", Answer({"ok": False, "error": "message_not_found"}))
        with pytest.raises(SlackFailure):
            messenger(slack).post("C1", PAYLOAD, thread_ts=None, key="1042:request")
        with pytest.raises(SlackFailure):
            messenger(slack).update(POSTED, PAYLOAD)
        slack.answer("views.update", CLOSED)
        with pytest.raises(SlackFailure):
            messenger(slack).update_view("V1", PAYLOAD)
    posted = {
        "event": "message not posted",
        "channel": "C1",
        "message": "1042:request",
        "code": "shared_channel",
    }
    updated = {"event": "message not updated", "channel": "C1", "ts": "1.2", "code": "message_not_found"}
    view = {"event": "view not updated", "view": "V1", "code": "not_found"}
    assert logged == [one | {"log_level": "warning"} for one in (posted, updated, view)]


SHARED: dict[str, Any] = {"channel": {"id": "C1", "is_ext_shared": True}}
PENDING: dict[str, Any] = {"channel": {"id": "C1", "is_pending_ext_shared": True}}


@pytest.mark.parametrize("shared", [SHARED, PENDING])
@pytest.mark.parametrize("paced", [False, True])
def test_channel_that_was_shared_a_moment_ago_gets_no_post_line_or_edit(
    slack: SlackServer, shared: dict[str, Any], *, paced: bool
) -> None:
    slack.answer("chat.postMessage", {"channel": "C1", "ts": "1.5"})
    slack.answer("conversations.info", shared)
    one = SlackMessenger(build_client(SecretStr(TOKEN), slack.url), Pacer() if paced else None)
    one.post("C1", PAYLOAD, thread_ts=None, key="k")
    for sent in (
        lambda: one.post("C1", PAYLOAD, thread_ts=None, key="k"),
        lambda: one.post("C1", PAYLOAD, thread_ts="1.5", key="k"),
        lambda: one.update(POSTED, PAYLOAD),
    ):
        with pytest.raises(SlackFailure) as failed:
            sent()
        assert failed.value.code == "shared_channel"
    assert len(slack.calls("chat.postMessage")) == 1
    assert slack.calls("chat.update") == []


def test_answer_of_the_last_minute_is_used_while_slack_allows_no_question(slack: SlackServer) -> None:
    slack.answer("chat.update", {"channel": "C1", "ts": "1.2"})
    slack.answer("conversations.info", SHARED)
    now = [0.0]
    pacer = Pacer(lambda: now[0])
    one = SlackMessenger(build_client(SecretStr(TOKEN), slack.url), pacer)
    one._not_shared = Until(lambda: now[0])
    one.update(POSTED, PAYLOAD)
    pacer.refused("conversations.info", "C1", seconds=90)
    now[0] = 59.0
    one.update(POSTED, PAYLOAD)
    now[0] = 61.0
    with pytest.raises(SlackFailure) as failed:
        one.update(POSTED, PAYLOAD)
    assert failed.value.is_paced
    now[0] = 91.0
    with pytest.raises(SlackFailure, match="shared"):
        one.update(POSTED, PAYLOAD)
    assert len(slack.calls("conversations.info")) == 2
    assert len(slack.calls("chat.update")) == 2


def test_call_that_is_paced_is_not_made_and_not_logged(slack: SlackServer) -> None:
    slack.answer("chat.postMessage", {"channel": "D9", "ts": "1.5"})
    one = SlackMessenger(build_client(SecretStr(TOKEN), slack.url), Pacer())
    with capture_logs() as logged:
        for _ in range(2):
            one.post("U0MAYA", PAYLOAD, thread_ts=None, key="k")
        with pytest.raises(SlackFailure) as paced:
            one.post("U0MAYA", PAYLOAD, thread_ts=None, key="k")
    assert (paced.value.is_paced, logged) == (True, [])
    assert len(slack.calls("chat.postMessage")) == 2
    one.post("U0MAYA", PAYLOAD, thread_ts=None, key="k", urgent=True)
    one.post("U0PRIYA", PAYLOAD, thread_ts=None, key="k")
