"""Observe mode: what `doctor` says of it, and how an operator leaves it."""

from collections.abc import Iterator

import typer

from dbaccess.cli.control import control
from dbaccess.cli.environment import cluster_driver
from dbaccess.cli.output import actor, show_json
from dbaccess.operations.clusters.observe import accept_control, compare_cluster, said
from dbaccess.ports import Finding


def leave_observe_mode(cluster: str, *, yes: bool, as_json: bool) -> None:
    """Show what the cluster knows more than the control database; with `yes` that counts no more."""
    with control() as begin:
        driver = cluster_driver(cluster)
        seen = compare_cluster(begin, driver, cluster)
        done = yes and seen.why is not None
        if done:
            accept_control(begin, driver, seen, actor=actor())
    if as_json:
        show_json({"cluster": cluster, "why": seen.why, "unknown": list(seen.unknown), "adopted": done})
        return
    if seen.why is None:
        typer.echo(f"{cluster} knows nothing more than the control database.")
        return
    typer.echo(said(seen))
    typer.echo("The control database counts from now on." if done else "Nothing has changed: add --yes.")


def observing() -> Iterator[Finding]:
    """Nothing where the control database cannot be asked, or this login may not: other findings say so."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with control() as begin, begin() as uow:
            found = [observation for observation in uow.observations.all() if observation.why is not None]
    except SQLAlchemyError:
        return
    for seen in found:
        fix = (
            "Restore the newest copy of the control database. If there is none: "
            f"dbaccess grants adopt --unknown --cluster {seen.cluster}"
        )
        yield Finding(what=f"Observe mode, nothing is granted. {said(seen)}", ok=False, fix=fix)
