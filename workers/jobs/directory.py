"""The job that reads people and groups."""

from datetime import timedelta

from dbaccess.operations.directory.refresh import refresh_directory
from workers.wiring import of_this_process

JUST_READ = timedelta(seconds=5)
"""Slack sends events in bursts: people read this recently are left to the next job."""


def run(_: int) -> None:
    refresh_directory(of_this_process().context, older_than=JUST_READ)
