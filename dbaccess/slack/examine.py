"""The check that Slack has what the policy names, and that the app may use it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from slack_sdk import WebClient

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.people import SourceId
from dbaccess.domain.policy import Policy
from dbaccess.ports import Finding
from dbaccess.slack.client import call
from dbaccess.slack.scopes import OPTIONAL, SCOPES
from dbaccess.slack.views.slack_refusal import why
from dbaccess.slack.workspace_identity import Identity

_CLOCK: Final = 60.0
"""Seconds: Slack's signature is valid for five minutes, and its date has whole seconds."""

_LIMITS: Final = {
    "is_frozen": "is_inactive",
    "is_read_only": "restricted_action_read_only_channel",
    "is_thread_only": "restricted_action_thread_only_channel",
    "is_non_threadable": "restricted_action_non_threadable_channel",
}
"""Each flag that Slack gives a channel, and the code with which it then refuses a message there."""
_INVITE: Final = "Correct the id in the policy, or invite the app into that channel: /invite @dbaccess"


def examine_app(who: Identity) -> Iterator[Finding]:
    """Yield what the token itself shows: workspace, scopes, and Slack's time."""
    yield Finding(what=f"Slack workspace {who.team_id}", ok=True)
    yield _scopes(who.scopes)
    # No method shows a bot token what the app's manifest says.
    yield Finding(what="Commands and events: Slack does not show them; compare with manifest.yml", ok=True)
    if who.said_at is not None:
        seconds = abs((datetime.now(UTC) - who.said_at).total_seconds())
        if seconds > _CLOCK:
            what = f"This host's clock differs by {seconds:.0f} s from Slack's"
            yield Finding(what=what, ok=False, fix="Synchronise the clock, for example with chrony.")


def _scopes(given: frozenset[str] | None) -> Finding:
    if given is None:
        return Finding(what="Slack does not name the token's scopes", ok=True)
    if missing := SCOPES - given:
        fix = "Paste manifest.yml under App Manifest and install the app again."
        return Finding(what=f"Slack token lacks {', '.join(sorted(missing))}", ok=False, fix=fix)
    known = SCOPES | OPTIONAL
    more = ", ".join("".join(c for c in scope if c.isprintable()) for scope in sorted(given - known))
    return Finding(what=f"Slack scopes{f', more than needed: {more}' if more else ''}", ok=True)


def examine_names(client: WebClient, policy: Policy) -> Iterator[Finding]:
    """Yield the findings about channels, groups and people of the policy; raises `SlackFailure`."""
    yield from examine_channels(client, policy)
    yield from _groups(client, policy)


def examine_channels(client: WebClient, policy: Policy) -> Iterator[Finding]:
    """Yield the findings about channels alone; raises `SlackFailure`."""
    used: dict[str, list[str]] = {policy.ops_channel: ["operators"]}
    for target in policy.targets.values():
        used.setdefault(target.channel, []).append(target.name)
    wrong = [found for channel, by in sorted(used.items()) for found in _channel(client, channel, by)]
    yield from wrong
    if not wrong:
        yield Finding(what=f"Channels: the app may post in all {len(used)}", ok=True)


def _channel(client: WebClient, channel: str, by: Sequence[str]) -> Iterator[Finding]:
    named = f"Channel {channel} ({', '.join(by)})"
    row = _ask_channel(client, channel)
    if row is None:
        yield Finding(what=f"{named}: Slack shows the app no such channel", ok=False, fix=_INVITE)
    elif row.get("is_archived"):
        fix = "Unarchive it, or name another channel in the policy."
        yield Finding(what=f"{named} is archived: no message can be posted", ok=False, fix=fix)
    elif row.get("is_ext_shared") or row.get("is_pending_ext_shared"):
        fix = "Name a channel of this workspace alone in the policy."
        what = f"{named} is shared with another workspace: nothing is posted there"
        yield Finding(what=what, ok=False, fix=fix)
    elif not row.get("is_member"):
        what = f"{named}: the app is not in it, and posts nothing there"
        yield Finding(what=what, ok=False, fix="Invite it there: /invite @dbaccess")
    elif code := next((code for limit, code in _LIMITS.items() if row.get(limit)), None):
        reason, fix = why(code)
        yield Finding(what=f"{named}: {reason}", ok=False, fix=fix)


def _ask_channel(client: WebClient, channel: str) -> Mapping[str, Any] | None:
    try:
        answer: Any = call("conversations.info", lambda: client.conversations_info(channel=channel))
    except SlackFailure as failure:
        if failure.passes or failure.code == "missing_scope":
            raise
        return None
    row: Mapping[str, Any] = answer.get("channel") or {}
    return row


def _groups(client: WebClient, policy: Policy) -> Iterator[Finding]:
    sources = {source for group in policy.groups.values() for source in group}
    user_groups = _user_groups(client) if any(one.startswith("S") for one in sources) else {}
    faults = {one: _fault(client, one, user_groups) for one in sorted(sources)}
    for name, group in sorted(policy.groups.items()):
        bad = {source: fault for source in group if (fault := faults[source])}
        for source, (what, fix) in bad.items():
            yield Finding(what=f"Group {name}: {source} {what}", ok=False, fix=fix)
        if len(bad) == len(group):
            what = f"Group {name} has no member: no person can act for it"
            yield Finding(
                what=what, ok=False, fix="Give it a member in Slack, or another source in the policy."
            )
    if not any(faults.values()) and policy.groups:
        yield Finding(what=f"Groups: all {len(policy.groups)} have members", ok=True)


_Fault = tuple[str, str] | None
"""The clause about a source, and the fix; None if it is in order."""


def _fault(client: WebClient, source: SourceId, user_groups: Mapping[str, Mapping[str, Any]]) -> _Fault:
    if source.startswith("S"):
        return _of_user_group(user_groups.get(source))
    if source.startswith(("C", "G")):
        found = _ask_channel(client, source)
        return ("is no channel that Slack shows the app", _INVITE) if found is None else None
    return _of_account(client, source)


def _of_user_group(row: Mapping[str, Any] | None) -> _Fault:
    if row is None:
        return "is no user group of this workspace", "Correct the id in the policy."
    if row.get("date_delete"):
        return "is disabled", "Enable the user group in Slack, or name another in the policy."
    if not row.get("users"):
        return "is empty", "Add people to the user group in Slack."
    return None


def _of_account(client: WebClient, account: str) -> _Fault:
    try:
        answer: Any = call("users.info", lambda: client.users_info(user=account))
    except SlackFailure as failure:
        if failure.passes or failure.code == "missing_scope":
            raise
        return "is no account that Slack shows the app", "Correct the id in the policy."
    if (answer.get("user") or {}).get("deleted"):
        return "is deactivated", "Take it out of the policy."
    return None


def _user_groups(client: WebClient) -> Mapping[str, Mapping[str, Any]]:
    """Return every user group by its id, disabled ones too."""

    def ask() -> Any:
        return client.usergroups_list(include_users=True, include_disabled=True)

    rows: Iterable[Mapping[str, Any]] = call("usergroups.list", ask).get("usergroups") or ()
    return {str(row["id"]): row for row in rows}
