"""Checks across values: names must exist, accounts must be one person's, rules must make sense as a whole."""

from collections.abc import Iterable

from dbaccess.policy_file.checks.objects import object_complaints
from dbaccess.policy_file.checks.people import people_complaints
from dbaccess.policy_file.checks.roles import cluster_complaints, role_complaints
from dbaccess.policy_file.checks.rules import rule_complaints
from dbaccess.policy_file.problems.complaint import written
from dbaccess.policy_file.problems.places import Places
from dbaccess.policy_file.problems.problem import Complaint, Problem
from dbaccess.policy_file.shape.file import FileShape


def cross_problems(file: FileShape, places: Places) -> list[Problem]:
    """Return every contradiction in a file with valid single values."""
    return placed(
        [
            *people_complaints(file),
            *cluster_complaints(file),
            *role_complaints(file),
            *object_complaints(file),
            *rule_complaints(file),
        ],
        places,
    )


def placed(found: Iterable[Complaint], places: Places) -> list[Problem]:
    """Return each complaint with its line, and its path as people write it."""
    return [
        Problem(line=places.line(path, _value(text)), what=f"{written(path)}: {text}") for path, text in found
    ]


def _value(text: str) -> str:
    return text.split('"')[1] if text.count('"') > 1 else ""
