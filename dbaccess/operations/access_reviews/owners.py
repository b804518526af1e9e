"""The owners of a group, who are asked to answer its access review."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.people import Person
from dbaccess.domain.review_campaign import Campaign, CampaignId
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.identity import is_fresh, look_up_all
from dbaccess.operations.planning import plan_notice
from dbaccess.ports import UnitOfWork

MOST_OWNERS: Final = 50
"""Accounts of the owning group that are told; one with more people is no owner but a crowd."""


def ask_owners(context: WorkerContext) -> None:
    """Send the owners of each group under review one message each, once; a group without an owner has none.

    An access review waits while people and groups are not read, and while its owners have no account here.
    """
    with context.begin() as uow:
        waiting = uow.access_reviews.to_ask(uow.now)
        waiting = [one for one in waiting if uow.access_reviews.get(one).group in context.policy.owners]
    for campaign_id in waiting:
        _ask(context, campaign_id)


def tell_owners(
    context: WorkerContext, uow: UnitOfWork, kind: NoticeKind, campaign: Campaign, data: Mapping[str, Any]
) -> tuple[Person, ...]:
    """Plan the message for each owner as the worker's policy names them now, and return them."""
    owners = _owners(context, uow, campaign.group)
    for owner in owners:
        told = {**data, "campaign": campaign.id, "is_for_owner": True}
        plan_notice(uow, kind, key=f"{kind}:{campaign.id}", channel=owner.slack_id, data=told)
    return owners


def _ask(context: WorkerContext, campaign_id: CampaignId) -> None:
    with context.begin() as uow:
        campaign = uow.access_reviews.lock(campaign_id)
        if campaign_id not in uow.access_reviews.to_ask(uow.now):
            return
        if not is_fresh(uow, context.policy, context.workspace):
            return
        data = {
            "review": campaign.label,
            "group": campaign.group,
            "items": campaign.items,
            "open": uow.access_reviews.counts(campaign_id).get(None, 0),
            "days": campaign.days,
            "ends_at": campaign.ends_at.isoformat(),
        }
        asked = tell_owners(context, uow, NoticeKind.ACCESS_REVIEW_ASKED, campaign, data)
        if not asked:
            return
        uow.access_reviews.save(replace(campaign, asked_at=uow.now))
        uow.record(_event(context, campaign, asked))
        uow.commit()


def _owners(context: WorkerContext, uow: UnitOfWork, group: str) -> tuple[Person, ...]:
    policy = context.policy
    if group not in policy.owners:
        return ()
    sources, team_id = policy.groups[policy.owners[group]], context.workspace.team_id
    accounts = uow.directory.reviewers(sources, team_id=team_id, but=(), limit=MOST_OWNERS)
    return tuple(look_up_all(uow, accounts, policy).values())  # without those that were never read


def _event(context: WorkerContext, campaign: Campaign, asked: tuple[Person, ...]) -> Event:
    data = {
        "review": campaign.label,
        "group": campaign.group,
        "owner": context.policy.owners[campaign.group],
        "slack_ids": [one.slack_id for one in asked],
        "policy_hash": context.policy.hash,
    }
    return Event(kind=EventKind.ACCESS_REVIEW_ASKED, actor=BY_WORKER, data=data)
