"""The names of a policy, compared with Slack."""

import time
from collections.abc import Iterator
from pathlib import Path

import typer
from pydantic import SecretStr

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.pinned_names import NameChange, name_changes
from dbaccess.domain.policy import Policy
from dbaccess.policy_file import PinnedIds, PolicyFileError, ids_beside, load_names, read_ids
from dbaccess.ports import Finding
from dbaccess.settings import ConfigSettings, DoctorSettings
from dbaccess.slack.names import SlackNames
from dbaccess.slack.workspace_identity import Identity


def pinned_names(path: Path) -> PinnedIds | None:
    """Return the pinned ids of the names that the file uses; None if it uses none."""
    names, pinned = load_names(path), read_ids(ids_beside(path))
    if pinned is None or not names:
        return None
    used = {name: pinned.ids[name] for name in names if name in pinned.ids}
    return PinnedIds(workspace=pinned.workspace, ids=used)


def changes_in_slack(path: Path) -> tuple[NameChange, ...]:
    """Return how Slack differs from the pinned names; nothing without a token. Raise `SlackFailure`."""
    settings, pinned = DoctorSettings.load(), pinned_names(path)
    if settings.slack_bot_token is None or pinned is None:
        return ()
    names, who = slack_names(settings.slack_bot_token, settings.slack_api_url)
    if who.team_id != pinned.workspace:
        what = f"The names are pinned in workspace {pinned.workspace}, and the token is for {who.team_id}."
        fix = "Use the other token; for a new workspace delete the file of the pinned ids first."
        return (NameChange(name="", what=what, fix=fix),)
    return tuple(name_changes(pinned.ids, list(names.of_ids(pinned.ids.values()).values())))


def slack_names(token: SecretStr, api_url: str) -> tuple[SlackNames, Identity]:
    """Return the reader of names, and the app that the token belongs to. Raise `SlackFailure`."""
    from dbaccess.slack.client import build_client
    from dbaccess.slack.workspace_identity import who_am_i

    client = build_client(token, api_url)
    return SlackNames(client, _wait), who_am_i(client)


def name_findings(policy: Policy | None) -> Iterator[Finding]:
    """Yield what `doctor` says about the names; nothing if the file has none, or another mistake."""
    if policy is None:
        return
    path = ConfigSettings.load().dbaccess_config
    try:
        pinned = pinned_names(path)
        changes = changes_in_slack(path)
    except (PolicyFileError, SlackFailure):
        return  # each is a finding of its own
    for change in changes:
        yield Finding(what=change.what, ok=False, fix=change.fix)
    if pinned is not None and not changes:
        yield Finding(what=f"Names in the policy: {len(pinned.ids)} pinned", ok=True)


def _wait(seconds: float) -> None:
    typer.echo(f"Slack asks to wait {seconds:.0f} s.", err=True)
    time.sleep(seconds)
