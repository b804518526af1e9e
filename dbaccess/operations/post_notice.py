"""A channel is told what is said once and never edited."""

from datetime import datetime, timedelta
from typing import Any

from dbaccess.domain.errors import NotFound, SlackFailure
from dbaccess.domain.grant import GrantId, GrantState
from dbaccess.domain.notice import Notice, NoticeId, NoticeKind
from dbaccess.operations.hands import Hands, backoff
from dbaccess.operations.notify import PATIENT, RARELY
from dbaccess.operations.tell import tell
from dbaccess.ports import Job, UnitOfWork


def post_notice(hands: Hands, notice_id: NoticeId) -> None:
    """Posted once, due again later, or dropped: it is so no more. The row is locked while Slack is asked."""
    with hands.begin() as uow:
        try:
            notice = uow.notices.lock(notice_id)
        except NotFound:
            return
        if notice.posted_at is not None:
            return
        payload = _payload(hands, uow, notice)
        if payload is None:
            uow.notices.drop(notice.id)
        else:
            _post(hands, uow, notice, payload)
        uow.commit()


def _payload(hands: Hands, uow: UnitOfWork, notice: Notice) -> dict[str, Any] | None:
    """None: it is not so any more, or a later one says it."""
    if notice.kind is not NoticeKind.STILL_OVERDUE:
        return hands.renderer.notice(notice)
    grant = uow.grants.get(GrantId(notice.data["grant"]))
    if grant.state is not GrantState.REVOKING or uow.now >= datetime.fromisoformat(notice.data["until"]):
        return None
    return hands.renderer.still_overdue(tell(uow, hands.policy, hands.workspace, grant.request_id))


def _post(hands: Hands, uow: UnitOfWork, notice: Notice, payload: dict[str, Any]) -> None:
    try:
        hands.messenger.post(notice.channel, payload, thread_ts=None, key=f"notice:{notice.id}")
    except SlackFailure as failure:
        wait = backoff(notice.attempts + 1) if notice.attempts < PATIENT else RARELY
        if failure.retry_after is not None:
            wait = timedelta(seconds=failure.retry_after)
        uow.notices.failed(notice.id, next_attempt_at=uow.now + wait)
        uow.enqueue(Job.NOTICE, notice.id, at=uow.now + wait)
    else:
        uow.notices.posted(notice.id, at=uow.now)
