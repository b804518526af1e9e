"""The import of exported files: each line is stored once, however often its file is imported."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dbaccess.activity.export_file import ExportFile, Progress, Survey
from dbaccess.activity.statements import Sessions
from dbaccess.activity.store import Stored, store_records
from dbaccess.domain.coverage import Gap, GapCause, LogPosition
from dbaccess.domain.errors import SourceFailure
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.imports import IMPORTED_FILE, gaps_after, is_imported
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The result of one file. `is_counted` says that its time is imported now."""

    name: str
    survey: Survey
    stored: Stored
    is_counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """An import of files into one cluster.

    `others` are the clusters besides it. `without_logins` counts a file as imported in which no login of ours
    occurs: nothing but the operator's word says that it is of this cluster.
    """

    cluster: str
    others: Sequence[str]
    begin: UnitOfWorkFactory
    actor: str
    without_logins: bool
    progress: Progress

    def run(self, files: Sequence[ExportFile]) -> Iterator[Imported]:
        """Store the files in the order of their lines, and yield what each brought.

        Before the first is stored, all are looked through. Raises `SourceFailure` for a file of another
        cluster. An interrupted import goes on when it is run again.
        """
        surveyed = [(file, file.survey(self.progress)) for file in files]
        for file, survey in surveyed:
            self._refuse_other(file, survey)
        reader: Sessions | None = None
        before: tuple[ExportFile, Survey] | None = None
        for file, survey in sorted(surveyed, key=lambda pair: _first_at(pair[1])):
            reader = reader or Sessions(self._state(survey))
            if before is not None and _continues(before[1], survey):
                file.follow(before[0])
            yield self._import(file, survey, reader)
            before = file, survey

    def _refuse_other(self, file: ExportFile, survey: Survey) -> None:
        """Refuse a file with logins that were made on another cluster, and with none of this one."""
        with self.begin() as uow:
            if _made(uow, self.cluster, survey):
                return
            found = next((other for other in self.others if _made(uow, other, survey)), None)
        if found is not None:
            raise SourceFailure(
                f"{file.name} is not of {self.cluster}: it has logins of grants on {found}. "
                f"Import it with --cluster {found}. Nothing was stored."
            )

    def _import(self, file: ExportFile, survey: Survey, reader: Sessions) -> Imported:
        stored = Stored()
        for parsed in file.parsed(lambda read, size: self.progress("importing", read, size)):
            if parsed.records:
                with self.begin() as uow:
                    uow.log_positions.lock(self.cluster)
                    stored.add(store_records(uow, self.cluster, parsed.records, reader))
                    uow.commit()
        with self.begin() as uow:
            done = Imported(
                name=file.name,
                survey=survey,
                stored=stored,
                is_counted=self.without_logins or _has_ours(uow, self.cluster, survey),
            )
            if survey.span is not None and done.is_counted:
                self._note(uow, done, reader)
            uow.record(_event(self.cluster, self.actor, done))
            uow.commit()
        return done

    def _note(self, uow: UnitOfWork, done: Imported, reader: Sessions) -> None:
        """Record up to when the log is imported, and the gaps."""
        survey, span = done.survey, done.survey.span
        if span is None:
            return
        before = uow.log_positions.lock(self.cluster)
        imported_to = before.read_until if before else None
        gaps = uow.log_positions.gaps(self.cluster, GapCause.NOT_IMPORTED)
        for gap in gaps_after(span, cluster=self.cluster, imported_to=imported_to, gaps=gaps):
            uow.log_positions.add_gap(gap)
        if survey.damaged:
            uow.log_positions.add_gap(
                Gap(
                    cluster=self.cluster,
                    cause=GapCause.UNREADABLE,
                    began_at=span.first_at,
                    until=span.last_at,
                    why=f"{survey.damaged} bytes of {done.name}",
                )
            )
        last_at = max(span.last_at, imported_to or span.last_at)
        position = LogPosition(
            cluster=self.cluster,
            file=IMPORTED_FILE,
            fingerprint="",
            offset=0,
            state=dict(reader.state()),
            read_until=last_at,
            caught_up_at=last_at,
        )
        if last_at > span.last_at and before is not None:
            position = replace(position, state=before.state)
        uow.log_positions.save(position)

    def _state(self, survey: Survey) -> dict[str, object]:
        """Return what the lines before these left open, if these follow them."""
        with self.begin() as uow:
            before = uow.log_positions.lock(self.cluster)
        follows = before is not None and is_imported(before) and _first_at(survey) >= _last_at(before)
        return dict(before.state) if before is not None and follows else {}


def _continues(before: Survey, survey: Survey) -> bool:
    """Return whether a file begins where the one before ends: a longer copy of it does not.

    Lines without an identity of their own are told from equal ones by their number in a moment.
    """
    if before.span is None or survey.span is None or before.sha256 == survey.sha256:
        return False
    return survey.span.first_at >= before.span.last_at


def _first_at(survey: Survey) -> float:
    return survey.span.first_at.timestamp() if survey.span else 0.0


def _last_at(position: LogPosition) -> float:
    return position.read_until.timestamp() if position.read_until else 0.0


def _made(uow: UnitOfWork, cluster: str, survey: Survey) -> bool:
    """Return whether a login in the file was made for a grant or a canary of the cluster."""
    is_grants = any(one.begins_at is None for one in uow.activity.logins(cluster, survey.logins))
    return is_grants or _has_canary(uow, cluster, survey)


def _has_ours(uow: UnitOfWork, cluster: str, survey: Survey) -> bool:
    """Return whether a login in the file is of a grant, people's own included, or of a canary."""
    return bool(uow.activity.logins(cluster, survey.logins)) or _has_canary(uow, cluster, survey)


def _has_canary(uow: UnitOfWork, cluster: str, survey: Survey) -> bool:
    return any(one.cluster == cluster and one.login in survey.logins for one in uow.canaries.all())


def _event(cluster: str, actor: str, done: Imported) -> Event:
    survey, stored = done.survey, done.stored
    span = survey.span
    return Event(
        kind=EventKind.ACTIVITY_IMPORTED,
        actor=actor,
        data={
            "cluster": cluster,
            "file": done.name,
            "sha256": survey.sha256,
            "format": survey.kind.value,
            "first_at": _moment(span.first_at if span else None),
            "last_at": _moment(span.last_at if span else None),
            "lines": survey.lines,
            "statements": stored.new,
            "known": stored.known,
            "others": stored.others,
            "outside": stored.outside,
            "damaged_bytes": survey.damaged,
            "counted": done.is_counted,
        },
    )


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
