"""`dbaccess init`."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from dbaccess.cli.init.ask import Asker
from dbaccess.cli.init.files import CLUSTER_SQL, write_files
from dbaccess.cli.init.place import InitRefused, Place
from dbaccess.cli.init.policy_text import Answers, policy_text
from dbaccess.cli.init.processes import POLICY
from dbaccess.cli.init.questions import ask_answers
from dbaccess.cli.init.servers import CONTROL_SQL, ask_cluster, ask_servers
from dbaccess.cli.init.slack import Directory, ask_tokens
from dbaccess.settings import DoctorSettings

_CLUSTER_STEP: Final = """
The workers' login does not get into {host} yet. Read this file, and run it as the cluster's administrator:
  psql -v ON_ERROR_STOP=1 -f {file}
Only you may read it, because it sets the password of the workers' login (as a SCRAM verifier). For psql as
another user let your shell open it: sudo -u postgres psql -v ON_ERROR_STOP=1 < {file}
It makes the role {role} where the cluster has none of that name, and warns of it: check the spelling then."""

_HIDDEN: Final = ("/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/")  # noqa: S108 by name alone
"""The units have `ProtectHome` and `PrivateTmp`."""

RUNS: Final = ("systemd", "compose", "none")


def init(
    directory: Annotated[Path, typer.Argument(help="A directory for what is written.")] = Path("dbaccess"),
    *,
    installation: Annotated[str | None, typer.Option(help="Part of every login's name.")] = None,
    channel: Annotated[str | None, typer.Option(help="Where requests are shown: #db-approvals.")] = None,
    ops_channel: Annotated[str | None, typer.Option(help="Where alarms go.")] = None,
    requesters: Annotated[
        str | None, typer.Option(help="People who ask: @engineers, #channel or U….")
    ] = None,
    reviewers: Annotated[str | None, typer.Option(help="Who approves: @dba.")] = None,
    operators: Annotated[str | None, typer.Option(help="People who may revoke and lock down.")] = None,
    host: Annotated[str | None, typer.Option(help="The cluster: db.internal:5432.")] = None,
    tls: Annotated[str | None, typer.Option(help="libpq's parameters: sslmode=verify-full.")] = None,
    server_version: Annotated[str | None, typer.Option(help="The cluster's major version.")] = None,
    database: Annotated[str | None, typer.Option(help="The database that people request.")] = None,
    role: Annotated[str | None, typer.Option(help="The PostgreSQL role that people get.")] = None,
    env: Annotated[str | None, typer.Option(help="The environment: prod.")] = None,
    target: Annotated[str | None, typer.Option(help="The target's name in Slack.")] = None,
    run: Annotated[str | None, typer.Option(help="systemd, compose or none.")] = None,
    migrate: Annotated[bool | None, typer.Option(help="Migrate the control database now.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Take defaults and ask nothing.")] = False,
) -> None:
    """Set up a workspace: check tokens and servers, write the policy, environments and units, run doctor.

    The command asks in a terminal; each answer is an option too. Secrets come from hidden prompts, or from
    SLACK_BOT_TOKEN, SLACK_APP_TOKEN, DBACCESS_MIGRATE_URL, REDIS_URL and DBACCESS_CLUSTER_MAIN_URL or their
    _FILE forms. No file is replaced. A repeated run goes on from where the last one stopped.

    Example: dbaccess init /etc/dbaccess
    """
    given = {key: value for key, value in locals().items() if key not in {"directory", "migrate", "yes"}}
    place = Place(directory)
    asker = Asker(place, given, yes=yes)
    api_url = DoctorSettings.load().slack_api_url
    names, who = ask_tokens(asker, api_url)
    typer.echo(f"Slack: workspace {who.team_id}, {who.url}. Reading its channels and user groups.")
    answers, server, how = ask_answers(asker, Directory(names), who.url, RUNS)
    if place.read("owner/migrate-url") is None:
        typer.echo(f"\nIf there is no control database yet, run this first:\n\n{CONTROL_SQL}")
    owner = ask_servers(asker)
    url, reached = ask_cluster(asker, installation=answers.installation, host=answers.host, tls=answers.tls)
    script = write_files(
        place, answers, names, workspace=who.team_id, server=server, how=how, api_url=api_url,
        owner=owner, cluster=url,
    )  # fmt: skip
    if migrate or (migrate is None and asker.agrees("Migrate the control database now?")):
        _run(place, "owner", "migrate")
    _tell(place, answers, script, how, reached=reached)
    code = _run(place, "workers", "doctor", "--before-start", check=False)
    if code:
        typer.echo(f"\nFix what doctor names, then run again: dbaccess init {place.directory} --yes")
        raise typer.Exit(code)


def _tell(place: Place, answers: Answers, script: str, how: str, *, reached: bool) -> None:
    typer.echo(f"\nWritten to {place.directory}:")
    for path in sorted(place.directory.rglob("*")):
        if path.is_file():
            typer.echo(f"  {path.relative_to(place.directory)}")
    if place.read(POLICY) != policy_text(answers):
        typer.echo("policy/dbaccess.toml has been edited, and stays so.")
    if not reached:
        if not (place.read(CLUSTER_SQL) or "").startswith(script):
            raise InitRefused(
                f"{place.path(CLUSTER_SQL)} is of an earlier policy. Move it away, and run init again."
            )
        typer.echo(_CLUSTER_STEP.format(host=answers.host, file=place.path(CLUSTER_SQL), role=answers.role))
    if how == "systemd":
        units = " ".join(str(place.path(f"dbaccess-{process}.service")) for process in ("workers", "bot"))
        typer.echo(
            f"\nTo start: cp {units} /etc/systemd/system/\n"
            "          systemctl daemon-reload && systemctl enable --now dbaccess-workers dbaccess-bot"
        )
        for there in map(str, (place.directory, sys.executable)):
            if there.startswith(_HIDDEN):
                typer.echo(
                    f"The units cannot see {there}: systemd hides that place from them. Install dbaccess in a"
                    " venv such as /opt/dbaccess/venv, and run init for a directory such as /etc/dbaccess."
                )
    elif how == "compose":
        typer.echo(f"\nTo start: docker compose --file {place.path('compose.yaml')} up --detach")
    typer.echo("\nDoctor, with the workers' environment:")


def _run(place: Place, process: str, *command: str, check: bool = True) -> int:
    """Run a command of ours with the environment of this process and nothing else."""
    lines = (place.read(f"{process}.env") or "").splitlines()
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(place.directory), "LANG": "C.UTF-8"}
    environment |= dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    sys.stdout.flush()
    done = subprocess.run(  # noqa: S603 our own program
        [sys.executable, "-m", "dbaccess.cli", *command], env=environment, check=False
    )
    if check and done.returncode:
        raise InitRefused(
            f"dbaccess {command[0]} failed. Fix that, then run init again: it goes on from there."
        )
    return done.returncode
