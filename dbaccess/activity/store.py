"""The storing of a log's records for their grants, in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dbaccess.activity.attribute import Attribution
from dbaccess.activity.logged import LoggedOutcome, StatementReader
from dbaccess.activity.prepare import prepare, prepare_outcome
from dbaccess.activity.records import LogRecord
from dbaccess.domain.activity import Outcome, Statement
from dbaccess.domain.coverage import Canary, CaptureLevel
from dbaccess.ports import UnitOfWork


@dataclass(slots=True, kw_only=True)
class Stored:
    """The outcome for records: statements that were `new`, or stored before.

    `others` are lines of logins that no grant has. `outside` are statements of a grant's login outside its
    time. Neither is stored.
    """

    new: int = 0
    known: int = 0
    others: int = 0
    outside: int = 0
    canaries: int = 0

    def add(self, more: "Stored") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(more, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Statements and outcomes in the form in which they are stored, and the attribution that made them so."""

    attribution: Attribution
    statements: Sequence[Statement]
    outcomes: Sequence[Outcome]
    canaries: Sequence[tuple[Canary, CaptureLevel]]
    others: int
    outside: int


def store_records(
    uow: UnitOfWork, cluster: str, records: Sequence[LogRecord], reader: StatementReader
) -> Stored:
    """Store the statements of grants, and what later lines say of them; note the canaries."""
    attribution = attribution_of(uow, cluster, {record.user for record in records})
    return store_batch(uow, read_batch(records, reader, attribution))


def attribution_of(uow: UnitOfWork, cluster: str, users: Collection[str]) -> Attribution:
    """Return the grants and canaries that these logins of the cluster are of now."""
    canaries = [one for one in uow.canaries.all() if one.cluster == cluster and one.login in users]
    return Attribution(cluster, users, uow.activity.logins(cluster, users), canaries)


def is_current(uow: UnitOfWork, batch: Batch) -> bool:
    """Return whether the logins are still of the same grants, each with the same time and mode."""
    made_by = batch.attribution
    return attribution_of(uow, made_by.cluster, made_by.users).agrees_with(made_by)


def read_batch(records: Sequence[LogRecord], reader: StatementReader, attribution: Attribution) -> Batch:
    """Return what is to be stored of these records; no secret is in it."""
    ours = [record for record in records if attribution.knows(record.user)]
    statements: dict[tuple[str, int], Statement] = {}
    outcomes: list[Outcome] = []
    canaries: list[tuple[Canary, CaptureLevel]] = []
    outside = 0
    for logged in reader.take(ours):
        if isinstance(logged, LoggedOutcome):
            outcomes.append(prepare_outcome(logged, attribution.mode_of(logged.login)))
        elif (canary := attribution.canary_in(logged)) is not None:
            canaries.append(canary)
        elif (grant := attribution.grant_of(logged)) is None:
            outside += 1
        else:
            statements[logged.session_id, logged.line_num] = prepare(logged, grant, attribution.cluster)
    return Batch(
        attribution=attribution,
        statements=list(statements.values()),
        outcomes=outcomes,
        canaries=canaries,
        others=len(records) - len(ours),
        outside=outside,
    )


def store_batch(uow: UnitOfWork, batch: Batch) -> Stored:
    """Store the statements and outcomes, and note the canaries; safe to repeat."""
    cluster, statements = batch.attribution.cluster, batch.statements
    for canary, level in batch.canaries:
        uow.canaries.found(cluster, canary.login, canary.marker, level)
    new = uow.activity.add(statements)
    completed = uow.activity.complete(cluster, batch.outcomes)
    # The figures and the digest of a grant must be those of all that is stored of it.
    uow.activity.reopen(completed | {one.grant_id for one in statements})
    return Stored(
        new=new,
        known=len(statements) - new,
        others=batch.others,
        outside=batch.outside,
        canaries=len(batch.canaries),
    )
