"""The owners of a group: they are asked about its access review, and answers of others are not acted on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from dbaccess.domain.access_review_campaign import Campaign, CampaignId, CampaignItem
from dbaccess.domain.errors import DirectoryTooOld, NotEligible
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.identity import (
    TRY_AGAIN,
    Workspace,
    check_fresh,
    is_fresh,
    is_read_lately,
    look_up,
    look_up_all,
    unconfirmed,
)
from dbaccess.operations.message_updates import plan_notice
from dbaccess.ports import UnitOfWork

PAGE: Final = 500
"""Accounts of the owning group that are read at once; all of them are told."""


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
    """Plan the message for each owner as the worker's policy names them now, and return them.

    It says how many answers are in their name: a person hears of an answer that they never gave.
    """
    owners = _owners(context, uow, campaign.group)
    answered = uow.access_reviews.answered_in_slack(campaign.id)
    for owner in owners:
        told = {**data, "campaign": campaign.id, "answered": answered.get(owner.slack_id, 0)}
        key = f"{kind}:{campaign.id}"
        plan_notice(uow, kind, key=key, channel=owner.slack_id, data=told | {"is_for_owner": True})
    return owners


def is_own(policy: Policy, item: CampaignItem, slack_id: SlackId) -> bool:
    """Return whether the item is about access of the same human."""
    about, account = item.about, item.about.slack_id
    is_account = account is not None and policy.is_same(SlackId(account), slack_id)
    return is_account or about.person == policy.person_id(slack_id)


def check_answer(uow: UnitOfWork, policy: Policy, workspace: Workspace, item: CampaignItem) -> None:
    """Raise `NotEligible` if a person answered in Slack who may not, by this policy and at this moment.

    Raises `DirectoryTooOld` if that is not known now. An operator's answer at the command line passes.
    """
    account = item.answered_slack_id
    if account is None:
        return
    check_fresh(uow, policy, workspace)
    person, group = look_up(uow, account, policy), uow.access_reviews.get(item.campaign_id).group
    if person is not None and not policy.owns(person, group) and policy.owns(person.as_before, group):
        raise unconfirmed(person)
    if person is None or not _may_answer(uow, policy, person, group) or is_own(policy, item, account):
        raise NotEligible(
            f"{item.label} was answered by {item.answered_by}, who may not answer it now. Answer it again."
        )
    if not is_read_lately(uow, person):
        raise DirectoryTooOld(f"{person.shown} could not be read from Slack lately. {TRY_AGAIN}")


def _may_answer(uow: UnitOfWork, policy: Policy, person: Person, group: str) -> bool:
    team = uow.team.get()
    is_here = team is not None and person.team_id == team.id
    return is_here and person.may_act and policy.owns(person, group)


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
    accounts: list[SlackId] = []
    while page := uow.directory.reviewers(sources, team_id=team_id, but=accounts, limit=PAGE):
        accounts += page
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
