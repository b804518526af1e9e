"""The check that all processes use one policy, the one in this file."""

from collections.abc import Iterator

from dbaccess.cli.control import control
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_in_use import SEEN_WITHIN, PolicyReport, versions
from dbaccess.ports import Finding

_SHOWN = 12
_FIX = "Give them the same file, then send SIGHUP to bot and workers."


def policy_findings(policy: Policy | None, *, before_start: bool = False) -> Iterator[Finding]:
    """Yield the findings; none if the control database does not answer, which is a finding of its own."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with control() as begin, begin() as uow:
            reports = uow.policies.seen_since(uow.now - SEEN_WITHIN)
    except SQLAlchemyError:
        return
    yield from () if before_start else _silent(reports)
    found = versions(reports)
    if len(found) > 1:
        said = "; ".join(f"{', '.join(labels)}: {name[:_SHOWN]}" for name, labels in found.items())
        yield Finding(what=f"Processes use different policies: {said}", ok=False, fix=_FIX)
    elif found and policy is not None and policy.hash not in found:
        what = f"Running: policy {next(iter(found))[:_SHOWN]}, another one than the file here"
        yield Finding(what=what, ok=False, fix=_FIX)
    elif found:
        yield Finding(what=f"Running: policy {next(iter(found))[:_SHOWN]}, everywhere", ok=True)
    yield from _refused(reports)


def _silent(reports: list[PolicyReport]) -> Iterator[Finding]:
    """Yield a finding for each kind of process of which none has reported lately."""
    seen = {report.process.writer for report in reports}
    for kind, start in (("worker", "python -m workers"), ("bot", "python -m bot")):
        if kind not in seen:
            within = int(SEEN_WITHIN.total_seconds())
            fix = f"Start it: {start}. If it runs, look at its log and at its DATABASE_URL."
            yield Finding(what=f"No {kind} has reported within {within} s", ok=False, fix=fix)


def _refused(reports: list[PolicyReport]) -> Iterator[Finding]:
    for label in sorted({report.process.label for report in reports if report.refused}):
        yield Finding(
            what=f"{label} refused its configuration, and uses the previous one",
            ok=False,
            fix="Run there: dbaccess policy check",
        )
