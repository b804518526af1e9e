"""The jobs of the queue."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Job(StrEnum):
    """The jobs; each has one argument, a whole number."""

    PROVISION = "provision"
    """A grant's id."""
    REVOKE = "revoke"
    """A grant's id; drains everything due on its cluster."""
    EXTEND = "extend"
    """A grant's id."""
    CREDENTIALS = "credentials"
    """A credential view's id."""
    DIRECTORY = "directory"
    """Always 0: read people and groups again."""
    LOCKDOWN = "lockdown"
    """A lockdown's id; enforces every open one."""
    REPORT = "report"
    """A report order's id."""

    def about(self, subject: int) -> dict[str, str]:
        """Return the log field for the subject: `grant` G-1042, or its bare number."""
        if self in {Job.PROVISION, Job.REVOKE, Job.EXTEND}:
            return {"grant": f"G-{subject}"}
        return {"subject": str(subject)}


class JobQueue(Protocol):
    def put(self, job: Job, subject: int, *, at: datetime | None = None) -> None:
        """Put the job into the queue, due at `at` or now.

        Raises `ConnectionError` if Redis is unreachable.
        """
