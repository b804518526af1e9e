"""The operators hear again of what should have ended and is not proved to have."""

from datetime import timedelta

from dbaccess.domain.grant import Grant
from dbaccess.domain.message import MessageKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.operations.hands import Hands
from dbaccess.operations.notify import place
from dbaccess.operations.plan_notice import plan_notice
from dbaccess.ports import UnitOfWork

EVERY = timedelta(hours=1)
LIMIT = 500
ALARMS = (MessageKind.OVERDUE, MessageKind.CHANNEL_OVERDUE)


def repeat_alarm(hands: Hands) -> None:
    """While a grant is overdue each channel that was told so is to hear it anew each full hour since.

    Once an hour, whatever restarts; hours in which nothing ran are not made up for.
    """
    with hands.begin() as uow:
        for grant in uow.grants.overdue(uow.now, limit=LIMIT):
            _repeat(hands, uow, grant)
        uow.commit()


def _repeat(hands: Hands, uow: UnitOfWork, grant: Grant) -> None:
    told = {
        place(hands.policy, message, grant.target): message.posted_at
        for message in uow.messages.of(grant.request_id)
        if message.kind in ALARMS and message.posted_at is not None
    }
    for channel, since in told.items():
        hours = (uow.now - since) // EVERY
        if hours > 0:
            plan_notice(
                uow,
                NoticeKind.STILL_OVERDUE,
                key=f"overdue:{grant.label}:{hours}",
                channel=channel,
                data={"grant": grant.id, "until": (since + (hours + 1) * EVERY).isoformat()},
            )
