"""`dbaccess policy test`: the cases of the policy file, each decided like a request."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from dbaccess.cli.output import AsJson, counted, show_json
from dbaccess.domain.policy import Policy
from dbaccess.policy_file import Case, PolicyFileError, beside, failures, load_cases
from dbaccess.settings import ConfigSettings


def run_cases(
    file: Annotated[Path | None, typer.Argument(help="Default: DBACCESS_CONFIG.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Run the tests in the file, and those in FILE.tests.toml beside it. Exit code 1: a test failed.

    Example: dbaccess policy test dbaccess.toml
    """
    path = file or ConfigSettings.load().dbaccess_config
    try:
        policy, cases = load_cases(path)
    except PolicyFileError as error:
        _refuse(str(error), as_json=as_json)
    if not cases:
        said = f"There are no tests in {path}, and no {beside(path)}. See docs/how-to/write-a-rule.md."
        _refuse(said, as_json=as_json)
    results = [(case, failures(policy, case)) for case in cases]
    failed = sum(1 for _, different in results if different)
    if as_json:
        show_json(_fields(policy, results))
    else:
        _print(results, failed)
    if failed:
        raise typer.Exit(1)


def _refuse(why: str, *, as_json: bool) -> NoReturn:
    if as_json:
        show_json({"problems": why.splitlines(), "tests": []})
    else:
        typer.secho(why, fg=typer.colors.RED)
    raise typer.Exit(1)


def _print(results: list[tuple[Case, list[str]]], failed: int) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for case, different in results:
        word, style = ("FAILED", "bold red") if different else ("ok", "green")
        console.print(f"[{style}]{word:<6}[/] {escape(case.name)}")
        for line in different:
            console.print(f"       {escape(f'{case.file}:{case.line}: {line}')}", style="red")
    said = f"{counted(len(results), 'test')}, {failed} failed."
    console.print(said, style="bold red" if failed else "bold green")


def _fields(policy: Policy, results: list[tuple[Case, list[str]]]) -> dict[str, object]:
    return {
        "policy_hash": policy.hash,
        "problems": [],
        "tests": [
            {"name": c.name, "file": c.file, "line": c.line, "ok": not different, "different": different}
            for c, different in results
        ],
    }
