"""Uploads as Slack has them: announced with a length, sent once, shared where the app may post."""

import json
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from sandbox.waiting import PATIENCE
from tests.sandbox.running import SCOPES, Running, manifest, running

WITH_FILES = [*SCOPES, "files:write"]


@pytest.fixture(scope="module")
def filing() -> Iterator[Running]:
    with running(manifest(scopes=WITH_FILES)) as found:
        yield found


def send(url: str, content: bytes) -> int:
    request = Request(url, content, method="POST")  # noqa: S310 the sandbox's own address
    try:
        with urlopen(request, timeout=PATIENCE) as response:  # noqa: S310 as above
            status: int = response.status
    except HTTPError as error:
        with error:
            return error.code
    return status


def announced(slack: Running, length: int = 3) -> tuple[str, str]:
    answer = slack.client().files_getUploadURLExternal(filename="a.txt", length=length)
    return str(answer["upload_url"]), str(answer["file_id"])


def test_slack_sdk_uploads_and_shares_in_three_steps(filing: Running) -> None:
    client = filing.client()
    place = client.conversations_open(users="U0ANN")["channel"]["id"]
    client.files_upload_v2(channel=place, filename="a.txt", content="abc", title="A", initial_comment="Here")
    message = filing.sandbox.person("U0ANN").direct_messages()[-1]
    (file,) = message.files
    assert (message.text, file["title"], file["size"]) == ("Here", "A", 3)
    assert filing.sandbox.content_of(file["id"]) == b"abc"


def test_content_is_as_long_as_announced_and_sent_once(filing: Running) -> None:
    url, file_id = announced(filing)
    assert send(url, b"abcd") == 400
    refused = filing.error("files.completeUploadExternal", files=[{"id": file_id}], channel_id="C0OPEN")
    assert refused["error"] == "file_not_found"
    assert send(url, b"abc") == 200
    assert send(url, b"abc") == 400
    assert send(url + "0", b"abc") == 400


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "invalid_arguments"),
        ({"filename": "a.txt"}, "invalid_arguments"),
        ({"filename": "a.txt", "length": 0}, "invalid_arguments"),
        ({"filename": "a.txt", "length": "many"}, "invalid_arguments"),
        ({"filename": "a.txt", "length": 10**10}, "file_upload_size_restricted"),
    ],
    ids=str,
)
def test_announcement_needs_a_name_and_a_fit_length(
    filing: Running, given: dict[str, object], code: str
) -> None:
    assert filing.error("files.getUploadURLExternal", **given)["error"] == code


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("C0NOWHERE", "channel_not_found"),
        ("C0SECRET", "channel_not_found"),
        ("U0ANN", "channel_not_found"),
        ("C0ALONE", "not_in_channel"),
        ("C0OLD", "is_archived"),
    ],
)
def test_file_is_shared_where_the_app_may_post(filing: Running, channel: str, code: str) -> None:
    url, file_id = announced(filing)
    send(url, b"abc")
    refused = filing.error("files.completeUploadExternal", files=[{"id": file_id}], channel_id=channel)
    assert refused["error"] == code


@pytest.mark.parametrize("files", [None, [], "x", [{}], [{"id": 7}], json.dumps("x")], ids=str)
def test_sharing_names_files(filing: Running, files: object) -> None:
    assert filing.error("files.completeUploadExternal", files=files)["error"] == "invalid_arguments"


def test_uploads_need_their_scope(alone: Running) -> None:
    for method in ("files.getUploadURLExternal", "files.completeUploadExternal"):
        refused = alone.error(method, filename="a.txt", length=3)
        assert (refused["error"], refused["needed"]) == ("missing_scope", "files:write")


def test_scopes_change_when_the_app_is_installed_again() -> None:
    with running(manifest()) as slack:
        slack.sandbox.set_scopes(WITH_FILES)
        assert announced(slack)[1].startswith("F")
