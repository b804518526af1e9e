"""An auditor orders a report in Slack: made and sent once, to an auditor alone, recorded before it leaves."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dbaccess.audit.report.make_report import LimitedReports
from dbaccess.domain.errors import AlreadyOpen, NotYours, UnknownName
from dbaccess.domain.people import SlackId
from dbaccess.domain.report_order import NotSentWhy, OrderState, ReportForm, ReportOrder, ReportOrderId
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.queries.report.order import order_report
from dbaccess.operations.queries.report.send import (
    GIVEN_UP_AFTER,
    TAKEN_FOR,
    ReportEdges,
    requeue_reports,
    send_report,
)
from dbaccess.slack.files import SlackFiles
from tests.operations.fake_house import FakeHouse
from tests.operations.house import MAYA, TOM, new_key
from tests.operations.test_show_statements import auditors

WITH_FILES = "files:write"


@pytest.fixture
def audited(fake_house: FakeHouse) -> FakeHouse:
    """Tom audits, the app may send files, and one grant is there to report."""
    auditors(fake_house, TOM)
    slack = fake_house.fake_slack
    slack.set_scopes({*slack.store.manifest.bot_scopes, WITH_FILES})
    fake_house.active(MAYA)
    return fake_house


def order(house: FakeHouse, who: SlackId = TOM, **asked: Any) -> ReportOrder:
    now = datetime.now(UTC)
    given = {"since": now - timedelta(days=1), "until": now + timedelta(days=1), "target": None}
    return order_report(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        idempotency_key=new_key(),
        **{**given, "form": ReportForm.JSON, **asked},
    )


def edges(house: FakeHouse, **limits: Any) -> ReportEdges:
    slack = house.fake_slack
    return ReportEdges(
        snapshot=house.work,
        maker=LimitedReports(**limits),
        files=SlackFiles(slack.client, slack.send),
    )


def send(house: FakeHouse, ordered: ReportOrder, **limits: Any) -> ReportOrder:
    send_report(house.context, edges(house, **limits), ordered.id)
    return kept(house, ordered.id)


def kept(house: FakeHouse, order_id: ReportOrderId) -> ReportOrder:
    with house.work() as uow:
        return uow.report_orders.lock(order_id)


def due_again(house: FakeHouse, ordered: ReportOrder) -> None:
    with house.work() as uow:
        found = uow.report_orders.lock(ordered.id)
        uow.report_orders.save(replace(found, next_attempt_at=uow.now))
        uow.commit()


def messages(house: FakeHouse, who: SlackId = TOM) -> list[Any]:
    return house.fake_slack.person(who).direct_messages()


def files(house: FakeHouse) -> list[Any]:
    return [file for message in messages(house) for file in message.files]


def made(house: FakeHouse) -> list[dict[str, Any]]:
    return house.ledger("report.made")


def test_auditor_gets_the_report_as_a_file_and_the_ledger_has_it(audited: FakeHouse) -> None:
    ordered = order(audited)
    assert audited.outbox()[-1] == ("report", ordered.id)
    done = send(audited, ordered)
    assert (done.state, done.next_attempt_at) == (OrderState.SENT, None)
    (file,) = files(audited)
    report = json.loads(audited.fake_slack.content_of(file["id"]))
    (event,) = made(audited)
    assert event["actor"] == audited.policy.person_id(TOM)
    assert event["data"]["digest"] == report["whole"] == done.digest
    assert event["data"]["filter"]["from"] == ordered.since.isoformat()
    assert (event["data"]["slack_id"], event["data"]["form"]) == (TOM, "json")
    told, shared = messages(audited)
    assert told.edited
    assert report["whole"] in told.text
    assert shared.files == [file]
    assert report["lists"]["grants"]


def test_report_is_recorded_before_a_byte_of_it_leaves(audited: FakeHouse) -> None:
    ordered, slack = order(audited), audited.fake_slack
    seen: list[int] = []

    def look(url: str, content: Any, length: int) -> None:
        seen.append(len(made(audited)))
        slack.send(url, content, length)

    watched = replace(edges(audited), files=SlackFiles(slack.client, look))
    send_report(audited.context, watched, ordered.id)
    assert seen == [1]


@pytest.mark.parametrize("who", [MAYA])
def test_only_an_auditor_orders_a_report(audited: FakeHouse, who: SlackId) -> None:
    with pytest.raises(NotYours, match=r"groups\.auditors"):
        order(audited, who)


def test_target_that_never_was_is_refused_and_one_that_was_is_not(audited: FakeHouse) -> None:
    with pytest.raises(UnknownName):
        order(audited, target="orders-prd")
    audited.policy = replace(audited.policy, targets={})
    assert order(audited, target="orders-prod").target == "orders-prod"


def test_one_report_at_a_time_is_made_for_a_person(audited: FakeHouse) -> None:
    first = order(audited)
    with pytest.raises(AlreadyOpen):
        order(audited)
    send(audited, first)
    order(audited)


def test_job_that_comes_twice_sends_once(audited: FakeHouse) -> None:
    ordered = order(audited)
    send(audited, ordered)
    send(audited, ordered)
    assert len(files(audited)) == len(made(audited)) == 1
    assert len(messages(audited)) == 2


def test_person_who_left_the_auditors_since_gets_nothing(audited: FakeHouse) -> None:
    ordered = order(audited)
    auditors(audited, MAYA)
    done = send(audited, ordered)
    assert (done.state, done.why) == (OrderState.NOT_SENT, NotSentWhy.NO_AUDITOR)
    assert messages(audited) == made(audited) == []


def test_person_who_leaves_the_auditors_while_it_is_made_is_not_shown_it(audited: FakeHouse) -> None:
    ordered, slack = order(audited), audited.fake_slack

    def leave(url: str, content: Any, length: int) -> None:
        slack.send(url, content, length)
        slack.deactivate(TOM)

    watched = replace(edges(audited), files=SlackFiles(slack.client, leave))
    send_report(audited.context, watched, ordered.id)
    done = kept(audited, ordered.id)
    assert (done.state, done.why) == (OrderState.NOT_SENT, NotSentWhy.NO_AUDITOR)
    assert files(audited) == []


def test_without_the_scope_the_message_names_it_and_the_command_line(audited: FakeHouse) -> None:
    slack = audited.fake_slack
    slack.set_scopes(slack.store.manifest.bot_scopes - {WITH_FILES})
    done = send(audited, order(audited, target="orders-prod"))
    assert (done.state, done.why) == (OrderState.NOT_SENT, NotSentWhy.NO_SCOPE)
    (told,) = messages(audited)
    assert WITH_FILES in told.plain()
    assert done.command_line in told.plain()
    assert made(audited) == []


@pytest.mark.parametrize("limits", [{"most_read": 0}, {"most_bytes": 10}, {"most_seconds": -1.0}], ids=str)
def test_report_over_a_limit_is_not_sent(audited: FakeHouse, limits: dict[str, Any]) -> None:
    done = send(audited, order(audited), **limits)
    assert (done.state, done.why) == (OrderState.NOT_SENT, NotSentWhy.TOO_LARGE)
    assert done.command_line in messages(audited)[0].plain()
    assert made(audited) == files(audited) == []


@pytest.mark.parametrize(
    "method",
    [
        "auth.test",
        "chat.postMessage",
        "files.getUploadURLExternal",
        "upload",
        "usergroups.list",
        "files.completeUploadExternal",
        "chat.update",
    ],
)
@pytest.mark.parametrize("kind", ["429", "500", "lost_answer"])
def test_trouble_at_any_step_delays_the_report_and_sends_it_once(
    audited: FakeHouse, method: str, kind: str
) -> None:
    """The answer to the last step was lost: Slack may show the file a second time, and no third time."""
    ordered = order(audited)
    audited.fake_slack.fault(method, kind)
    first = send(audited, ordered)
    assert first.next_attempt_at is not None
    assert ("report", ordered.id) in audited.outbox()[1:]
    due_again(audited, ordered)
    done = send(audited, ordered)
    assert (done.state, done.next_attempt_at) == (OrderState.SENT, None)
    shown_twice = (method, kind) == ("files.completeUploadExternal", "lost_answer")
    assert len(files(audited)) == (2 if shown_twice else 1)
    assert {file["id"] for file in files(audited)} == {done.file_id}


def test_file_that_slack_forgot_is_made_anew(audited: FakeHouse) -> None:
    ordered = order(audited)
    audited.fake_slack.fault("files.completeUploadExternal", "refused", error="file_not_found")
    first = send(audited, ordered)
    assert (first.state, first.file_id) == (OrderState.OPEN, None)
    due_again(audited, ordered)
    assert send(audited, ordered).state is OrderState.SENT
    assert len(files(audited)) == 1
    assert len(made(audited)) == 2


def test_file_that_slack_refuses_for_good_is_told_of(audited: FakeHouse) -> None:
    ordered = order(audited)
    audited.fake_slack.fault("files.getUploadURLExternal", "refused", error="file_uploads_disabled")
    send(audited, ordered)
    due_again(audited, ordered)
    done = send(audited, ordered)
    assert (done.why, done.next_attempt_at) == (NotSentWhy.REFUSED, None)
    (told,) = messages(audited)
    assert done.command_line in told.plain()


def test_report_that_cannot_be_sent_for_an_hour_is_given_up(audited: FakeHouse) -> None:
    ordered = order(audited)
    audited.wait(seconds=GIVEN_UP_AFTER.total_seconds() + 1)
    done = send(audited, ordered)
    assert (done.why, done.next_attempt_at) == (NotSentWhy.GIVEN_UP, None)
    assert files(audited) == []


def test_order_whose_worker_was_killed_is_taken_up_again(audited: FakeHouse) -> None:
    ordered = order(audited)

    def killed(url: str, content: Any, length: int) -> None:
        raise KeyboardInterrupt

    broken = replace(edges(audited), files=SlackFiles(audited.fake_slack.client, killed))
    with pytest.raises(KeyboardInterrupt):
        send_report(audited.context, broken, ordered.id)
    jobs = len(audited.outbox())
    requeue_reports(audited.work)
    assert len(audited.outbox()) == jobs, "its worker may still be at work"
    requeue_reports(lambda: audited.later(TAKEN_FOR + timedelta(seconds=6)))
    assert audited.outbox()[jobs:] == [("report", ordered.id)]


def test_report_that_fails_is_made_again_after_ever_longer_waits_and_given_up(audited: FakeHouse) -> None:
    """A report that always fails would otherwise cost the workers a whole report every three minutes."""
    tried: list[float] = []

    class Failing(LimitedReports):
        def make(self, *_: Any, **__: Any) -> Any:
            tried.append(0)
            raise ZeroDivisionError

    ordered, broken = order(audited), replace(edges(audited), maker=Failing())
    waits = []
    for _ in range(20):
        send_report(audited.context, broken, ordered.id)
        kept_now = kept(audited, ordered.id)
        if kept_now.next_attempt_at is None:
            break
        with audited.work() as uow:
            waits.append(kept_now.next_attempt_at - uow.now)
        audited.wait(seconds=waits[-1].total_seconds() + 1)
        refresh_directory(audited.context)
    assert [round(wait / TAKEN_FOR) for wait in waits] == [1, 2, 4, 8, 8]
    assert len(tried) == len(waits)
    assert (kept_now.state, kept_now.why) == (OrderState.NOT_SENT, NotSentWhy.GIVEN_UP)
    (told,) = messages(audited)
    assert kept_now.command_line in told.plain()


def test_reports_of_each_form_are_files_of_that_form(audited: FakeHouse) -> None:
    begins = {"html": b"<!doctype html>", "csv": b"PK", "json": b'{"head"', "xlsx": b"PK"}
    for form in ReportForm:
        done = send(audited, order(audited, form=form))
        file = files(audited)[-1]
        assert audited.fake_slack.content_of(file["id"]).startswith(begins[form])
        assert file["name"] == done.file_name
        assert file["name"].endswith(f".{form.suffix}")
