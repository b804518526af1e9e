"""What `policy check` finds out elsewhere: who is in the reviewers' groups, and what is open now."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from slack_sdk import WebClient

from dbaccess.cli.control import control
from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.policy import Policy
from dbaccess.policy_file import reviewer_warnings
from dbaccess.settings import DoctorSettings
from dbaccess.slack.client import build_client
from dbaccess.slack.directory import SlackDirectory
from dbaccess.slack.who import who_am_i


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Warnings, and what could not be looked at, with the reason."""

    warnings: tuple[str, ...]
    unchecked: tuple[str, ...]


def look(policy: Policy) -> Looked:
    """As far as the environment reaches: SLACK_BOT_TOKEN for groups, DATABASE_URL for open grants."""
    warnings: list[str] = []
    unchecked: list[str] = []
    settings = DoctorSettings.load()
    if settings.slack_bot_token is None:
        unchecked.append("who is in the reviewers' groups: SLACK_BOT_TOKEN is not set")
    else:
        try:
            client = build_client(settings.slack_bot_token, settings.slack_api_url)
            warnings += _reviewers(policy, client, who_am_i(client).team_id)
        except SlackFailure as failure:
            unchecked.append(f"who is in the reviewers' groups: Slack says {failure.code}")
    if settings.database_url is None:
        unchecked.append("grants that are open now: DATABASE_URL is not set")
    else:
        warnings += _grants(policy)
    return Looked(warnings=tuple(warnings), unchecked=tuple(unchecked))


def _reviewers(policy: Policy, client: WebClient, team_id: str) -> Iterator[str]:
    directory = SlackDirectory(client, team_id)
    groups = sorted({group for rule in policy.rules for group in rule.reviewing})
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
            yield f"Nobody in Slack is in {group} and may review."
    # The same count as over people whom the file names, now over those whom Slack names.
    known = replace(policy, groups={**policy.groups, **{g: p for g, p in found.items() if p}})
    before = set(reviewer_warnings(policy))
    yield from (warning for warning in reviewer_warnings(known) if warning not in before)


def _may_review(person: Person, team_id: str) -> bool:
    return person.may_act and not person.is_guest and person.team_id == team_id


def _able_of(
    sources: tuple[SourceId, ...], members: dict[SourceId, frozenset[SlackId]], able: set[SlackId]
) -> tuple[SourceId, ...]:
    listed = {slack_id for source in sources for slack_id in members.get(source, ())}
    return tuple(sorted(SourceId(slack_id) for slack_id in listed & able))


def _grants(policy: Policy) -> Iterator[str]:
    with control() as begin, begin() as uow:
        grants = uow.grants.open()
    for grant in grants:
        held = f"{grant.label} ({grant.holder}, {grant.role} on {grant.target}) is open, and the file has no"
        if grant.cluster not in policy.clusters:
            yield f"{held} cluster {grant.cluster}: nothing could end it. Keep it until then."
        elif grant.target not in policy.targets:
            yield f"{held} target {grant.target}: it would end at once."
        elif grant.role not in policy.targets[grant.target].roles:
            yield f"{held} role {grant.role} there: it would end at once."
