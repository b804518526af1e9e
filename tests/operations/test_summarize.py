"""Figures come at once, and are recorded when the logs were read beyond the end."""

from dataclasses import replace
from datetime import datetime, timedelta

from dbaccess.domain.capture import Capture, CaptureSource
from dbaccess.domain.coverage import LogPosition
from dbaccess.domain.events import EventKind
from dbaccess.domain.grant import Grant
from dbaccess.operations.activity.report import activity_report
from dbaccess.operations.activity.summarize import COUNT_AGAIN, LATE, summarize_grants
from dbaccess.operations.grants.end_early import surrender
from dbaccess.operations.grants.revoke import drain
from sandbox.client import plain
from tests.operations.channel_messages import CHANNEL, roots
from tests.operations.house import MAYA, PRIYA, House, new_key
from tests.operations.test_look import add_statements


def captured(house: House) -> None:
    capture = Capture(source=CaptureSource.JSONLOG, over="sql")
    clusters = {name: replace(one, capture=capture) for name, one in house.policy.clusters.items()}
    house.policy = replace(house.policy, clusters=clusters)
    house.context = replace(house.context, policy=house.policy)


def ended(house: House) -> Grant:
    grant = house.active(MAYA)
    add_statements(house, grant, 3)
    surrender(house.begin, policy=house.policy, slack_id=MAYA, grant_id=grant.id, idempotency_key=new_key())
    drain(house.context, "main")
    with house.work() as uow:
        return uow.grants.get(grant.id)


def read_until(house: House, at: datetime) -> None:
    with house.work() as uow:
        position = LogPosition(cluster="main", file="a.json", fingerprint="f", offset=1, caught_up_at=at)
        uow.log_positions.save(position)
        uow.commit()


def recorded(house: House) -> list[int]:
    return [event["data"]["statements"] for event in house.ledger(EventKind.ACTIVITY_SUMMARIZED.value)]


def known(house: House, grant: Grant) -> tuple[int | None, bool]:
    with house.work() as uow:
        report = activity_report(uow, house.policy, grant)
    return (report.summary.statements if report.summary else None, report.is_final)


def test_figures_are_shown_before_the_last_lines_are_read_and_recorded_after(house: House) -> None:
    captured(house)
    grant = ended(house)
    assert grant.ended_at is not None
    assert known(house, grant) == (None, False)
    assert summarize_grants(house.context, "main") == [grant.id]
    assert (known(house, grant), recorded(house)) == ((3, False), [])
    read_until(house, grant.ended_at + LATE - timedelta(milliseconds=1))
    summarize_grants(house.context, "main")
    assert (known(house, grant), recorded(house)) == ((3, False), [])
    read_until(house, grant.ended_at + LATE)
    assert summarize_grants(house.context, "main") == [grant.id]
    assert (known(house, grant), recorded(house)) == ((3, True), [3])


def test_final_figures_are_recorded_once(house: House) -> None:
    captured(house)
    grant = ended(house)
    assert grant.ended_at is not None
    read_until(house, grant.ended_at + LATE)
    assert summarize_grants(house.context, "main") == [grant.id]
    assert summarize_grants(house.context, "main") == []
    assert recorded(house) == [3]


def test_late_lines_are_counted_until_the_figures_are_final(house: House) -> None:
    captured(house)
    grant = ended(house)
    summarize_grants(house.context, "main")
    add_statements(house, grant, 2, session_id="late")
    assert summarize_grants(house.context, "main") == []
    house.wait(seconds=COUNT_AGAIN.total_seconds())
    assert summarize_grants(house.context, "main") == [grant.id]
    assert known(house, grant) == (5, False)
    house.wait(seconds=COUNT_AGAIN.total_seconds())
    assert summarize_grants(house.context, "main") == []


def test_a_cluster_without_capture_counts_nothing(house: House) -> None:
    grant = ended(house)
    assert summarize_grants(house.context, "main") == []
    assert known(house, grant) == (None, False)


def test_the_ledger_has_figures_and_no_text(house: House) -> None:
    captured(house)
    grant = ended(house)
    assert grant.ended_at is not None
    read_until(house, grant.ended_at + LATE)
    summarize_grants(house.context, "main")
    (event,) = house.ledger(EventKind.ACTIVITY_SUMMARIZED.value)
    assert len(event["data"]["digest"]) == 64
    assert "select" not in str(event)


def test_the_thread_is_edited_when_the_last_lines_are_in(house: House) -> None:
    captured(house)
    grant = ended(house)
    assert grant.ended_at is not None
    house.notify(grant.request_id)

    def told() -> list[str]:
        (root,) = roots(house)
        return [plain(message) for message in house.slack.person(PRIYA).thread(CHANNEL, root.ts)]

    before = told()
    assert sum("No statements are known yet" in line for line in before) == 1
    read_until(house, grant.ended_at + LATE)
    summarize_grants(house.context, "main")
    house.notify(grant.request_id)
    after = told()
    assert len(after) == len(before)
    assert sum("3 statements" in line for line in after) == 1
    assert not any("No statements are known yet" in line for line in after)
