"""Checks of the people in the file."""

from collections.abc import Iterator
from typing import Final

from dbaccess.policy_file.problems.problem import Complaint, unknown
from dbaccess.policy_file.shape.file import FileShape

_PROCESSES: Final = {"worker", "system"}


def people_complaints(file: FileShape) -> Iterator[Complaint]:
    """Yield a Slack id or login of two people, members that a pinned group may not have, and wrong owners."""
    yield from _people(file)
    for name, group in file.groups.items():
        if group.owner == name:
            yield ("groups", name, "owner"), "is the group itself. Name another group."
        elif group.owner is not None and group.owner not in file.groups:
            yield ("groups", name, "owner"), unknown("group", group.owner, file.groups)
        for source in group.members:
            if group.pinned and source[0] not in "UW":
                why = f'"{source}" is not a person. A pinned group has only people named here (U… or W…).'
                yield ("groups", name, "members"), why


def _people(file: FileShape) -> Iterator[Complaint]:
    names: dict[str, str] = {}
    logins: dict[str, str] = {}
    for name, person in file.people.items():
        if name in _PROCESSES:
            yield ("people", name), f'"{name}" is a process in the ledger. Name the person otherwise.'
        for slack_id in person.slack:
            if slack_id in names:
                why = f'"{slack_id}" is {names[slack_id]} too. One Slack id is one person.'
                yield ("people", name, "slack"), why
            names.setdefault(slack_id, name)
        if person.login in logins:
            why = f'"{person.login}" is the login of {logins[person.login]} too. One each.'
            yield ("people", name, "login"), why
        if person.login is not None:
            logins.setdefault(person.login, name)
