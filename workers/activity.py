"""The activity of grants: logs that are read, canaries, and figures. No end and no message waits for it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from dbaccess.activity.directory import DirectoryFiles
from dbaccess.activity.formats import FORMATS
from dbaccess.activity.reader import LogReader
from dbaccess.activity.statements import Sessions
from dbaccess.domain.capture import Capture, CaptureSource
from dbaccess.domain.errors import SourceFailure
from dbaccess.log import describe
from dbaccess.operations.activity.summarize import summarize_ended
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants.canary import check_capture, drop_canaries
from dbaccess.ports import ActivitySource
from workers.loop_threads import THREADS, Tasks
from workers.wiring import Wiring

log = structlog.get_logger()

IDLE: Final = 1.0
"""Seconds between two rounds, and so between two looks at a log without news."""

CHECK_EVERY: Final = 5.0
DROP_EVERY: Final = 60.0
SUMMARIZE_EVERY: Final = 2.0

AT_ONCE: Final = 500
"""Chunks that one turn reads before another host, or a new policy, may take over."""

SILENT: Final = 30.0
"""Seconds before a log that could not be read is tried again."""


@dataclass(slots=True)
class ActivityLoop:
    """Works in rounds. Among all hosts a cluster has one reader, and a target one sender of canaries."""

    wiring: Wiring
    tasks: Tasks = field(init=False)
    looked_at: float = field(default_factory=time.monotonic)
    _readers: dict[str, tuple[WorkerContext, LogReader]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tasks = Tasks(self._threads)

    def run(self) -> None:
        """Make rounds for ever."""
        while True:
            try:
                self.round()
            except Exception as error:  # noqa: BLE001 a process loop: whatever it was, begin again
                log.error("activity round failed", **describe(error))  # noqa: TRY400 its text could quote SQL
            self.looked_at = time.monotonic()
            time.sleep(IDLE)

    def round(self) -> None:
        """Begin what is due, each in a thread of its own."""
        context = self.wiring.context
        captured = dict(_captured(context))
        if context.gives:
            self.tasks.every(DROP_EVERY, "drop", partial(drop_canaries, context))
        for cluster, capture in captured.items():
            if not capture.is_imported:
                read = partial(self._read, context, cluster, capture)
                self.tasks.start(f"read {cluster}", read, pause=SILENT)
        for cluster in context.targets.clusters() if context.gives else ():
            summarize = partial(
                summarize_ended, context.begin, context.policy, cluster, is_off=cluster not in captured
            )
            self.tasks.every(SUMMARIZE_EVERY, f"summarize {cluster}", summarize)
        for target in context.policy.targets.values():
            if target.cluster in captured:
                check = partial(_check, context, target.name)
                self.tasks.every(CHECK_EVERY, f"canary {target.name}", check)

    def _threads(self, kind: str) -> int:
        return max(1, len(self.wiring.context.targets.clusters())) if kind == "read" else THREADS

    def _read(self, context: WorkerContext, cluster: str, capture: Capture) -> None:
        with context.leases.turn(f"activity {cluster}") as is_mine:
            if not is_mine:
                return
            reader = self._reader(context, cluster, capture)
            for _ in range(AT_ONCE):
                if not reader.read():
                    return

    def _reader(self, context: WorkerContext, cluster: str, capture: Capture) -> LogReader:
        """Return the reader of the last turn, unless the policy has changed since."""
        known = self._readers.get(cluster)
        if known is not None and known[0] is context:
            return known[1]
        reader = LogReader(
            cluster=cluster,
            begin=context.begin,
            source=open_source(context, cluster, capture),
            new_format=FORMATS[_source(cluster, capture)],
            build=Sessions,
        )
        self._readers[cluster] = context, reader
        return reader


def open_source(context: WorkerContext, cluster: str, capture: Capture) -> ActivitySource:
    """Return the files of the cluster's log, in the directory or over SQL as the policy says."""
    if capture.directory is not None:
        return DirectoryFiles(Path(capture.directory), suffix=_source(cluster, capture).suffix)
    if context.logs is None:
        raise SourceFailure(f"The log of {cluster} cannot be reached from here.")
    return context.logs.log_files(cluster, _source(cluster, capture))


def _source(cluster: str, capture: Capture) -> CaptureSource:
    if capture.source is None:
        raise SourceFailure(f"The log of {cluster} is imported by an operator.")
    return capture.source


def _check(context: WorkerContext, target: str) -> None:
    with context.leases.turn(f"canary {target}") as is_mine:
        if is_mine:
            check_capture(context, target)


def _captured(context: WorkerContext) -> Iterator[tuple[str, Capture]]:
    """Yield the clusters that this worker can reach and whose log the policy names."""
    if not context.gives:
        return
    for name in context.targets.clusters():
        cluster = context.policy.clusters.get(name)
        if cluster is not None and cluster.capture is not None:
            yield name, cluster.capture
