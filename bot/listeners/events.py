"""Slack says that people or groups changed: the worker reads them again."""

from datetime import timedelta
from typing import Any

from slack_bolt import App

from bot.deps import Deps
from dbaccess.domain.people import Person, SlackId
from dbaccess.ports import Job

GROUPS = ("subteam_created", "subteam_updated", "subteam_members_changed")
MEMBERS = ("team_join", "member_joined_channel", "member_left_channel")
AGAIN_AFTER = timedelta(seconds=6)
"""A reading under way may have been too early for this change; the next one leaves out who was just read."""


def register(app: App, deps: Deps) -> None:
    def changed() -> None:
        with deps.begin() as uow:
            uow.enqueue(Job.DIRECTORY, 0)
            uow.commit()

    @app.event("user_change")
    def account_changed(event: dict[str, Any]) -> None:
        with deps.begin() as uow:
            if _matters(event["user"], uow.directory.person(SlackId(event["user"]["id"]))):
                uow.enqueue(Job.DIRECTORY, 0)
                uow.enqueue(Job.DIRECTORY, 0, at=uow.now + AGAIN_AFTER)
                uow.commit()

    for event in (*GROUPS, *MEMBERS):
        app.event(event)(changed)


def _matters(user: dict[str, Any], known: Person | None) -> bool:
    """Slack tells of each new status line and portrait too: only what decides is worth a reading."""
    if known is None:
        return False
    guest = bool(user.get("is_restricted") or user.get("is_ultra_restricted"))
    return (known.is_deactivated, known.is_guest) != (bool(user.get("deleted")), guest)
