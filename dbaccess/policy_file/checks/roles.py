"""Checks of targets and their roles against each other."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from dbaccess.domain.capture import IMPORTED, OVER_SQL
from dbaccess.domain.target import replica_server
from dbaccess.policy_file.problems.problem import Complaint, Path, unknown
from dbaccess.policy_file.shape.file import FileShape, RoleShape, TargetShape

_DEPTH = ("read", "write", "ddl")
_PERSONAL = 'Take it out, or write login = "ephemeral" for the target.'

_NO_OVER = 'missing. Write over = "sql", or the directory of the log.'
_IMPORTED_OVER = 'has no place where source is "import": an operator imports the files.'


def role_complaints(file: FileShape) -> Iterator[Complaint]:
    """Yield every problem of targets that involves another name."""
    for name, target in file.targets.items():
        here = ("targets", name)
        if target.cluster not in file.clusters:
            yield (*here, "cluster"), unknown("cluster", target.cluster, file.clusters)
        elif target.database == _private(file, target.cluster):
            text = f'"{target.database}" is the workers\' private database, which no person may enter.'
            yield (*here, "database"), text
        for role_name, role in target.roles.items():
            path = (*here, "roles", role_name)
            yield from _act_as(target, role, path)
            yield from _narrower(target, role_name, path)


def _private(file: FileShape, cluster: str) -> str:
    return file.clusters[cluster].lock_database or f"dbaccess_{file.installation}"


def cluster_complaints(file: FileShape) -> Iterator[Complaint]:
    """Yield servers that share a variable for the URL, or a directory for the log."""
    yield from _capture_complaints(file)
    servers = {name: name for name in file.clusters}
    for cluster, shape in file.clusters.items():
        for replica in shape.replicas or ():
            server = replica_server(cluster, replica)
            if server in servers:
                text = f'"{replica}" would have its URL where {servers[server]} has one. Name it otherwise.'
                yield ("clusters", cluster, "replicas"), text
            servers[server] = f"{replica} of {cluster}"


def _capture_complaints(file: FileShape) -> Iterator[Complaint]:
    """Yield a log without a place, and a directory of two clusters.

    There the statements of one cluster would be taken for those of the other.
    """
    read_by: dict[str, str] = {}
    for cluster, shape in file.clusters.items():
        read = shape.capture
        if read is not None and (read.source == IMPORTED) is (read.over is not None):
            yield ("clusters", cluster, "capture", "over"), _IMPORTED_OVER if read.over else _NO_OVER
        place = read.over if read else None
        if place is None or place == OVER_SQL:
            continue
        # Two spellings of one directory are one directory.
        place = str(PurePosixPath(place))
        if place in read_by:
            text = f'"{place}" is the log of {read_by[place]} too. Each cluster has a directory of its own.'
            yield ("clusters", cluster, "capture", "over"), text
        read_by.setdefault(place, cluster)


def _act_as(target: TargetShape, role: RoleShape, path: Path) -> Iterator[Complaint]:
    if role.act_as is None:
        return
    if target.login == "personal":
        yield (*path, "act_as"), f'"{role.act_as}" cannot be set on a personal login. {_PERSONAL}'
    elif role.act_as not in (role.grants or ()):
        yield (*path, "act_as"), f'"{role.act_as}" is not among grants. Add it there.'


def _narrower(target: TargetShape, role_name: str, path: Path) -> Iterator[Complaint]:
    role, here = target.roles[role_name], (*path, "narrower")
    for name in role.narrower or ():
        other = target.roles.get(name)
        if name == role_name:
            yield here, f'"{name}" is this very role. Name others.'
        elif other is None:
            yield here, unknown("role", name, target.roles)
        elif _DEPTH.index(other.access) > _DEPTH.index(role.access):
            yield (
                here,
                f'"{name}" reaches deeper ({other.access}) than this role ({role.access}). Take it out.',
            )
        elif role_name in _below(target, name):
            yield here, f'"{name}" has this role as narrower in turn. One of them is not: take it out there.'


def _below(target: TargetShape, name: str) -> set[str]:
    """Return all roles that the role names as narrower, directly or through others."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        role = target.roles.get(ahead.pop())
        further = set(role.narrower or ()) - found if role else set()
        found |= further
        ahead += sorted(further)
    return found
