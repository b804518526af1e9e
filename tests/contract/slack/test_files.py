"""A file is uploaded first and shown afterwards; without its scope Slack takes none."""

import io
import urllib.error

import pytest

from dbaccess.domain.errors import SlackFailure
from dbaccess.ports import Posted
from dbaccess.slack.scopes import OPTIONAL, SCOPES
from tests.contract.slack.conftest import Slack

PRIYA = "U0PRIYA"
CONTENT = b"<!doctype html>" + bytes(range(256)) * 300


@pytest.fixture(autouse=True)
def with_files(slack: Slack) -> None:
    slack.workspace.set_scopes(SCOPES | OPTIONAL)


def direct(slack: Slack) -> Posted:
    payload = {"text": "Building", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]}
    return slack.messenger.post(PRIYA, payload, thread_ts=None, key="report:1")


def upload(slack: Slack, content: bytes = CONTENT) -> str:
    return slack.files.upload("march.html", io.BytesIO(content), length=len(content))


def refusal(slack: Slack, file_id: str, channel: str) -> str:
    with pytest.raises(SlackFailure) as failed:
        slack.files.share(file_id, channel=channel, title="March", comment="Sent")
    return failed.value.code


def test_uploaded_file_is_seen_once_it_is_shared(slack: Slack) -> None:
    place, file_id = direct(slack), upload(slack)
    assert [m.files for m in slack.workspace.person(PRIYA).direct_messages()] == [[]]
    slack.files.share(file_id, channel=place.channel, title="March", comment="Sent")
    _, shared = slack.workspace.person(PRIYA).direct_messages()
    assert shared.text == "Sent"
    (file,) = shared.files
    named = {"id": file_id, "name": "march.html", "title": "March", "size": len(CONTENT)}
    assert file == named
    assert slack.workspace.content_of(file_id) == CONTENT


def test_file_that_was_not_uploaded_cannot_be_shared(slack: Slack) -> None:
    place = direct(slack)
    assert refusal(slack, "F0UNKNOWN", place.channel) == "file_not_found"
    assert refusal(slack, upload(slack), "D0NOWHERE") == "channel_not_found"


def test_file_is_shared_in_direct_messages_only(slack: Slack) -> None:
    assert refusal(slack, upload(slack), "C0APPROVALS") == "not_direct"
    assert [m.files for m in slack.workspace.person(PRIYA).messages("C0APPROVALS")] == []


def test_token_without_the_scope_sends_no_file(slack: Slack) -> None:
    assert slack.files.has_scope() is True
    slack.workspace.set_scopes(SCOPES)
    assert slack.files.has_scope() is False
    with pytest.raises(SlackFailure) as failed:
        upload(slack)
    assert failed.value.code == "missing_scope"
    assert refusal(slack, "F0UNKNOWN", "D0PRIYA") == "missing_scope"


def test_empty_file_is_refused(slack: Slack) -> None:
    with pytest.raises(SlackFailure) as failed:
        upload(slack, b"")
    assert failed.value.code == "invalid_arguments"


@pytest.mark.parametrize("kind", ["500", "lost_answer"])
def test_upload_that_fails_may_be_tried_again(slack: Slack, kind: str) -> None:
    slack.workspace.fault("upload", kind)
    with pytest.raises(SlackFailure) as failed:
        upload(slack)
    assert failed.value.passes


def test_unshared_file_cannot_be_saved(slack: Slack) -> None:
    file_id = upload(slack)
    with pytest.raises((urllib.error.HTTPError, AssertionError)):
        slack.workspace.content_of(file_id)
