"""A channel is told what hangs on no request."""

from datetime import timedelta

from dbaccess.domain.errors import NotFound, SlackFailure
from dbaccess.domain.notice import NoticeId
from dbaccess.operations.hands import Hands, backoff
from dbaccess.operations.notify import PATIENT, RARELY
from dbaccess.ports import Job


def post_notice(hands: Hands, notice_id: NoticeId) -> None:
    """Posted once, or due again later. The row is locked while Slack is asked."""
    with hands.begin() as uow:
        try:
            notice = uow.notices.lock(notice_id)
        except NotFound:
            return
        if notice.posted_at is not None:
            return
        try:
            payload = hands.renderer.notice(notice)
            hands.messenger.post(notice.channel, payload, thread_ts=None, key=f"notice:{notice.id}")
        except SlackFailure as failure:
            wait = backoff(notice.attempts + 1) if notice.attempts < PATIENT else RARELY
            if failure.retry_after is not None:
                wait = timedelta(seconds=failure.retry_after)
            uow.notices.failed(notice.id, next_attempt_at=uow.now + wait)
            uow.enqueue(Job.NOTICE, notice.id, at=uow.now + wait)
        else:
            uow.notices.posted(notice.id, at=uow.now)
        uow.commit()
