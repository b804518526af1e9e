"""The operators hear again of what should have ended and is not proved to have."""

from functools import partial

from dbaccess.domain.grant import GrantId
from dbaccess.domain.message import MessageKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.overdue import MANY
from dbaccess.operations.each import each
from dbaccess.operations.hands import Hands
from dbaccess.operations.notify import place
from dbaccess.operations.overdue_alarm import AFTER, REPEAT_AFTER
from dbaccess.operations.plan_notice import plan_notice

LIMIT = 500
ALARMS = (MessageKind.OVERDUE, MessageKind.CHANNEL_OVERDUE)


def repeat_alarm(hands: Hands) -> None:
    """While a grant is overdue each channel that was told so is to hear it anew each full hour since.

    Once an hour, whatever restarts; hours in which nothing ran are not made up for. A grant of which that
    cannot be said keeps it from no other.
    """
    with hands.begin() as uow:
        # `raise_alarm` repeats the message that tells of many.
        many = [one.target for one in uow.grants.overdue_by_target(uow.now - AFTER) if one.count >= MANY]
        overdue = uow.grants.overdue(uow.now, but=many, limit=LIMIT)
    each(overdue, partial(_repeat, hands), what="repeating an alarm", check=hands.check_records)


def _repeat(hands: Hands, grant_id: GrantId) -> None:
    with hands.begin() as uow:
        grant = uow.grants.get(grant_id)
        told = {
            place(hands.policy, message, grant.target): message.posted_at
            for message in uow.messages.of(grant.request_id)
            if message.kind in ALARMS and message.posted_at is not None
        }
        for channel, since in told.items():
            hours = (uow.now - since) // REPEAT_AFTER
            if hours > 0:
                plan_notice(
                    uow,
                    NoticeKind.STILL_OVERDUE,
                    key=f"overdue:{grant.label}:{hours}",
                    channel=channel,
                    data={"grant": grant.id, "until": (since + (hours + 1) * REPEAT_AFTER).isoformat()},
                )
        uow.commit()
