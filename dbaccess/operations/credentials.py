"""The holder is shown a password, once: made now, set on the target as a verifier, kept nowhere."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from dbaccess.domain.credential_view import CredentialState, CredentialView, CredentialViewId
from dbaccess.domain.errors import (
    AlreadyDecided,
    LostLease,
    NotFound,
    NotYours,
    Refused,
    SlackFailure,
    TargetFailure,
)
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import LoginKind, Policy
from dbaccess.operations.hands import Hands
from dbaccess.operations.identify import Workspace, identify
from dbaccess.operations.ration import ration_passwords
from dbaccess.ports import Job, UnitOfWork, UnitOfWorkFactory

ALPHABET = "23456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 24
STALE = timedelta(minutes=2)
"""A view older than this is not filled any more: nobody looks at it."""
EARLIER = 3
"""So many earlier views may still be open somewhere: the ones before were told when these were filled."""


def check_holder(
    uow: UnitOfWork, *, policy: Policy, workspace: Workspace, slack_id: SlackId, grant_id: GrantId
) -> Grant:
    """The grant, if its password may be shown to this person now.

    Raises `NotYours`, `AlreadyDecided` or `TooMany`.
    """
    grant = uow.grants.get(grant_id)
    identify(uow, slack_id, policy, workspace)
    # Whose accounts these are now, not what the name of the holder was: a name may be another's since.
    if not policy.is_same(slack_id, grant.holder_slack_id):
        raise NotYours("Only the holder sees these credentials.")
    if not _is_open(uow, grant):
        raise AlreadyDecided(f"{grant.label} is not active; no password is made any more.")
    ration_passwords(uow, grant)
    return grant


def ask_credentials(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    grant_id: GrantId,
    view_id: str,
    intake_key: str,
) -> CredentialView:
    """A worker will fill the open modal `view_id`; raises as `check_holder` does, or `Replayed`."""
    with begin() as uow:
        uow.intake.take(intake_key)
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
        uow.record(_event(EventKind.CREDENTIALS_REQUESTED, grant, policy.person_id(slack_id)))
        uow.enqueue(Job.CREDENTIALS, view.id)
        uow.commit()
    return view


def show_credentials(hands: Hands, view_id: CredentialViewId) -> None:
    """The modal shows a new password that works, or says why there is none. Harmless when repeated.

    Of several asked for at once the last one stands, and the modals of the others say so.
    """
    begun = _begin(hands, view_id)
    if begun is None:
        return
    view, grant, before = begun
    if grant is None:
        return
    assert grant.recipe is not None  # noqa: S101 an active grant has one
    password = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    try:
        driver = hands.targets.driver(grant.cluster)
        verifier = driver.verifier(grant.recipe, password)
        driver.set_password(grant.recipe, verifier, fence=lambda: _check_open(hands, view))
    except (TargetFailure, LostLease, NotFound):
        overtaken = _finish(hands, view, grant, CredentialState.FAILED)
        _fill(hands, view, _no_password(hands, grant, overtaken=overtaken))
        return
    shown = _fill(hands, view, hands.renderer.credentials(grant, password=password, replaced_at=before))
    if _finish(hands, view, grant, CredentialState.SHOWN if shown else CredentialState.FAILED):
        _fill(hands, view, hands.renderer.credentials_replaced(made_at=None))
    _tell_earlier(hands, view)


def _no_password(hands: Hands, grant: Grant, *, overtaken: bool) -> dict[str, object]:
    if overtaken:
        return hands.renderer.credentials_replaced(made_at=None)
    return hands.renderer.credentials_failed(grant)


def _tell_earlier(hands: Hands, view: CredentialView) -> None:
    """Modals that are still open, on another device say, do not go on showing a password that is dead."""
    with hands.begin() as uow:
        made_at, earlier = uow.now, uow.credential_views.filled_before(view, limit=EARLIER)
    for one in earlier:
        _fill(hands, one, hands.renderer.credentials_replaced(made_at=made_at))


def _begin(
    hands: Hands, view_id: CredentialViewId
) -> tuple[CredentialView, Grant | None, datetime | None] | None:
    with hands.begin() as uow:
        view = uow.credential_views.lock(view_id)
        if view.state is not CredentialState.REQUESTED:
            return None
        grant = uow.grants.get(view.grant_id)
        open_now = _is_open(uow, grant) and uow.now - view.requested_at < STALE
        mine = _is_holder(uow, hands, view, grant)
        if not mine or not open_now or grant.recipe is None or _is_personal(grant):
            uow.credential_views.save(replace(view, state=CredentialState.FAILED))
            uow.commit()
            expired = True
        else:
            uow.credential_views.save(replace(view, state=CredentialState.STARTED))
            uow.record(_event(EventKind.CREDENTIALS_STARTED, grant, "worker"))
            before = uow.credential_views.shown_before(grant.id)
            uow.commit()
            expired = False
    if expired:
        _fill(hands, view, hands.renderer.credentials_expired(grant))
        return None
    return view, grant, before


def _is_holder(uow: UnitOfWork, hands: Hands, view: CredentialView, grant: Grant) -> bool:
    """By the worker's own configuration and its reading of Slack, whoever the bot let through."""
    try:
        identify(uow, view.slack_id, hands.policy, hands.workspace)
    except Refused:
        return False
    return hands.policy.is_same(view.slack_id, grant.holder_slack_id)


def _is_personal(grant: Grant) -> bool:
    return grant.recipe is not None and grant.recipe.login_kind == LoginKind.PERSONAL.value


def _finish(hands: Hands, view: CredentialView, grant: Grant, state: CredentialState) -> bool:
    """Whether a later view was taken up meanwhile, whose password is the one that works."""
    with hands.begin() as uow:
        current = uow.credential_views.lock(view.id)
        shown_at = uow.now if state is CredentialState.SHOWN else None
        uow.credential_views.save(replace(current, state=state, shown_at=shown_at))
        if state is CredentialState.SHOWN:
            uow.record(_event(EventKind.CREDENTIALS_SET, grant, "worker"))
        uow.messages.touch(grant.request_id, next_attempt_at=uow.now)
        uow.enqueue(Job.NOTIFY, grant.request_id)
        overtaken = uow.credential_views.is_overtaken(view)
        uow.commit()
    return overtaken


def _fill(hands: Hands, view: CredentialView, content: dict[str, object]) -> bool:
    try:
        hands.messenger.update_view(view.view_id, content)
    except SlackFailure:
        return False
    return True


def _check_open(hands: Hands, view: CredentialView) -> None:
    """Inside the target's transaction, under its lock: a later view's password cannot be overwritten."""
    with hands.begin() as uow:
        if not _is_open(uow, uow.grants.get(view.grant_id)):
            raise LostLease("The grant is not active any more.")
        if uow.credential_views.is_overtaken(view):
            raise LostLease("A later view has been taken up.")


def _is_open(uow: UnitOfWork, grant: Grant) -> bool:
    in_time = grant.expires_at is not None and uow.now < grant.expires_at
    return grant.state is GrantState.ACTIVE and in_time


def _event(kind: EventKind, grant: Grant, actor: str) -> Event:
    return Event(kind=kind, actor=actor, request_id=grant.request_id, grant_id=grant.id)
