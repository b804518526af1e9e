"""`dbaccess audit`."""

import typer

from dbaccess.cli import audit_review
from dbaccess.cli.audit_report import report

app = typer.Typer(help="Evidence for an audit: reports over a period.", no_args_is_help=True)
app.command("report")(report)
app.add_typer(audit_review.app, name="review")


@app.callback()
def audit() -> None:
    """Make evidence for an audit."""
