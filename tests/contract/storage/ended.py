"""The end of a grant, as the worker records it."""

from dbaccess.domain.events import EventKind
from dbaccess.domain.grant import EndCause, Grant
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.receipt import Receipt
from dbaccess.ports import UnitOfWorkFactory
from tests.integration.storage.facts import now


def end(worker: UnitOfWorkFactory, grant: Grant) -> Grant:
    """Return the grant as it is once its end is proved."""
    revoking = advance(
        grant,
        EventKind.GRANT_EXPIRED,
        revoking_at=now(),
        end_cause=EndCause.EXPIRED,
        ended_by="system",
        next_attempt_at=now(),
    )
    seen = Receipt(seen_at=now(), roles=(), login_removed=True, sessions=())
    done = advance(revoking, EventKind.GRANT_ENDED, ended_at=now(), receipt=seen, next_attempt_at=None)
    for step in (revoking, done):
        with worker() as uow:
            uow.grants.save(step)
            uow.commit()
    return done
