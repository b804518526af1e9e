"""The policy's decision for an assumed person."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from dbaccess.domain.names import unknown_name
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.policy import Policy

SOMEBODY = SlackId("U0SOMEBODY")


def simulate(
    policy: Policy, *, slack_id: SlackId, groups: Collection[str], is_guest: bool, now: datetime
) -> tuple[Policy, Person]:
    """Return the policy with this account added to the groups, and the person; its rules are unchanged.

    Raises `UnknownName` for a group that the policy does not have.
    """
    for group in groups:
        if group not in policy.groups:
            raise unknown_name("group", group, policy.groups)
    person = Person(
        slack_id=slack_id,
        team_id="",
        name=slack_id,
        tz="UTC",
        is_guest=is_guest,
        is_bot=False,
        is_deactivated=False,
        sources=frozenset(),
        read_at=now,
        others=frozenset(),
    )
    members = {
        name: (*sources, SourceId(slack_id)) if name in groups else sources
        for name, sources in policy.groups.items()
    }
    return replace(policy, groups=members), person
