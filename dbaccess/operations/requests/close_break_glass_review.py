"""The review of a break-glass is closed: justified or not, by somebody else, with a reason."""

from dbaccess.domain.errors import BadReason
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.request import Request, Review, Verdict
from dbaccess.domain.terms import RequestKind
from dbaccess.operations.planning import schedule_grant_update
from dbaccess.ports import UnitOfWork


def check_note(request: Request, verdict: Verdict, note: str) -> None:
    """Raises `BadReason` where something is denied, or a break-glass judged, without a word."""
    wanted = verdict is Verdict.DENIED or request.terms.kind is RequestKind.BREAK_GLASS_REVIEW
    if wanted and not note.strip():
        raise BadReason("Say why in the note.")


def close_break_glass_review(uow: UnitOfWork, decided: Request, review: Review) -> None:
    """The judgement is in the ledger and the messages show it; of other kinds nothing follows.

    That thread and holder hear of it is the worker's doing: a bot in enemy hands would leave it out.
    """
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
    schedule_grant_update(uow, grant)
