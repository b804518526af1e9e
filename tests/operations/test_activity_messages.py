"""Slack shows the figures of a grant, and shows them anew once the last lines are in."""

from datetime import timedelta

from dbaccess.domain.coverage import CaptureLevel, LogPosition
from dbaccess.domain.request_details import RequestDetails
from dbaccess.operations.activity.summarize import SETTLED, summarize_ended
from dbaccess.operations.delivery.request_details import load_request_details
from dbaccess.operations.grants.end_early import surrender
from dbaccess.operations.grants.revoke import drain
from sandbox.client import plain
from tests.operations.channel_messages import CHANNEL, roots
from tests.operations.house import MAYA, PRIYA, House, new_key
from tests.operations.test_show_statements import add_statements, ran


def told(house: House) -> list[str]:
    (root,) = roots(house)
    return [plain(message) for message in house.slack.person(PRIYA).thread(CHANNEL, root.ts)]


def test_the_thread_is_edited_when_the_last_lines_are_in(house: House) -> None:
    grant = house.active(MAYA)
    add_statements(house, grant, 3)
    surrender(house.begin, policy=house.policy, slack_id=MAYA, grant_id=grant.id, idempotency_key=new_key())
    drain(house.context, "main")
    house.notify(grant.request_id)
    before = told(house)
    assert sum("No statements are known yet" in line for line in before) == 1
    with house.work() as uow:
        ended_at = uow.grants.get(grant.id).ended_at
        assert ended_at is not None
        read_to = ended_at + SETTLED + timedelta(seconds=1)
        uow.log_positions.save(
            LogPosition(cluster="main", file="a.json", fingerprint="f", offset=1, caught_up_at=read_to)
        )
        uow.commit()
    summarize_ended(house.work, house.policy, "main")
    house.notify(grant.request_id)
    after = told(house)
    assert len(after) == len(before)
    assert sum("3 statements" in line for line in after) == 1
    assert not any("No statements are known yet" in line for line in after)


def test_statements_are_read_for_messages_only_once_the_grant_ended(house: House) -> None:
    grant = house.active(MAYA)
    ran(house, grant, 3)

    def details() -> RequestDetails:
        with house.work() as uow:
            return load_request_details(uow, house.policy, house.workspace, grant.request_id)

    assert details().coverage.level is CaptureLevel.FULL
    assert details().activity is None
    surrender(house.begin, policy=house.policy, slack_id=MAYA, grant_id=grant.id, idempotency_key=new_key())
    drain(house.context, "main")
    ended = details()
    assert ended.coverage.level is CaptureLevel.FULL
    assert ended.activity is not None
    assert ended.activity.has_statements
