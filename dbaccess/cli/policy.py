"""`dbaccess policy`."""

from pathlib import Path
from typing import Annotated

import typer

from dbaccess.cli.output import AsJson, counted, show_json
from dbaccess.cli.policy_explain import explain
from dbaccess.cli.policy_live import look
from dbaccess.cli.policy_test import run_cases
from dbaccess.policy_file import PolicyFileError, load_policy, render_warnings
from dbaccess.settings import ConfigSettings

app = typer.Typer(help="Check, explain and test the policy file.", no_args_is_help=True)


app.command("explain")(explain)
app.command("test")(run_cases)


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="Default: DBACCESS_CONFIG.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Show every mistake in the file, with its line and the fix.

    With SLACK_BOT_TOKEN it asks Slack who is in the reviewers' groups. With DATABASE_URL it finds open grants
    that the file has lost, and break-glass reviews that no person of the file could close.

    Example: dbaccess policy check dbaccess.toml
    """
    path = file or ConfigSettings.load().dbaccess_config
    try:
        policy = load_policy(path)
    except PolicyFileError as error:
        _say(as_json, problems=str(error).splitlines(), warnings=[])
        raise typer.Exit(1) from None
    looked = look(policy)
    warnings = [*render_warnings(policy), *looked.warnings]
    _say(as_json, problems=[], warnings=warnings, unchecked=looked.unchecked)
    if not as_json:
        replicas = sum(len(cluster.replicas) for cluster in policy.clusters.values())
        counts = f"{counted(len(policy.targets), 'target')}, {counted(len(policy.rules), 'rule')}"
        counts += f", {counted(replicas, 'replica')}" if replicas else ""
        found = counted(len(warnings), "warning") if warnings else "nothing wrong"
        typer.echo(f"{path}: {counts}, {found}. Hash {policy.hash[:12]}.")


def _say(
    as_json: bool,  # noqa: FBT001 passed through
    *,
    problems: list[str],
    warnings: list[str],
    unchecked: tuple[str, ...] = (),
) -> None:
    if as_json:
        show_json({"problems": problems, "warnings": warnings, "unchecked": unchecked})
        return
    for line in problems:
        typer.secho(line, fg=typer.colors.RED)
    for line in warnings:
        typer.secho(f"warning: {line}", fg=typer.colors.YELLOW)
    for line in unchecked:
        typer.echo(f"not checked: {line}")
