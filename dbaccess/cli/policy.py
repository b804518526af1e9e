"""`dbaccess policy`."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

import typer

from dbaccess.cli.output import AsJson, counted, show_json
from dbaccess.cli.policy_explain import explain
from dbaccess.cli.policy_live import look
from dbaccess.cli.policy_resolve import resolve
from dbaccess.cli.policy_test import run_cases
from dbaccess.cli.slack_names import changes_in_slack, pinned_names
from dbaccess.domain.errors import SlackFailure
from dbaccess.policy_file import PolicyFileError, load_policy, render_warnings
from dbaccess.settings import ConfigSettings

NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})

app = typer.Typer(help="Check, explain and test the policy file.", no_args_is_help=True)


app.command("explain")(explain)
app.command("test")(run_cases)
app.command("resolve")(resolve)


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="Default: DBACCESS_CONFIG.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Show every mistake in the file, with its line and the fix.

    With SLACK_BOT_TOKEN it asks Slack whether the app may post in each channel, and who is in the reviewers'
    groups. With DATABASE_URL it finds open grants that the file has lost, and break-glass reviews that no
    person of the file could close. Names of channels and user groups are shown with their pinned ids, and
    compared with Slack. Each group with an owner is shown with it.

    Example: dbaccess policy check dbaccess.toml
    """
    path = file or ConfigSettings.load().dbaccess_config
    try:
        policy = load_policy(path)
    except PolicyFileError as error:
        _say(as_json, problems=str(error).splitlines(), warnings=[])
        raise typer.Exit(1) from None
    looked, names = look(policy), pinned_names(path)
    problems = _changes(path)
    warnings = [*render_warnings(policy), *looked.warnings]
    ids = names.ids if names else {}
    _say(
        as_json,
        problems=problems,
        warnings=warnings,
        unchecked=looked.unchecked,
        names=ids,
        owners=policy.owners,
    )
    if problems:
        raise typer.Exit(1)
    if not as_json:
        replicas = sum(len(cluster.replicas) for cluster in policy.clusters.values())
        counts = f"{counted(len(policy.targets), 'target')}, {counted(len(policy.rules), 'rule')}"
        counts += f", {counted(replicas, 'replica')}" if replicas else ""
        found = counted(len(warnings), "warning") if warnings else "nothing wrong"
        typer.echo(f"{path}: {counts}, {found}. Hash {policy.hash[:12]}.")


def _changes(path: Path) -> list[str]:
    try:
        return list(map(str, changes_in_slack(path)))
    except SlackFailure:
        return []  # `look` reports that Slack could not be asked


def _say(
    as_json: bool,  # noqa: FBT001 passed through
    *,
    problems: list[str],
    warnings: list[str],
    unchecked: tuple[str, ...] = (),
    names: Mapping[str, str] = NO_NAMES,
    owners: Mapping[str, str] = NO_NAMES,
) -> None:
    if as_json:
        said = {"problems": problems, "warnings": warnings, "unchecked": unchecked}
        show_json(said | {"names": dict(names), "owners": dict(owners)})
        return
    for name, slack_id in sorted(names.items()):
        typer.echo(f"{name} is {slack_id}")
    for group, owner in sorted(owners.items()):
        typer.echo(f"{group} is owned by {owner}")
    for line in problems:
        typer.secho(line, fg=typer.colors.RED)
    for line in warnings:
        typer.secho(f"warning: {line}", fg=typer.colors.YELLOW)
    for line in unchecked:
        typer.echo(f"not checked: {line}")
