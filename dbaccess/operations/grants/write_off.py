"""Write-off, by two operators, of a grant on a target that is gone for good; it stays unverified for ever."""

from collections.abc import Mapping

from dbaccess.domain.errors import AlreadyDecided, NotYours
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.policy import check_reason
from dbaccess.operations.grants.lease import FREE
from dbaccess.operations.identity import operator
from dbaccess.operations.message_updates import schedule_grant_update
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


def propose_write_off(begin: UnitOfWorkFactory, *, actor: str, grant_id: GrantId, reason: str) -> Grant:
    """Return the grant with the proposal, which replaces an earlier one; attempts to end it go on.

    Raises `AlreadyDecided` unless the grant is revoking, and `BadReason`.
    """
    check_reason(reason, at_least=1)
    with begin() as uow:
        grant = _revoking(uow, grant_id)
        proposed = advance(
            grant, EventKind.GRANT_WRITE_OFF_PROPOSED, write_off_by=actor, write_off_reason=reason
        )
        uow.grants.save(proposed)
        uow.record(_event(proposed, EventKind.GRANT_WRITE_OFF_PROPOSED, actor, {"reason": reason}))
        uow.commit()
    return proposed


def confirm_write_off(begin: UnitOfWorkFactory, *, actor: str, grant_id: GrantId) -> Grant:
    """Return the grant, written off.

    Raises `AlreadyDecided`, or `NotYours` for the operator who proposed it.
    """
    with begin() as uow:
        grant = _revoking(uow, grant_id)
        if grant.write_off_by is None:
            raise NotYours(f"No operator has proposed to write off {grant.label}. Propose it with --reason.")
        if operator(grant.write_off_by) == operator(actor):
            raise NotYours(f"You proposed to write off {grant.label}; a different operator confirms it.")
        written_off = advance(
            grant,
            EventKind.GRANT_WRITTEN_OFF,
            written_off_by=actor,
            written_off_at=uow.now,
            **FREE,
            next_attempt_at=None,
        )
        uow.grants.save(written_off)
        data = {"reason": grant.write_off_reason, "proposed_by": grant.write_off_by, "verified": False}
        uow.record(_event(written_off, EventKind.GRANT_WRITTEN_OFF, actor, data))
        uow.messages.plan(grant.request_id, MessageKind.THREAD_ENDED, channel="")
        uow.messages.plan(grant.request_id, MessageKind.ENDED, channel=grant.holder_slack_id)
        schedule_grant_update(uow, written_off)
        uow.commit()
    return written_off


def _revoking(uow: UnitOfWork, grant_id: GrantId) -> Grant:
    grant = uow.grants.lock(grant_id)
    if grant.state is not GrantState.REVOKING:
        hint = "" if grant.state.is_final else f" First: dbaccess grants revoke {grant.label} --reason …"
        raise AlreadyDecided(f"{grant.label} is {grant.state}: only a revoking grant is written off.{hint}")
    return grant


def _event(grant: Grant, kind: EventKind, actor: str, data: Mapping[str, object]) -> Event:
    return Event(kind=kind, actor=actor, request_id=grant.request_id, grant_id=grant.id, data=data)
