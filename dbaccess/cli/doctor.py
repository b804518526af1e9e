"""`dbaccess doctor`."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from dbaccess.cli.control import control
from dbaccess.cli.delivery_findings import delivery_findings
from dbaccess.cli.doctor_clusters import cluster_findings, is_of_workers
from dbaccess.cli.doctor_try import try_on_target
from dbaccess.cli.ledger_findings import ledger_findings
from dbaccess.cli.observe_mode import observing
from dbaccess.cli.output import AsJson
from dbaccess.cli.policy_findings import policy_findings
from dbaccess.cli.slack_names import name_findings
from dbaccess.cli.witness_findings import witness_findings
from dbaccess.domain.errors import BadAddress, CannotStart, DbaccessError, SlackFailure
from dbaccess.domain.policy import Policy
from dbaccess.policy_file import PolicyFileError, load_policy
from dbaccess.ports import Finding
from dbaccess.settings import ConfigSettings, DoctorSettings

BeforeStart = Annotated[bool, typer.Option("--before-start", help="Bot and workers are not running yet.")]


def doctor(
    try_: Annotated[
        tuple[str, str] | None,
        typer.Option("--try", metavar="TARGET ROLE", help="Make, use and end a real login with this role."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="With --try: do not ask for confirmation.")] = False,  # noqa: FBT002 an option
    before_start: BeforeStart = False,  # noqa: FBT002 an option
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Check everything that this environment names, and say how to fix what is wrong.

    Run it with the workers' environment to check the clusters too. Exit code 1: something is wrong. A line
    that begins with ! is advice: dbaccess keeps its promises without it.

    With --try it tests one role instead: it makes a login on the target, logs in, ends it, and prints the
    receipt. The login works for a minute at most, and Slack is not used. The ledger has it under your name.

    Example: dbaccess doctor --try orders-prod read
    """
    if try_ is not None:
        if not try_on_target(*try_, yes=yes, as_json=as_json):
            raise typer.Exit(1)
        return
    settings = DoctorSettings.load()
    policy, found = _policy()
    found += [
        *_control(settings, policy, before_start=before_start),
        *_queue(settings),
        *_slack(settings, policy),
    ]
    found += [*name_findings(policy), *cluster_findings(policy)]
    _show(found, as_json=as_json)
    if any(finding.is_fault for finding in found):
        raise typer.Exit(1)


def _policy() -> tuple[Policy | None, list[Finding]]:
    path = ConfigSettings.load().dbaccess_config
    try:
        policy = load_policy(path)
    except PolicyFileError as error:
        # One finding for each: a person with doctor's output alone can mend the file.
        return None, [_bad(f"Configuration {error.file}:{p.line}", p.what) for p in error.problems]
    return policy, [_good(f"Configuration {path}, hash {policy.hash[:12]}")]


def _control(settings: DoctorSettings, policy: Policy | None, *, before_start: bool) -> list[Finding]:
    if settings.database_url is None:
        return [_bad("Control database", "Set DATABASE_URL or DATABASE_URL_FILE.")]
    import psycopg

    from dbaccess.storage.examine import examine
    from dbaccess.storage.refusal import refusal_of

    try:
        found = examine(settings.database_url, for_workers=is_of_workers())
        ledger = [*ledger_findings(before_start=before_start), *witness_findings()] if is_of_workers() else ()
        used = policy_findings(policy, before_start=before_start)
        return [*found, *used, *observing(), *_delivery(), *ledger]
    except BadAddress as error:
        return [_bad("Control database", str(error))]
    except DbaccessError:
        return [_bad("Control database does not answer", "Check DATABASE_URL, the server and the password.")]
    except psycopg.Error as error:
        refused = refusal_of(settings.database_url, error)
        return [_bad(f"Control database: {refused.what}", refused.check)]


def _delivery() -> list[Finding]:
    """Return what Slack refuses; nothing where the database does not answer, which others report."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with control() as begin:
            return list(delivery_findings(begin))
    except SQLAlchemyError:
        return []


def _queue(settings: DoctorSettings) -> list[Finding]:
    if settings.redis_url is None:
        return [_bad("Queue", "Set REDIS_URL or REDIS_URL_FILE.")]
    from dbaccess.queue.examine import examine_queue

    try:
        return list(examine_queue(settings.redis_url))
    except BadAddress as error:
        return [_bad("Queue", str(error))]


def _slack(settings: DoctorSettings, policy: Policy | None) -> Iterator[Finding]:
    if settings.slack_bot_token is None:
        yield _bad("Slack", "Set SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_FILE.")
        return
    from dbaccess.slack.client import build_client
    from dbaccess.slack.examine import examine_app, examine_names
    from dbaccess.slack.first_call import check_app_token, check_bot_token

    client = build_client(settings.slack_bot_token, settings.slack_api_url)
    try:
        who = check_bot_token(client, team_id=_kept_team(settings))
        yield from examine_app(who)
        if settings.slack_app_token is not None:
            check_app_token(build_client(settings.slack_app_token, settings.slack_api_url), client, who)
            yield _good("Slack app token opens Socket Mode")
        if policy is not None:
            yield from examine_names(client, policy)
    except CannotStart as error:
        yield _bad("Slack refuses this app", str(error))
    except SlackFailure as failure:
        yield _bad(f"Slack says {failure.code}", f"{failure} Check the token, and the connection to Slack.")


def _kept_team(settings: DoctorSettings) -> str | None:
    """Return the workspace of the control database; None if it has none, or does not answer."""
    if settings.database_url is None:
        return None
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with control() as begin, begin() as uow:
            team = uow.team.get()
    except (SQLAlchemyError, DbaccessError):
        return None  # a finding of its own
    return team.id if team is not None else None


def _show(found: list[Finding], *, as_json: bool) -> None:
    if as_json:
        import json

        typer.echo(json.dumps([asdict(finding) for finding in found]))
        return
    for finding in found:
        mark, colour = _mark(finding)
        typer.secho(f"{mark} {finding.what}", fg=colour)
        if not finding.ok and finding.fix:
            typer.echo(f"    {finding.fix}")


def _mark(finding: Finding) -> tuple[str, str]:
    if finding.is_fault:
        return "✗", typer.colors.RED
    return ("✓", typer.colors.GREEN) if finding.ok else ("!", typer.colors.YELLOW)


def _good(what: str) -> Finding:
    return Finding(what=what, ok=True)


def _bad(what: str, fix: str) -> Finding:
    return Finding(what=what, ok=False, fix=fix)
