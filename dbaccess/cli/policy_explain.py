"""`dbaccess policy explain`: the decision on a request, with the reason for each rule."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dbaccess.cli.control import control
from dbaccess.cli.output import AsJson, show_json
from dbaccess.domain.ask import Ask
from dbaccess.domain.duration import format_duration, parse_duration
from dbaccess.domain.errors import DirectoryTooOld, NotAllowed, Refused, TooLong, UnknownPerson
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Decision, Policy, Rule, Slot
from dbaccess.domain.simulate import simulate
from dbaccess.operations.identity import Workspace, check_fresh, check_read_lately, look_up
from dbaccess.policy_file import load_policy
from dbaccess.policy_file.shape.words import is_person_id
from dbaccess.ports import UnitOfWork
from dbaccess.settings import ConfigSettings, DoctorSettings, SnapshotSettings

FROM_SLACK = "as read from Slack"
FROM_THE_FILE = "groups as the file names them: set DATABASE_URL for Slack's, or give --in GROUP"
ASSUMED = "groups as given with --in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The person, the policy, and the source of what is known of the person.

    `unread` is the refusal of any request now, because that knowledge is too old.
    """

    policy: Policy
    person: Person
    known: str
    unread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The policy's decision; without a `refusal` the request is allowed."""

    asking: Asking
    ask: Ask
    now: datetime
    decision: Decision
    refusal: str


def explain(
    target: Annotated[str, typer.Argument(help="A target of the file: orders-prod")],
    role: Annotated[str, typer.Argument(help="A role of that target: read")],
    duration: Annotated[str, typer.Argument(help="30m, 2h, 2h30m")],
    slack_id: Annotated[str, typer.Option("--as", help="The requester's Slack id, U…", show_default=False)],
    at: Annotated[str | None, typer.Option(help="2026-03-02T22:00+01:00; default: now.")] = None,
    groups: Annotated[
        list[str] | None, typer.Option("--in", help="Assume this group; may be repeated.")
    ] = None,
    guest: Annotated[bool, typer.Option("--guest", help="Assume a guest.")] = False,  # noqa: FBT002 an option
    break_glass: Annotated[bool, typer.Option("--break-glass", help="Ask for a break-glass.")] = False,  # noqa: FBT002 an option
    file: Annotated[Path | None, typer.Option(help="Default: DBACCESS_CONFIG.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Say which rule decides a request, what it requires, and why the others do not. Exit code 1: refused.

    Example: dbaccess policy explain --as U0MAYA orders-prod read 2h
    """
    policy, now = load_policy(file or ConfigSettings.load().dbaccess_config), _moment(at)
    asking = _asking(policy, _account(policy, slack_id), groups=groups, guest=guest, now=now)
    ask = Ask(target=target, role=role, duration=parse_duration(duration), reason="", break_glass=break_glass)
    found = explained(asking, ask, now)
    if as_json:
        show_json(_fields(found))
    else:
        _print(found)
    if found.refusal:
        raise typer.Exit(1)


def explained(asking: Asking, ask: Ask, now: datetime) -> Explained:
    """Return the decision as for a request; raises `UnknownName` for a target or role."""
    policy, person = asking.policy, asking.person
    decision = policy.decide(
        person, ask.target, ask.role, duration=ask.duration, now=now, break_glass=ask.break_glass
    )
    refusal = "" if person.may_act else "This account is deactivated, or is no person."
    try:
        policy.rule_for(person, ask, now=now)
    except (NotAllowed, TooLong) as refused:
        refusal = refusal or str(refused)
    return Explained(asking=asking, ask=ask, now=now, decision=decision, refusal=refusal)


def _account(policy: Policy, text: str) -> SlackId:
    """Return the Slack id; raises a usage error that says what to write instead of a name."""
    if is_person_id(text):
        return SlackId(text)
    named = [account for account, person in policy.aliases.items() if person == text]
    write = " or ".join(named) or "U0MAYA, say: in Slack under the profile, Copy member ID"
    raise typer.BadParameter(f'"{text}" is not a Slack id. Write {write}.')


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise typer.BadParameter(f'"{text}" is not a moment. Write 2026-03-02T22:00+01:00, or …Z for UTC.')
    return moment.astimezone(UTC)


def _asking(
    policy: Policy, slack_id: SlackId, *, groups: list[str] | None, guest: bool, now: datetime
) -> Asking:
    if groups is None and DoctorSettings.load().database_url is not None:
        with control() as begin, begin() as uow:
            person = look_up(uow, slack_id, policy)
            if person is None:
                raise Refused(
                    f"{slack_id} is unknown: in no group, or not read from Slack yet. Try --in GROUP."
                )
            person = replace(person, is_guest=person.is_guest or guest)
            return Asking(policy=policy, person=person, known=FROM_SLACK, unread=_unread(uow, policy, person))
    assumed, person = simulate(policy, slack_id=slack_id, groups=groups or (), is_guest=guest, now=now)
    return Asking(policy=assumed, person=person, known=FROM_THE_FILE if groups is None else ASSUMED)


def _unread(uow: UnitOfWork, policy: Policy, person: Person) -> str:
    """Return the refusal by bot and worker for old data; empty if it was read lately."""
    max_age = SnapshotSettings.load().snapshot_max_age
    try:
        check_fresh(uow, policy, Workspace(team_id=person.team_id, url="", snapshot_max_age=max_age))
        check_read_lately(uow, person)
    except (DirectoryTooOld, UnknownPerson) as refused:
        return str(refused)
    return ""


def _print(found: Explained) -> None:
    console, asking = Console(highlight=False), found.asking
    groups = ", ".join(sorted(asking.policy.groups_of(asking.person))) or "no group"
    guest = ", a guest" if asking.person.is_guest else ""
    console.print(escape(f"{asking.person.shown}{guest}, in {groups} ({asking.known})."), soft_wrap=True)
    for line in _notes(asking):
        console.print(escape(line), style="yellow", soft_wrap=True)
    console.print(escape(f"{_asked(found)}: {_verdict(found)}"), style=_style(found), soft_wrap=True)
    for line in _asks(found):
        console.print(escape(f"  {line}"), soft_wrap=True)
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for considered in found.decision.considered:
        decides = not considered.why_not
        said = considered.why_not or ("denies it" if considered.rule.denies else "decides")
        table.add_row(escape(considered.rule.id), escape(said), style="bold" if decides else "dim")
    console.print(table)


def _notes(asking: Asking) -> Iterator[str]:
    if out_of := _only_out_of(asking):
        groups = ", ".join(out_of)
        yield f"Also in {groups} where that keeps out: another account is, or this one was a moment ago."
    if asking.unread:
        yield f"A request would be refused now, whatever the rules say: {asking.unread}"


def _only_out_of(asking: Asking) -> list[str]:
    """Return groups that exclude this person where they deny, but do not admit where they allow."""
    policy, person = asking.policy, asking.person
    return sorted(policy.membership.groups_of_any(person) - policy.groups_of(person))


def _asked(found: Explained) -> str:
    ask = found.ask
    how = " by break-glass" if ask.break_glass else ""
    return (
        f"{ask.role} on {ask.target} for {format_duration(ask.duration)}{how} at {found.now:%a %F %H:%M} UTC"
    )


def _verdict(found: Explained) -> str:
    rule = found.decision.rule
    return f"yes, by rule {rule.id}." if rule and not found.refusal else f"no. {found.refusal}"


def _style(found: Explained) -> str:
    return "red" if found.refusal else "green"


def _asks(found: Explained) -> Iterator[str]:
    """Yield what the deciding rule requires, whether or not it is met."""
    rule = found.decision.rule
    if rule is None:
        return
    yield f"Approval: {_approval(rule)}. Longest: {format_duration(rule.longest)}."
    ticket = f"a ticket that matches {rule.ticket}, " if rule.ticket else ""
    yield f"Requires {ticket}a reason of {rule.min_reason} characters."
    if rule.extend:
        longest = format_duration(rule.extend.longest)
        yield f"May be extended to {longest} in all: {_slots(rule.extend.approvals)}."


def _approval(rule: Rule) -> str:
    if rule.break_glass:
        within = format_duration(rule.break_glass.review_within)
        return f"none before; {rule.break_glass.review_by} reviews it within {within}"
    if not rule.approvals:
        return "none, no approval is needed"
    return f"{_slots(rule.approvals)} within {format_duration(rule.decide_within)}"


def _slots(slots: tuple[Slot, ...]) -> str:
    return " and ".join(f"{slot.count} from {slot.group}" for slot in slots) or "no approval is needed"


def _fields(found: Explained) -> dict[str, Any]:
    rule, person = found.decision.rule, found.asking.person
    return {
        "allowed": not found.refusal,
        "refusal": found.refusal or None,
        "person": person.slack_id,
        "guest": person.is_guest,
        "groups": sorted(found.asking.policy.groups_of(person)),
        "groups_that_only_keep_out": _only_out_of(found.asking),
        "groups_known": found.asking.known,
        "refused_as_unread": found.asking.unread or None,
        "target": found.ask.target,
        "role": found.ask.role,
        "seconds": _seconds(found.ask.duration),
        "break_glass": found.ask.break_glass,
        "at": found.now.isoformat(),
        "rule": rule.id if rule else None,
        "denied_by": found.decision.denied_by.id if found.decision.denied_by else None,
        "longest_seconds": _seconds(rule.longest) if rule else None,
        "approvals": [{"group": s.group, "count": s.count} for s in rule.approvals] if rule else None,
        "considered": [{"rule": c.rule.id, "why_not": c.why_not or None} for c in found.decision.considered],
        "policy_hash": found.asking.policy.hash,
    }


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
