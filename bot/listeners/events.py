"""Slack's events about people and groups, which start a new reading by the worker."""

from datetime import timedelta
from typing import Any

from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.ports import Job

GROUPS = ("subteam_created", "subteam_updated", "subteam_members_changed")
MEMBERS = ("team_join", "member_joined_channel", "member_left_channel")
AGAIN_AFTER = timedelta(seconds=6)
"""A reading under way may miss this change, and the next one leaves out people who were just read."""


def register(app: ListenerRegistry, deps: Deps) -> None:
    def changed(event: dict[str, Any]) -> None:
        if not _is_ours(event, deps.policy):
            return
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


def _is_ours(event: dict[str, Any], policy: Policy) -> bool:
    """Return whether the policy names the source: people join and leave other channels all day.

    An event that names neither a channel nor a user group counts.
    """
    named = event.get("channel") or event.get("subteam_id") or (event.get("subteam") or {}).get("id")
    return named is None or any(named in sources for sources in policy.groups.values())


def _matters(user: dict[str, Any], known: Person | None) -> bool:
    """Return whether the change affects decisions; Slack reports new status lines and portraits too."""
    if known is None:
        return False
    guest = bool(user.get("is_restricted") or user.get("is_ultra_restricted"))
    return (known.is_deactivated, known.is_guest) != (bool(user.get("deleted")), guest)
