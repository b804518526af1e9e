"""`dbaccess grants adopt`."""

from typing import Annotated

import typer

from dbaccess.cli.control import control
from dbaccess.cli.environment import cluster_driver
from dbaccess.cli.observe_mode import leave_observe_mode
from dbaccess.cli.output import AsJson, actor, counted, show_json, show_rows
from dbaccess.operations.clusters.adopt import Compared, Comparison, NotAdopted, adopt, compare

_COLUMNS = ("grant", "state", "holder", "login", "made_on", "login_there", "why")


def adopt_cluster(
    cluster: Annotated[str, typer.Option("--cluster", help="A cluster of the configuration.")],
    unknown: Annotated[bool, typer.Option("--unknown", help="Leave observe mode.")] = False,  # noqa: FBT002 an option
    yes: Annotated[bool, typer.Option("--yes", help="Adopt; without it nothing changes.")] = False,  # noqa: FBT002 an option
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Let open grants follow their cluster to a new identity, for example after pg_upgrade.

    The command compares the server's logins with those of the grants. The grants follow if one login is the
    same by identity and name, and no name has another identity. A grant with a renamed login stays, with the
    reason. Run it with the workers' environment. Exit code 1: a grant stays.

    With --unknown this older control database counts as the truth from now on. The workers remove logins that
    it does not know within about two minutes, and grant again.

    Example: dbaccess grants adopt --cluster main --yes
    """
    if unknown:
        leave_observe_mode(cluster, yes=yes, as_json=as_json)
        return
    with control() as begin:
        found = compare(begin, cluster_driver(cluster), cluster)
        refused = _refused(found)
        done = adopt(begin, found, actor=actor()) if yes and not refused else []
    rows, left = _rows(found), [one.grant.label for one in found.left]
    if as_json:
        show_json(
            {"identity": found.identity, "grants": rows, "refused": refused, "adopted": done, "left": left}
        )
    else:
        show_rows(
            rows, _COLUMNS, as_json=False, empty=f"No open grant on {cluster} was made on another server."
        )
        typer.echo(refused or _said(found, len(done), yes=yes))
    if refused or left:
        raise typer.Exit(1)


def _refused(found: Comparison) -> str | None:
    try:
        found.check()
    except NotAdopted as error:
        return str(error)
    return None


def _rows(found: Comparison) -> list[dict[str, str | None]]:
    return [
        {
            "grant": one.grant.label,
            "state": one.grant.state.value,
            "holder": one.grant.holder,
            "login": one.grant.recipe.login if one.grant.recipe else None,
            "made_on": one.grant.recipe.cluster_identity if one.grant.recipe else None,
            "login_there": one.likeness.value,
            "why": one.why,
        }
        for one in found.compared
    ]


def _said(found: Comparison, done: int, *, yes: bool) -> str:
    if not found.compared:
        return "Nothing to adopt."
    told = f"The server's identity is {found.identity}. Nothing has changed: run it again with --yes."
    if yes:
        told = f"{counted(done, 'grant')} expect {found.identity} now. Their ends are tried at once."
    return "\n".join([told, *(_said_left(one) for one in found.left)])


def _said_left(one: Compared) -> str:
    return (
        f"{one.grant.label} is not adopted: {one.why}. If that login is the grant's, give it its name back "
        f"and run this again. Else write the grant off: dbaccess grants write-off {one.grant.label}."
    )
