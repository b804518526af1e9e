"""The review of a break-glass is closed: justified or not, by somebody else, with a reason."""

from dbaccess.domain.errors import BadReason
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import Request, RequestId, Review, Verdict
from dbaccess.domain.terms import RequestKind
from dbaccess.operations.announce import announce, announce_grant
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


def check_note(request: Request, note: str) -> None:
    """Raises `BadReason` where a break-glass is judged without a word."""
    if request.terms.kind is RequestKind.BREAK_GLASS_REVIEW and not note.strip():
        raise BadReason("Say why in the note.")


def close(uow: UnitOfWork, decided: Request, review: Review) -> None:
    """The judgement is in the ledger, thread and holder hear it; of other kinds nothing follows."""
    if decided.terms.kind is not RequestKind.BREAK_GLASS_REVIEW:
        return
    grant = uow.grants.get(GrantId(decided.terms.of_grant or 0))
    justified = review.verdict is Verdict.APPROVED
    uow.record(
        Event(
            kind=EventKind.BREAK_GLASS_REVIEWED,
            actor=review.reviewer,
            request_id=decided.id,
            grant_id=grant.id,
            data={"justified": justified, "note": review.note, "slack_id": review.reviewer_slack_id},
        )
    )
    uow.messages.plan(decided.id, MessageKind.THREAD_REVIEWED, channel="")
    uow.messages.plan(decided.id, MessageKind.REVIEWED, channel=grant.holder_slack_id)
    announce_grant(uow, grant)


def call_overdue(begin: UnitOfWorkFactory) -> list[RequestId]:
    """Reviews of a break-glass whose time is over were called so in the thread, once; those called now."""
    called = []
    with begin() as uow:
        for request in uow.requests.pending():
            if request.terms.kind is not RequestKind.BREAK_GLASS_REVIEW or uow.now < request.decide_by:
                continue
            known = {message.kind for message in uow.messages.of(request.id)}
            if MessageKind.THREAD_OVERDUE in known:
                continue
            uow.messages.plan(request.id, MessageKind.THREAD_OVERDUE, channel="")
            grant_id = GrantId(request.terms.of_grant or 0)
            data = {"due": request.decide_by.isoformat()}
            uow.record(
                Event(
                    kind=EventKind.BREAK_GLASS_OVERDUE,
                    actor="system",
                    request_id=request.id,
                    grant_id=grant_id,
                    data=data,
                )
            )
            announce(uow, request.id)
            called.append(request.id)
        if called:
            uow.commit()
    return called
