"""Observe mode: its finding in `doctor`, and how an operator ends it."""

from collections.abc import Iterator

import typer

from dbaccess.cli.control import control
from dbaccess.cli.environment import cluster_driver
from dbaccess.cli.output import actor, show_json
from dbaccess.operations.clusters.observe import accept_control, compare_cluster, said
from dbaccess.ports import Finding


def leave_observe_mode(cluster: str, *, yes: bool, as_json: bool) -> None:
    """Show what the cluster knows more than the control database; with `yes`, accept the control database."""
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
    typer.echo(
        "The control database is accepted as the truth." if done else "Nothing has changed: add --yes."
    )


def observing() -> Iterator[Finding]:
    """Yield the finding; none if the control database or its rights refuse, which other findings report."""
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
