"""Messages are posted, edited and seen; what Slack does not take has its word."""

from typing import Any

import pytest

from dbaccess.domain.errors import SlackFailure
from dbaccess.ports import Posted
from tests.contract.slack.conftest import Slack

CHANNEL, PRIYA = "C0APPROVALS", "U0PRIYA"


def payload(text: str) -> dict[str, Any]:
    return {"text": text, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]}


def post(slack: Slack, channel: str = CHANNEL, text: str = "hello", thread_ts: str | None = None) -> Posted:
    return slack.messenger.post(channel, payload(text), thread_ts=thread_ts, key="R-1/request")


def refusal(slack: Slack, channel: str, text: str = "hello", thread_ts: str | None = None) -> SlackFailure:
    with pytest.raises(SlackFailure) as failed:
        post(slack, channel, text, thread_ts)
    return failed.value


def test_message_is_seen_in_its_channel_with_its_key(slack: Slack) -> None:
    posted = post(slack)
    (seen,) = slack.workspace.person(PRIYA).messages(CHANNEL)
    assert (seen.channel, seen.ts) == (posted.channel, posted.ts)
    assert (seen.text, seen.plain(), seen.edited) == ("hello", "hello", False)
    assert seen.metadata == {"event_type": "dbaccess_message", "event_payload": {"key": "R-1/request"}}


def test_thread_line_is_in_its_thread(slack: Slack) -> None:
    first = post(slack)
    post(slack, text="line", thread_ts=first.ts)
    post(slack, text="other")
    assert [m.text for m in slack.workspace.person(PRIYA).thread(CHANNEL, first.ts)] == ["line"]


def test_message_to_a_person_is_direct(slack: Slack) -> None:
    posted = post(slack, PRIYA)
    (seen,) = slack.workspace.person(PRIYA).direct_messages()
    assert seen.channel == posted.channel
    assert slack.workspace.person("U0SAM").direct_messages() == []


def test_message_that_is_edited_says_so_and_keeps_what_it_said(slack: Slack) -> None:
    posted = post(slack)
    slack.messenger.update(posted, payload("changed"))
    (seen,) = slack.workspace.person(PRIYA).messages(CHANNEL)
    assert (seen.ts, seen.text, seen.edited) == (posted.ts, "changed", True)
    assert [said["text"] for said in seen.history] == ["hello"]


def test_each_message_has_a_time_stamp_of_its_own(slack: Slack) -> None:
    assert len({post(slack).ts for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("channel", "code"),
    [("C0NOWHERE", "channel_not_found"), ("U0DBACCESS", "cannot_dm_bot")],
)
def test_message_without_a_reader_is_refused(slack: Slack, channel: str, code: str) -> None:
    assert refusal(slack, channel).code == code


def test_message_that_slack_does_not_take_is_refused(slack: Slack) -> None:
    assert refusal(slack, CHANNEL, text="x" * 41_000).code == "msg_too_long"
    assert refusal(slack, CHANNEL, thread_ts="1.2").code == "thread_not_found"
    assert slack.workspace.person(PRIYA).messages(CHANNEL) == []


def test_channel_that_is_closed_to_the_app_takes_nothing(slack: Slack) -> None:
    posted = post(slack)
    slack.workspace.archive(CHANNEL)
    assert refusal(slack, CHANNEL).code == "is_archived"
    with pytest.raises(SlackFailure) as failed:
        slack.messenger.update(posted, payload("changed"))
    assert failed.value.code == "is_archived"
    slack.workspace.add_channel(id="C0ALONE", name="alone", members=["U0PRIYA"])
    assert refusal(slack, "C0ALONE").code == "not_in_channel"


def test_nothing_is_posted_where_another_workspace_reads(slack: Slack) -> None:
    slack.workspace.set_channel(CHANNEL, is_ext_shared=True)
    assert refusal(slack, CHANNEL).code == "shared_channel"


def test_message_that_is_not_there_is_not_edited(slack: Slack) -> None:
    with pytest.raises(SlackFailure) as failed:
        slack.messenger.update(Posted(channel=CHANNEL, ts="1.2"), payload("changed"))
    assert failed.value.code == "message_not_found"


def test_modal_that_is_closed_is_not_updated(slack: Slack) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Title"}, **payload("closed")}
    del view["text"]
    with pytest.raises(SlackFailure) as failed:
        slack.messenger.update_view("V1", view)
    assert failed.value.code == "not_found"


@pytest.mark.parametrize(
    ("kind", "code", "retry_after", "posted"),
    [("429", "ratelimited", 7.0, 0), ("500", "http_500", None, 0), ("lost_answer", "no_answer", None, 1)],
)
def test_call_fails_as_planned_and_then_no_more(
    slack: Slack, kind: str, code: str, retry_after: float | None, posted: int
) -> None:
    slack.workspace.fault("chat.postMessage", kind, retry_after=7)
    failure = refusal(slack, CHANNEL)
    assert (failure.code, failure.retry_after) == (code, retry_after)
    assert len(slack.workspace.person(PRIYA).messages(CHANNEL)) == posted
    post(slack)
    slack.workspace.fault("*", kind, times=9)
    slack.workspace.clear_faults()
    post(slack)


def test_calls_are_on_record(slack: Slack) -> None:
    post(slack)
    before = len(slack.workspace.traffic())
    post(slack, text="second")
    (sent,) = slack.workspace.traffic(direction="from_app", method="chat.postMessage", since=before)
    assert (sent.body["channel"], sent.body["text"]) == (CHANNEL, "second")
