"""`dbaccess targets …`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from dbaccess.cli.environment import cluster_version
from dbaccess.cli.given_roles import given_roles, setup_script
from dbaccess.cli.output import AsJson
from dbaccess.domain.policy import LoginKind, Policy, nearest
from dbaccess.policy_file import load_policy
from dbaccess.settings import ConfigSettings

app = typer.Typer(help="Prepare the clusters of targets.", no_args_is_help=True)


@app.callback()
def targets() -> None:
    """Prepare the clusters of targets."""


@app.command("setup-sql")
def setup_sql_(
    target: Annotated[str | None, typer.Argument(help="A target; the SQL is for its whole cluster.")] = None,
    cluster: Annotated[str | None, typer.Option(help="A cluster, instead of a target.")] = None,
    version: Annotated[
        int | None,
        typer.Option(help="The server's major version. By default the server is asked."),
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Default: DBACCESS_CONFIG.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 a flag of the command line
) -> None:
    """Print the SQL that gives the workers' role what it needs on a cluster, and nothing more.

    It makes the roles that the policy grants, where they are missing, with what their access implies. The
    command changes nothing. Read the SQL, then run it as an administrator of the cluster.

    Example: dbaccess targets setup-sql orders-prod --version 18 > setup.sql
    """
    policy = load_policy(config or ConfigSettings.load().dbaccess_config)
    name = _cluster(policy, target, cluster)
    from dbaccess.targets.registry import engine_of

    engine = engine_of(policy.clusters[name].driver)
    if version is not None and version < engine.oldest:
        raise typer.BadParameter(f"the oldest version that can be set up is {engine.oldest}")
    number = version or cluster_version(name, policy)
    needed = given_roles(policy, name)
    text = setup_script(policy, name, version=number)
    _warn_of_age(policy, name, number, makes_logins=engine.makes_logins)
    if as_json:
        found = {"cluster": name, "version": number, "roles": needed.roles, "owners": needed.owners}
        objects = {database: [on.as_json() for on in several] for database, several in needed.objects.items()}
        typer.echo(json.dumps({**found, "objects": objects, "accesses": needed.accesses, "sql": text}))
        return
    sys.stdout.write(text)


def _warn_of_age(policy: Policy, cluster: str, version: int, *, makes_logins: int) -> None:
    """Say on stderr which targets of the cluster need a newer server; the SQL on stdout stays as it is."""
    concerned = sorted(
        target.name
        for target in policy.targets.values()
        if target.cluster == cluster and target.login is LoginKind.EPHEMERAL
    )
    if concerned and version < makes_logins:
        typer.echo(
            f'Warning: {", ".join(concerned)} with login = "ephemeral" need version {makes_logins} or newer: '
            f'version {version} makes no logins. Use login = "personal" for them, or a newer server.',
            err=True,
        )


def _cluster(policy: Policy, target: str | None, cluster: str | None) -> str:
    if (target is None) == (cluster is None):
        raise typer.BadParameter("name either a target or, with --cluster, a cluster")
    if target is not None:
        return policy.target(target).cluster
    if cluster not in policy.clusters:
        close = nearest(cluster or "", policy.clusters) or tuple(sorted(policy.clusters))
        raise typer.BadParameter(f'no cluster "{cluster}". Nearest: {", ".join(close)}.')
    return str(cluster)
