"""The checks of `policy check` outside the file: in Slack, in the control database and on the clusters."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydantic import SecretStr

from dbaccess.cli.control import control
from dbaccess.cli.powers import cluster_powers
from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.policy import Policy
from dbaccess.policy_file import reviewer_warnings
from dbaccess.ports import Directory
from dbaccess.settings import DoctorSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Warnings, and what could not be checked, with the reason."""

    warnings: tuple[str, ...]
    unchecked: tuple[str, ...]


def look(policy: Policy) -> Looked:
    """Check as far as the environment reaches: SLACK_BOT_TOKEN, DATABASE_URL and the clusters' URLs."""
    warnings: list[str] = []
    unchecked: list[str] = []
    settings = DoctorSettings.load()
    grants, pending = _open() if settings.database_url is not None else ([], [])
    if settings.slack_bot_token is None:
        unchecked.append("the channels, and who is in the reviewers' groups: SLACK_BOT_TOKEN is not set")
    else:
        try:
            warnings += _in_slack(policy, pending, settings.slack_bot_token, settings.slack_api_url)
        except SlackFailure as failure:
            unchecked.append(f"the channels, and who is in the reviewers' groups: Slack says {failure.code}")
    if settings.database_url is None:
        unchecked.append("grants and reviews that are open now: DATABASE_URL is not set")
    powers, silent = cluster_powers(policy)
    warnings += [*_grants(policy, grants), *_unreviewable(policy, pending), *powers]
    unchecked += silent
    return Looked(warnings=tuple(warnings), unchecked=tuple(unchecked))


def _open() -> tuple[list[Grant], list[BreakGlassReview]]:
    """Open grants, and pending reviews of break-glasses."""
    with control() as begin, begin() as uow:
        return uow.grants.open(), uow.break_glass_reviews.pending()


def _in_slack(policy: Policy, pending: list[BreakGlassReview], token: SecretStr, api_url: str) -> list[str]:
    """Return the warnings about channels and reviewers; raises `SlackFailure`."""
    from dbaccess.slack.client import build_client
    from dbaccess.slack.directory import SlackDirectory
    from dbaccess.slack.examine import examine_channels
    from dbaccess.slack.workspace_identity import who_am_i

    client = build_client(token, api_url)
    team_id = who_am_i(client).team_id
    unusable = [f"{one.what}. {one.fix}" for one in examine_channels(client, policy) if not one.ok]
    return [*unusable, *_reviewers(policy, pending, SlackDirectory(client, team_id), team_id)]


def _reviewers(
    policy: Policy, pending: list[BreakGlassReview], directory: Directory, team_id: str
) -> Iterator[str]:
    asked = {review.review_by for review in pending} & set(policy.groups)
    groups = sorted(asked | {group for rule in policy.rules for group in rule.reviewing})
    sources = {source for group in groups for source in policy.groups[group]}
    members = directory.members(sources)
    accounts = {slack_id for listed in members.values() for slack_id in listed}
    able = {person.slack_id for person in directory.people(accounts) if _may_review(person, team_id)}
    for group in groups:
        for source in policy.groups[group]:
            if source not in members:
                yield f"{source} of {group} is not in Slack: deleted, disabled, or hidden from the app."
    found = {group: _able_of(policy.groups[group], members, able) for group in groups}
    for group, people in found.items():
        if not people:
            yield f"In Slack no member of {group} may review."
    # The same count as for people whom the file names, now for those whom Slack names.
    known = replace(policy, groups={**policy.groups, **{g: p for g, p in found.items() if p}})
    before = {*reviewer_warnings(policy), *_unreviewable(policy, pending)}
    now = [*reviewer_warnings(known), *_unreviewable(known, pending)]
    yield from (warning for warning in now if warning not in before)


def _may_review(person: Person, team_id: str) -> bool:
    return person.may_act and not person.is_guest and person.team_id == team_id


def _able_of(
    sources: tuple[SourceId, ...], members: dict[SourceId, frozenset[SlackId]], able: set[SlackId]
) -> tuple[SourceId, ...]:
    listed = {slack_id for source in sources for slack_id in members.get(source, ())}
    return tuple(sorted(SourceId(slack_id) for slack_id in listed & able))


def _grants(policy: Policy, grants: list[Grant]) -> Iterator[str]:
    for grant in grants:
        held = f"{grant.label} ({grant.holder}, {grant.role} on {grant.target}) is open, and the file has no"
        if grant.cluster not in policy.clusters:
            yield f"{held} cluster {grant.cluster}: it could not end. Keep the cluster until then."
        elif grant.target not in policy.targets:
            yield f"{held} target {grant.target}: it would end at once."
        elif grant.role not in policy.targets[grant.target].roles:
            yield f"{held} role {grant.role} there: it would end at once."


def _unreviewable(policy: Policy, pending: list[BreakGlassReview]) -> Iterator[str]:
    for review in pending:
        about = f"{review.request.requester}, {review.request.terms.target}"
        what = f"{review.label}, the review of a break-glass ({about}), is open, and"
        group = review.review_by
        if group not in policy.groups:
            yield f"{what} the file has no group {group}: no one could close it. Keep it until then."
        elif not _somebody_else(policy, review):
            yield f"{what} {group} has no other member: no one could close it."


def _somebody_else(policy: Policy, review: BreakGlassReview) -> bool:
    """A user group or channel may have another person. The holder is that account, and its name's owner."""
    holders = {review.request.requester, policy.person_id(review.request.requester_slack_id)}
    return any(
        source[0] not in "UW" or policy.person_id(SlackId(source)) not in holders
        for source in policy.groups[review.review_by]
    )
