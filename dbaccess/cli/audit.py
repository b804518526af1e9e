"""`dbaccess audit`."""

import typer

from dbaccess.cli import audit_review
from dbaccess.cli.audit_report import report
from dbaccess.cli.audit_search import search

app = typer.Typer(help="Evidence for an audit: questions, reports and access reviews.", no_args_is_help=True)
app.command("report")(report)
app.command("search")(search)
app.add_typer(audit_review.app, name="review")


@app.callback()
def audit() -> None:
    """Make evidence for an audit."""
