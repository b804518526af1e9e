"""The file beside the policy that pins the Slack id of each name in it."""

import os
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomlkit

from dbaccess.domain.slack_names import is_id_of, is_slack_name
from dbaccess.policy_file.problems.problem import PolicyFileError, Problem, shown

_HEAD: Final = (
    "The Slack ids that the names in the policy stand for, whatever Slack calls them later.\n"
    "Written by: dbaccess policy resolve. Review a change here as you review the policy."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedIds:
    """`ids` by name; `workspace` is the id of the workspace in which they were read."""

    workspace: str
    ids: Mapping[str, str]


def ids_beside(path: Path) -> Path:
    """Return the path of the pinned ids for `dbaccess.toml`: `dbaccess.ids.toml`."""
    return path.with_suffix(f".ids{path.suffix}")


def read_ids(path: Path) -> PinnedIds | None:
    """Return the pinned ids; None if there is no such file. Raise `PolicyFileError` for a wrong one."""
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}.") from None
    except ValueError:
        raise _refused(path, "is not TOML in UTF-8.") from None
    if problems := list(_problems(data)):
        raise PolicyFileError(str(path), problems)
    return PinnedIds(workspace=data["workspace"], ids=dict(data["ids"]))


def write_ids(path: Path, pinned: PinnedIds) -> None:
    """Replace the file in one step, so that a process reads either the old or the new one."""
    document = tomlkit.document()
    for line in _HEAD.splitlines():
        document.add(tomlkit.comment(line))
    document.add("version", tomlkit.item(1))
    document.add("workspace", tomlkit.item(pinned.workspace))
    table = tomlkit.table()
    for name, slack_id in sorted(pinned.ids.items()):
        table.add(tomlkit.key(name), slack_id)
    document.add("ids", table)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as new:
        new.write(tomlkit.dumps(document))
        os.fchmod(new.fileno(), 0o644)
    Path(new.name).replace(path)


def _problems(data: Mapping[str, Any]) -> Iterator[Problem]:
    ids = data.get("ids")
    if data.keys() != {"version", "workspace", "ids"} or data["version"] != 1 or not isinstance(ids, dict):
        yield _problem("not the form that dbaccess policy resolve writes. Delete it and run that again.")
        return
    if not isinstance(data["workspace"], str) or not data["workspace"].startswith("T"):
        yield _problem("workspace: not the id of a workspace (T…).")
    names: dict[str, str] = {}
    for name, slack_id in ids.items():
        if not is_slack_name(name) or not isinstance(slack_id, str) or not is_id_of(name, slack_id):
            yield _problem(f'"{shown(name)}" cannot be "{shown(slack_id)}": write "#channel" = "C…".')
        elif slack_id in names:
            yield _problem(f"{slack_id} is both {names[slack_id]} and {shown(name)}. One id has one name.")
        else:
            names[slack_id] = name


def _problem(what: str) -> Problem:
    return Problem(line=1, what=what)


def _refused(path: Path, what: str) -> PolicyFileError:
    return PolicyFileError(str(path), [_problem(what)])
