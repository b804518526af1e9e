"""The jobs of a worker, recorded and not run."""

import importlib
from dataclasses import dataclass, field

import pytest

from dbaccess.ports import Job


@dataclass
class Recorded:
    """The calls of the jobs' `run`, in order."""

    calls: list[tuple[Job, int]] = field(default_factory=list)
    fail_with: BaseException | None = None

    def replace_jobs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for job in Job:
            module = importlib.import_module(f"workers.jobs.{job.value}")
            monkeypatch.setattr(module, "run", self._recorder(job))

    def _recorder(self, job: Job) -> object:
        def run(subject: int) -> None:
            self.calls.append((job, subject))
            if self.fail_with is not None:
                raise self.fail_with

        return run
