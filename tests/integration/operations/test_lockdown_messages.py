"""The channels hear of a lockdown at once, see it end what was open, and hear who lifted it."""

from sqlalchemy import text

from dbaccess.storage.connecting import LEAVE_TIME
from sandbox.client import plain
from tests.acceptance.stack import CHANNEL
from tests.integration.operations.house import House
from tests.operations.house import OPS
from tests.operations.lockdowns import declare, enforce, lift, lockdown_messages, post_due


def test_lift_waits_for_no_notice_that_slack_is_being_asked_about(locked: House) -> None:
    """Ends of other lockdowns wait for the same round; the lift is told in a later one."""
    lockdown = declare(locked)
    enforce(locked)
    post_due(locked)
    lift(locked, lockdown)
    with locked.worker.connect() as asking:
        asking.execute(LEAVE_TIME)
        (notice_id,) = asking.execute(text("select min(id) from notices where kind = 'lockdown'")).one()
        asking.execute(text("select from notices where id = :id for update"), {"id": notice_id})
        grant = locked.active(seconds=600)
        declare(locked, None)
        assert enforce(locked) == 1
        assert locked.grant(grant.id).state == "revoking"
    enforce(locked)
    post_due(locked)
    for channel in (OPS, CHANNEL):
        messages = lockdown_messages(locked, channel)
        state = messages[0]
        assert "Lockdown, lifted: orders-prod" in plain(state)
        assert any(
            "lifted the lockdown of orders-prod" in plain(told) for told in lockdown_messages(locked, channel)
        )
