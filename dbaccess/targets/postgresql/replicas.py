"""The check that an end can be verified on each replica of a cluster."""

from collections.abc import Iterator

from dbaccess.domain.errors import TargetFailure
from dbaccess.ports import Finding
from dbaccess.targets.postgresql.cluster import Cluster, facts
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session


def examine_replicas(cluster: Cluster) -> Iterator[Finding]:
    """Yield the findings; raises `TargetFailure` only for the primary."""
    if not cluster.replicas:
        return
    with cluster.session() as opened:
        identity = facts(opened).identity
    for name, replica in sorted(cluster.replicas.items()):
        try:
            with replica.session() as opened:
                what, fix = _wrong(opened, identity)
        except TargetFailure as failure:
            what, fix = (
                str(failure).removeprefix(replica.name).lstrip(": "),
                "Check its URL, the server and hot_standby: no end is proved until then.",
            )
        yield Finding(
            what=f"replica {name}: {what or 'replays this cluster, and sessions on it can be closed'}",
            ok=not what,
            fix=fix,
        )


def _wrong(opened: Session, identity: str) -> tuple[str, str]:
    """Return why an end cannot be verified there, and what to do; empty if it can."""
    opened.doing = "examining the replica"
    replays, paused, closes = opened.row(statement("replica"))
    if facts(opened).identity != identity:
        return "is a copy of another cluster", "Correct its URL, or the list of replicas."
    if not replays:
        return "is not a replica now", "Correct its URL, or take it out of the list of replicas."
    if paused:
        return "does not replay: the replay is paused, and no end is proved", "select pg_wal_replay_resume();"
    if not closes:
        return "sessions cannot be seen and closed", "Run what `dbaccess targets setup-sql` prints."
    return "", ""
