"""`dbaccess doctor`."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime

import typer
from pydantic import SecretStr

from dbaccess.cli.environment import driver_of
from dbaccess.cli.given_roles import given_roles
from dbaccess.cli.observe_mode import observing
from dbaccess.cli.output import AsJson
from dbaccess.cli.policy_findings import policy_findings
from dbaccess.cli.slack_names import name_findings
from dbaccess.domain.clock import SKEW_ALLOWED, skew
from dbaccess.domain.errors import BadAddress, DbaccessError, SlackFailure
from dbaccess.domain.policy import Policy
from dbaccess.domain.target import replica_server
from dbaccess.policy_file import PolicyFileError, load_policy
from dbaccess.ports import Finding, TargetDriver
from dbaccess.settings import ConfigSettings, DoctorSettings, SettingsError, cluster_url
from dbaccess.slack.scopes import SCOPES


def doctor(as_json: AsJson = False) -> None:  # noqa: FBT002 an option
    """Check everything that this environment names, and say how to fix what is wrong.

    Run it with the workers' environment to check the clusters too. Exit code 1: something is wrong.
    """
    settings = DoctorSettings.load()
    policy, found = _policy()
    found += [*_control(settings, policy), *_queue(settings), *_slack(settings), *name_findings(policy)]
    found += _clusters(policy)
    _show(found, as_json=as_json)
    if not all(finding.ok for finding in found):
        raise typer.Exit(1)


def _policy() -> tuple[Policy | None, list[Finding]]:
    path = ConfigSettings.load().dbaccess_config
    try:
        policy = load_policy(path)
    except PolicyFileError:
        return None, [_bad(f"Configuration {path}", "Run: dbaccess policy check")]
    return policy, [_good(f"Configuration {path}, hash {policy.hash[:12]}")]


def _control(settings: DoctorSettings, policy: Policy | None) -> list[Finding]:
    if settings.database_url is None:
        return [_bad("Control database", "Set DATABASE_URL or DATABASE_URL_FILE.")]
    import psycopg

    from dbaccess.storage.examine import examine

    try:
        return [*examine(settings.database_url), *policy_findings(policy), *observing()]
    except BadAddress as error:
        return [_bad("Control database", str(error))]
    except (psycopg.Error, DbaccessError):
        return [_bad("Control database does not answer", "Check DATABASE_URL, the server and the password.")]


def _queue(settings: DoctorSettings) -> list[Finding]:
    if settings.redis_url is None:
        return [_bad("Queue", "Set REDIS_URL or REDIS_URL_FILE.")]
    from dbaccess.queue import RqQueue

    try:
        RqQueue(settings.redis_url).ping()
    except BadAddress as error:
        return [_bad("Queue", str(error))]
    except ConnectionError:
        return [_bad("Queue does not answer", "Check REDIS_URL. Until then the reconciler does all work.")]
    return [_good("Queue answers")]


def _slack(settings: DoctorSettings) -> list[Finding]:
    if settings.slack_bot_token is None:
        return [_bad("Slack", "Set SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_FILE.")]
    from dbaccess.slack.client import build_client
    from dbaccess.slack.workspace_identity import who_am_i

    try:
        who = who_am_i(build_client(settings.slack_bot_token, settings.slack_api_url))
    except SlackFailure as failure:
        return [_bad(f"Slack says {failure.code}", "Check SLACK_BOT_TOKEN and the connection to Slack.")]
    return [_good(f"Slack workspace {who.team_id}"), _scopes(who.scopes)]


def _scopes(given: frozenset[str] | None) -> Finding:
    if given is None:
        return _good("Slack does not name the token's scopes")
    if missing := SCOPES - given:
        fix = "Paste manifest.yml under App Manifest and install the app again."
        return _bad(f"Slack token lacks {', '.join(sorted(missing))}", fix)
    more = given - SCOPES
    return _good(f"Slack scopes{f', more than needed: {_names(more)}' if more else ''}")


def _names(scopes: Iterable[str]) -> str:
    return ", ".join("".join(c for c in scope if c.isprintable()) for scope in sorted(scopes))


def _clusters(policy: Policy | None) -> Iterator[Finding]:
    for name in sorted(policy.clusters) if policy else []:
        try:
            url = cluster_url(name)
        except SettingsError as error:
            yield _bad(f"Cluster {name}", str(error))
            continue
        if url is None:
            yield _good(f"Cluster {name} not checked: its URL is not in this environment")
        elif policy is not None:
            yield from _cluster(policy, name, url)


def _cluster(policy: Policy, name: str, url: SecretStr) -> Iterable[Finding]:
    try:
        named = policy.clusters[name].replicas
        replicas = {replica: cluster_url(replica_server(name, replica)) for replica in named}
    except SettingsError as error:
        return [_bad(f"Cluster {name}", str(error))]
    driver = driver_of(policy, name, url, replicas)
    try:
        needed = given_roles(policy, name)
        found = driver.examine(needed.by_database, roles=needed.roles + needed.owners)
        found = [*found, _clock(driver)]
    except DbaccessError as error:
        fix = f"Check the URL, then: dbaccess targets setup-sql --cluster {name}"
        return [_bad(f"Cluster {name}: {error}", fix)]
    return [Finding(what=f"Cluster {name}: {f.what}", ok=f.ok, fix=f.fix) for f in found]


def _clock(driver: TargetDriver) -> Finding:
    before = datetime.now(UTC)
    seconds = abs(skew(before, driver.facts().now, datetime.now(UTC)).total_seconds())
    if seconds <= SKEW_ALLOWED.total_seconds():
        return _good("same time as this host")
    return _bad(f"its clock differs by {seconds:.0f} s from this host's", "Synchronise the clocks.")


def _show(found: list[Finding], *, as_json: bool) -> None:
    if as_json:
        import json

        typer.echo(json.dumps([asdict(finding) for finding in found]))
        return
    for finding in found:
        mark, colour = ("✓", typer.colors.GREEN) if finding.ok else ("✗", typer.colors.RED)
        typer.secho(f"{mark} {finding.what}", fg=colour)
        if not finding.ok and finding.fix:
            typer.echo(f"    {finding.fix}")


def _good(what: str) -> Finding:
    return Finding(what=what, ok=True)


def _bad(what: str, fix: str) -> Finding:
    return Finding(what=what, ok=False, fix=fix)
