"""The holder is shown a password, once: made now, set on the target, kept nowhere."""

import contextlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from dbaccess.domain.credential_view import CredentialState, CredentialView, CredentialViewId
from dbaccess.domain.errors import (
    AlreadyDecided,
    InLockdown,
    LostLease,
    NotFound,
    NotYours,
    Refused,
    SlackFailure,
    TargetFailure,
)
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import LoginKind, Policy
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.identity import Workspace, identify
from dbaccess.operations.lockdown_effect import refuse_grant_in_lockdown
from dbaccess.operations.message_updates import schedule_message_update
from dbaccess.operations.rate_limit import limit_passwords
from dbaccess.ports import Job, UnitOfWork, UnitOfWorkFactory

ALPHABET = "23456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 24
STALE = timedelta(minutes=2)
"""An older click gets no password; its modal asks for another click."""
GIVEN_UP = timedelta(seconds=60)
"""A view taken up this long ago is given up: its worker was killed, or the fence stops it."""
FORGOTTEN = timedelta(minutes=15)
"""This long after the click its modal is no longer updated: the person has left it."""
DOUBLE_CLICK = timedelta(seconds=5)
"""Between two clicks of a person who meant one: the first modal comes a moment after its click."""
EARLIER = 5
"""So many earlier views may still be open; older ones were told when these were filled."""

ONLY_THE_HOLDER = "Only the holder sees these credentials."
PERSONAL = "This grant is on your own login. Use the password of that login."
TOO_OLD = "No worker took up this click in time, and no password was made. Close this and click again."
UNFINISHED = "This was not finished in time. No password is certain to work. Close this and make a new one."
LEFT: Final[dict[str, object]] = {}
"""In place of a modal's content: the other view of a double click fills it."""
NOT_SHOWN = (
    "Slack did not confirm the new password, and earlier ones no longer work; open sessions stay. "
    "Close this and make a new one."
)


def check_holder(
    uow: UnitOfWork, *, policy: Policy, workspace: Workspace, slack_id: SlackId, grant_id: GrantId
) -> Grant:
    """Return the grant if its password may be shown to this person now.

    Raises `NotYours`, `AlreadyDecided`, `InLockdown` or `TooMany`.
    """
    grant = uow.grants.get(grant_id)
    identify(uow, slack_id, policy, workspace)
    # The check is by the accounts as they are now, because the holder's name may belong to another person
    # since.
    if not policy.is_same(slack_id, grant.holder_slack_id):
        raise NotYours(ONLY_THE_HOLDER)
    if not _is_open(uow, grant):
        raise AlreadyDecided(f"{grant.label} is not active; no password is made.")
    refuse_grant_in_lockdown(uow, policy, grant)
    limit_passwords(uow, grant)
    return grant


def ask_credentials(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    grant_id: GrantId,
    view_id: str,
    idempotency_key: str,
) -> CredentialView:
    """Record the request for a password, shown in the open modal `view_id`.

    Raises as `check_holder` does, or `DuplicateRequest`.
    """
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        uow.take_turn(policy.person_id(slack_id))
        grant = check_holder(uow, policy=policy, workspace=workspace, slack_id=slack_id, grant_id=grant_id)
        view = uow.credential_views.add(
            CredentialView(
                id=CredentialViewId(0),
                grant_id=grant.id,
                slack_id=slack_id,
                view_id=view_id,
                state=CredentialState.REQUESTED,
                requested_at=uow.now,
            )
        )
        uow.record(_event(EventKind.CREDENTIALS_REQUESTED, grant, grant.holder))
        uow.enqueue(Job.CREDENTIALS, view.id)
        uow.commit()
    return view


def show_credentials(context: WorkerContext, view_id: CredentialViewId) -> None:
    """Show a new password in the modal, or why there is none and what to do; safe to repeat.

    Of several requests at once the last one wins, and the modals of the others say so. The two modals of a
    double click show the same: which of them Slack keeps on top is not known here. If two workers fill them
    at once, the older one may say that it was pressed twice, but shows no password that does not work. A view
    that a worker took up and never finished is given up. Raises `SlackFailure` if Slack may take the text
    later; then the view is due again.
    """
    before, why_none = None, None
    with context.begin() as uow:
        view = uow.credential_views.lock(view_id)
        if not _waits(view, uow.now):
            return
        grant = uow.grants.get(view.grant_id)
        why_none = _why_none(uow, context, view, grant)
        if why_none is None:
            view = replace(view, state=CredentialState.STARTED, started_at=uow.now)
            uow.credential_views.save(view)
            uow.record(_event(EventKind.CREDENTIALS_STARTED, grant, BY_WORKER))
            before = uow.credential_views.shown_before(grant.id)
            uow.commit()
    if why_none is not None:
        _end(context, view, why_none)
    else:
        _make(context, view, grant, before)


def _waits(view: CredentialView, now: datetime) -> bool:
    if view.state is CredentialState.STARTED:
        return _is_given_up(view, now)
    return view.state is CredentialState.REQUESTED


def _is_given_up(view: CredentialView, now: datetime) -> bool:
    return view.started_at is not None and now - view.started_at >= GIVEN_UP


def _why_none(
    uow: UnitOfWork, context: WorkerContext, view: CredentialView, grant: Grant
) -> dict[str, object] | None:
    """Return the modal's text if there is no password, by the worker's own configuration and reading."""
    refused = context.renderer.credentials_refused
    try:
        identify(uow, view.slack_id, context.policy, context.workspace)
    except Refused as why:
        return refused(str(why))
    if not context.policy.is_same(view.slack_id, grant.holder_slack_id):
        return refused(ONLY_THE_HOLDER)
    return _why_not_now(uow, context, view, grant)


def _why_not_now(
    uow: UnitOfWork, context: WorkerContext, view: CredentialView, grant: Grant
) -> dict[str, object] | None:
    refused = context.renderer.credentials_refused
    why_none = _overtaken_or_closed(uow, context, view)
    if view.state is CredentialState.STARTED:
        return refused(UNFINISHED) if why_none is None else why_none
    if why_none is not None:
        return why_none
    if grant.recipe is None or grant.recipe.login_kind == LoginKind.PERSONAL.value:
        return refused(PERSONAL)
    return refused(TOO_OLD) if uow.now - view.requested_at >= STALE else None


def _overtaken_or_closed(
    uow: UnitOfWork, context: WorkerContext, view: CredentialView
) -> dict[str, object] | None:
    if (overtaken := _overtaken(uow, context, view)) is not None:
        return overtaken
    grant = uow.grants.get(view.grant_id)
    if not _is_open(uow, grant):
        return context.renderer.credentials_closed(grant)
    return _locked_down(uow, context, grant)


def _overtaken(uow: UnitOfWork, context: WorkerContext, view: CredentialView) -> dict[str, object] | None:
    """Return what the modal says once a later view was taken up; None if none was."""
    later = uow.credential_views.taken_up_after(view)
    if later and is_double_click(view, later[0]):
        return LEFT
    return context.renderer.credentials_replaced(made_at=None) if later else None


def is_double_click(one: CredentialView, other: CredentialView) -> bool:
    """Return whether the two modals were asked for by two clicks of one person, one right after the other."""
    return one.slack_id == other.slack_id and abs(one.requested_at - other.requested_at) <= DOUBLE_CLICK


def _locked_down(uow: UnitOfWork, context: WorkerContext, grant: Grant) -> dict[str, object] | None:
    try:
        refuse_grant_in_lockdown(uow, context.policy, grant)
    except InLockdown as why:
        return context.renderer.credentials_refused(why.at_field)
    return None


def _make(context: WorkerContext, view: CredentialView, grant: Grant, before: datetime | None) -> None:
    password = new_password()
    try:
        _set(context, view, grant, password)
    except (TargetFailure, LostLease, NotFound):
        with context.begin() as uow:
            why_none = _overtaken_or_closed(uow, context, view)
        why_none = context.renderer.credentials_failed(grant) if why_none is None else why_none
        _end(context, view, why_none)
        if why_none is not LEFT:
            for one in _earlier(context, view).double:
                _fill(context, one, why_none)
        return
    shown = context.renderer.credentials(grant, password=password, replaced_at=before)
    earlier = _earlier(context, view)
    try:
        _show(context, view, grant, shown, earlier.double)
    finally:
        replaced = context.renderer.credentials_replaced(made_at=earlier.read_at)
        for one in earlier.others:
            _fill(context, one, replaced)


def new_password() -> str:
    """Return a password that a person can read and type."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _set(context: WorkerContext, view: CredentialView, grant: Grant, password: str) -> None:
    assert grant.recipe is not None  # noqa: S101 an active grant has one
    driver = context.targets.driver(grant.cluster)
    driver.set_password(grant.recipe, password, fence=lambda: _check_wanted(context, view))


def _show(
    context: WorkerContext,
    view: CredentialView,
    grant: Grant,
    shown: dict[str, object],
    double: Sequence[CredentialView],
) -> None:
    """Show the password in this modal, and in that of the other click of a double click."""
    refused = [_refusal(context, one, shown) for one in (view, *double)]
    if None not in refused:
        if not any(failure is not None and failure.is_unsure for failure in refused):
            _discard(context, view, grant)
        why_none = context.renderer.credentials_refused(NOT_SHOWN)
        _end(context, view, why_none)
        for one in double:
            _fill(context, one, why_none)
        return
    after_all = _finish(context, view, grant)
    if after_all is LEFT:
        # The later view may have shown its password in these modals before this dead one came to lie over it.
        for one in (view, *double):
            _fill(context, one, context.renderer.credentials_pressed_twice())
    elif after_all is not None:
        _fill(context, view, after_all)


def _refusal(context: WorkerContext, view: CredentialView, shown: dict[str, object]) -> SlackFailure | None:
    try:
        context.messenger.update_view(view.view_id, shown)
    except SlackFailure as failure:
        return failure
    return None


def _discard(context: WorkerContext, view: CredentialView, grant: Grant) -> None:
    """Replace a password that was not shown by an unknown one, if the target answers."""
    with contextlib.suppress(TargetFailure, LostLease, NotFound):
        _set(context, view, grant, new_password())


def _finish(context: WorkerContext, view: CredentialView, grant: Grant) -> dict[str, object] | None:
    """Record the password as shown, or return the modal's text: another works, or it was given up."""
    with context.begin() as uow:
        current = uow.credential_views.lock(view.id)
        if current.state is not CredentialState.STARTED:
            return context.renderer.credentials_refused(UNFINISHED)
        uow.credential_views.save(replace(current, state=CredentialState.SHOWN, shown_at=uow.now))
        uow.record(_event(EventKind.CREDENTIALS_SET, grant, BY_WORKER))
        schedule_message_update(uow, grant.request_id)
        overtaken = _overtaken(uow, context, view)
        uow.commit()
    return overtaken


def _end(context: WorkerContext, view: CredentialView, why_none: dict[str, object]) -> None:
    """Close the modal with the reason; raises `SlackFailure` if Slack may take it later."""
    failure = _refusal(context, view, why_none) if why_none is not LEFT else None
    if failure is not None and failure.passes:
        raise failure
    with context.begin() as uow:
        current = uow.credential_views.lock(view.id)
        if current.state in {CredentialState.REQUESTED, CredentialState.STARTED}:
            uow.credential_views.save(replace(current, state=CredentialState.FAILED))
            uow.commit()


class _Earlier(NamedTuple):
    """Earlier modals of the grant that may still be open, for example on another device.

    Those of a double click show the new password too; that of the others no longer works.
    """

    read_at: datetime
    double: list[CredentialView]
    others: list[CredentialView]


def _earlier(context: WorkerContext, view: CredentialView) -> _Earlier:
    with context.begin() as uow:
        read_at, found = uow.now, uow.credential_views.earlier(view, limit=EARLIER)
    double = [one for one in found if is_double_click(view, one)]
    filled = {CredentialState.STARTED, CredentialState.SHOWN}
    others = [one for one in found if one not in double and one.state in filled]
    return _Earlier(read_at=read_at, double=double, others=others)


def _fill(context: WorkerContext, view: CredentialView, content: dict[str, object]) -> None:
    with contextlib.suppress(SlackFailure):
        context.messenger.update_view(view.view_id, content)


def _check_wanted(context: WorkerContext, view: CredentialView) -> None:
    """Check under the target's lock, so that a later view's password is never overwritten."""
    with context.begin() as uow:
        if _overtaken_or_closed(uow, context, view) is not None:
            raise LostLease("The grant is no longer active, or a later view replaced this one.")
        current = uow.credential_views.lock(view.id)
        if current.state is not CredentialState.STARTED or _is_given_up(current, uow.now):
            raise LostLease("The view has been given up.")


def _is_open(uow: UnitOfWork, grant: Grant) -> bool:
    in_time = grant.expires_at is not None and uow.now < grant.expires_at
    return grant.state is GrantState.ACTIVE and in_time


def _event(kind: EventKind, grant: Grant, actor: str) -> Event:
    return Event(kind=kind, actor=actor, request_id=grant.request_id, grant_id=grant.id)
