"""An auditor asks from Slack: answers come in pages, a report as a file, and others are refused.

The owner of a group answers its access review there.
"""

import json
import signal
from collections.abc import Iterator

import pytest

from dbaccess.slack.scopes import OPTIONAL, SCOPES
from dbaccess.slack.views import access_review, access_review_page, review_answer
from dbaccess.slack.views import audit_answer as view
from sandbox.client import Message, plain
from tests.acceptance import records
from tests.acceptance.stack import Stack, wait
from tests.acceptance.talk import activate, answer_to, has, modal, open_by, press, say, until_ready

TOM, MAYA, PRIYA = "U0TOM", "U0MAYA", "U0PRIYA"
GROUP = 'operators = ["U0OPS"]'


@pytest.fixture
def audited(stack: Stack) -> Iterator[Stack]:
    """Tom audits, and the app may send files."""
    stack.sandbox.set_scopes(SCOPES | OPTIONAL)
    text = stack.config.read_text()
    stack.config.write_text(text.replace(GROUP, f'{GROUP}\nauditors = ["{TOM}"]'))
    for name in ("bot", "workers"):
        stack.processes[name].send_signal(signal.SIGHUP)
    until_ready(stack)
    wait(lambda: "Only auditors" not in plain(say(stack, "audit", TOM)))
    yield stack
    stack.sandbox.set_scopes(SCOPES)


def events(stack: Stack, kind: str) -> list[dict[str, object]]:
    found = "select convert_from(body, 'UTF8')::jsonb from ledger where kind = %s order by seq"
    return [body for (body,) in records.rows(stack, found, kind)]


def with_file(stack: Stack) -> Message | None:
    shared = [message for message in stack.person(TOM).direct_messages() if message.files]
    return shared[0] if shared else None


def test_auditor_gets_a_report_as_a_file_and_another_person_a_refusal(audited: Stack) -> None:
    refused = len(events(audited, "attempt.refused"))
    assert "groups.auditors" in plain(say(audited, "audit report 30d", MAYA))
    attempt = wait(lambda: events(audited, "attempt.refused")[refused:])[0]
    assert (attempt["actor"], attempt["data"]["what"]) == ("maya", "audit")  # type: ignore[index]

    made = len(events(audited, "report.made"))
    say(audited, "audit report 30d now json", TOM)
    shared = wait(lambda: with_file(audited))
    report = json.loads(audited.sandbox.content_of(shared.files[0]["id"]))
    (event,) = events(audited, "report.made")[made:]
    assert event["data"]["digest"] == report["whole"]  # type: ignore[index]
    told = wait(lambda: [one for one in audited.person(TOM).direct_messages() if one.edited])[0]
    assert report["whole"] in plain(told)


def rows_of(message: Message) -> list[str]:
    shown = [block["text"]["text"] for block in message.blocks if block["type"] == "section"]
    return [text for text in shown if text.startswith("*G-")]


def test_auditor_asks_who_held_access_and_turns_the_pages_of_what_ran(audited: Stack) -> None:
    grant = records.grant_id(audited, activate(audited))
    question = "audit person maya reviewer U0PRIYA orders-prod role read table shop.orders at now"
    (held,) = rows_of(say(audited, question, TOM))
    assert f"G-{grant}" in held
    records.ran(audited, grant, view.PAGE + 1)
    looks = len(events(audited, "activity.viewed"))
    first = say(audited, f"audit grant G-{grant} text select", TOM)
    assert (len(rows_of(first)), has(first, view.NEWER)) == (view.PAGE, False)
    second = answer_to(audited, first, view.OLDER, TOM)
    assert (len(rows_of(second)), has(second, view.OLDER)) == (1, False)
    again = answer_to(audited, second, view.NEWER, TOM)
    assert rows_of(again) == rows_of(first)
    shown = [event["data"]["statements"] for event in events(audited, "activity.viewed")[looks:]]  # type: ignore[index]
    assert shown == [view.PAGE, 1, view.PAGE]


@pytest.fixture
def owned(stack: Stack) -> Stack:
    """The group engineers is owned by dba."""
    text = stack.config.read_text()
    listed = 'engineers = ["S0ENGINEERS"]'
    assert listed in text
    stack.config.write_text(text.replace(listed, 'engineers = { members = ["S0ENGINEERS"], owner = "dba" }'))
    for name in ("bot", "workers"):
        stack.processes[name].send_signal(signal.SIGHUP)
    until_ready(stack)
    return stack


def asked(stack: Stack, value: str) -> Message | None:
    messages = stack.person(PRIYA).direct_messages()
    return next((one for one in messages if has(one, access_review.REVIEW, value)), None)


def test_owner_of_a_group_answers_its_access_review(owned: Stack) -> None:
    started = owned.cli("audit", "review", "start", "--group", "engineers", "--until", "2099-01-01", "--json")
    review = str(started.json["review"]).removeprefix("AR-")
    message = wait(lambda: asked(owned, review))
    page = open_by(owned, message, access_review.REVIEW, access_review_page.REVIEW_PAGE, PRIYA)
    item = f"{review}/1"
    assert owned.person(PRIYA).click(page, access_review_page.REMOVE, value=item).sent
    form = modal(owned.person(PRIYA), review_answer.ANSWER_FORM)
    assert set(owned.person(PRIYA).submit(form).errors) == {review_answer.REASON}
    owned.person(PRIYA).type(form, review_answer.REASON, "left the team")
    assert owned.person(PRIYA).submit(form).errors == {}
    (answered,) = wait(lambda: events(owned, "access_review.answered"))
    assert (answered["actor"], answered["data"]["slack_id"]) == (PRIYA, PRIYA)  # type: ignore[index]

    def shows_the_answer() -> bool:
        now = modal(owned.person(PRIYA), access_review_page.REVIEW_PAGE)
        return all(one.value != item for one in now.buttons())

    wait(shows_the_answer)
    owned.person(PRIYA).close(modal(owned.person(PRIYA), access_review_page.REVIEW_PAGE))
    owned.cli("audit", "review", "close", f"AR-{review}")
    refused = len(events(owned, "attempt.refused"))
    press(owned, message, access_review.REVIEW, PRIYA)
    attempt = wait(lambda: events(owned, "attempt.refused")[refused:])[0]
    assert attempt["data"]["what"] == access_review.REVIEW  # type: ignore[index]
