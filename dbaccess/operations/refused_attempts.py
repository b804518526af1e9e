"""Refused attempts in the ledger, of one account and of all together only so many an hour."""

from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.people import PersonId
from dbaccess.domain.refused_attempt import RefusedAttempt
from dbaccess.ports import UnitOfWorkFactory


def record_refusal(begin: UnitOfWorkFactory, attempt: RefusedAttempt, *, actor: PersonId) -> bool:
    """Count the attempt, and record it unless the hour's limit is reached; return whether it was recorded."""
    with begin() as uow:
        is_taken = uow.refused_attempts.count(attempt.slack_id)
        if is_taken:
            uow.record(Event(kind=EventKind.ATTEMPT_REFUSED, actor=actor, data=attempt.data()))
        uow.commit()
    return is_taken


def record_left_out(begin: UnitOfWorkFactory) -> None:
    """Record how many attempts of past hours were left out, and forget those hours; safe to repeat."""
    with begin() as uow:
        left_out = uow.refused_attempts.take_left_out()
        if left_out is not None:
            data = {"attempts": left_out.attempts, "accounts": left_out.accounts}
            uow.record(Event(kind=EventKind.ATTEMPTS_LEFT_OUT, actor=BY_WORKER, data=data))
        uow.commit()
