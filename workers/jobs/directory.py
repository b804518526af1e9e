"""People and groups are read again."""

from datetime import timedelta

from dbaccess.operations.directory.refresh import refresh_directory
from workers.wiring import of_this_process

JUST_READ = timedelta(seconds=5)
"""Slack sends its events in bursts: who was read so lately is left out, and read by the job that follows."""


def run(_: int) -> None:
    refresh_directory(of_this_process().context, older_than=JUST_READ)
