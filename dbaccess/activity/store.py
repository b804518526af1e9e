"""The storing of a log's records for their grants, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from dbaccess.activity.attribute import Attribution
from dbaccess.activity.logged import LoggedOutcome, LoggedStatement, StatementReader
from dbaccess.activity.prepare import prepare, prepare_outcome
from dbaccess.activity.records import LogRecord
from dbaccess.domain.activity import Outcome, Statement
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


def store_records(
    uow: UnitOfWork, cluster: str, records: Sequence[LogRecord], reader: StatementReader
) -> Stored:
    """Store the statements of grants, and what later lines say of them; note the canaries."""
    logins = uow.activity.logins(cluster, {record.user for record in records})
    canaries = [one for one in uow.canaries.all() if one.cluster == cluster]
    attribution = Attribution(logins, canaries)
    ours = [record for record in records if attribution.knows(record.user)]
    stored = Stored(others=len(records) - len(ours))
    statements: dict[tuple[str, int], Statement] = {}
    outcomes: list[Outcome] = []
    for logged in reader.take(ours):
        if isinstance(logged, LoggedOutcome):
            outcomes.append(prepare_outcome(logged, attribution.mode_of(logged.login)))
        elif _is_canary(uow, cluster, attribution, logged):
            stored.canaries += 1
        elif (grant := attribution.grant_of(logged)) is None:
            stored.outside += 1
        else:
            statements[logged.session_id, logged.line_num] = prepare(logged, grant, cluster)
    stored.new = uow.activity.add(list(statements.values()))
    stored.known = len(statements) - stored.new
    completed = uow.activity.complete(cluster, outcomes)
    # The figures and the digest of a grant must be those of all that is stored of it.
    uow.activity.reopen(completed | {one.grant_id for one in statements.values()})
    return stored


def _is_canary(uow: UnitOfWork, cluster: str, attribution: Attribution, logged: LoggedStatement) -> bool:
    found = attribution.canary_in(logged)
    if found is not None:
        canary, level = found
        uow.canaries.found(cluster, canary.login, canary.marker, level)
    return found is not None
