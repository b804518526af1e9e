"""`dbaccess audit`."""

import typer

from dbaccess.cli.audit_report import report

app = typer.Typer(help="Evidence for an audit: reports over a period.", no_args_is_help=True)
app.command("report")(report)


@app.callback()
def audit() -> None:
    """Keep the name of the sub-command, also while there is only one."""
