"""`dbaccess policy resolve`."""

from pathlib import Path
from typing import Annotated

import typer

from dbaccess.cli.output import AsJson, show_rows
from dbaccess.cli.slack_names import slack_names
from dbaccess.domain.pinned_names import Pin, pin_names
from dbaccess.policy_file import PinnedIds, ids_beside, load_names, read_ids, write_ids
from dbaccess.settings import ConfigSettings, DoctorSettings, SettingsError
from dbaccess.slack.names import SlackNames


def resolve(
    file: Annotated[Path | None, typer.Argument(help="Default: DBACCESS_CONFIG.")] = None,
    repin: Annotated[
        list[str] | None, typer.Option(help="A name that may get another id than its pinned one.")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Ask Slack for the id of each name in the file, and pin it in the file beside it.

    A pinned id stays. If Slack uses a pinned name otherwise now, the command says so and writes nothing.

    Example: dbaccess policy resolve dbaccess.toml
    """
    path = file or ConfigSettings.load().dbaccess_config
    settings = DoctorSettings.load()
    if settings.slack_bot_token is None:
        raise SettingsError("SLACK_BOT_TOKEN is not set: put it into the environment, or use its _FILE form")
    names = load_names(path)
    if unknown := sorted(set(repin or ()) - set(names)):
        raise typer.BadParameter(f"{', '.join(unknown)}: the file has no such name")
    slack, who = slack_names(settings.slack_bot_token, settings.slack_api_url)
    pins = pin_into(path, names, slack, workspace=who.team_id, repin=repin or [])
    rows = [{"name": pin.name, "id": pin.id, "pinned": "now" if pin.is_new else "before"} for pin in pins]
    show_rows(rows, ("name", "id", "pinned"), as_json=as_json, empty="The file has no names.")


def pin_into(
    path: Path, names: tuple[str, ...], slack: SlackNames, *, workspace: str, repin: list[str]
) -> list[Pin]:
    """Pin an id for each name of the policy, and write them all beside it.

    Raises `NameUnresolved` or `SettingsError`, with the file as it was.
    """
    pinned = read_ids(ids_beside(path))
    if pinned is not None and pinned.workspace != workspace:
        raise SettingsError(
            f"{ids_beside(path)} has the ids of workspace {pinned.workspace}; the token is for {workspace}. "
            "Use the other token; for a new workspace delete that file first."
        )
    if not names:
        return []
    listed = [
        *(slack.channels() if any(name.startswith("#") for name in names) else []),
        *(slack.user_groups() if any(name.startswith("@") for name in names) else []),
    ]
    pins = pin_names(names, pinned=pinned.ids if pinned else {}, listed=listed, repin=repin)
    write_ids(ids_beside(path), PinnedIds(workspace=workspace, ids={pin.name: pin.id for pin in pins}))
    return pins
