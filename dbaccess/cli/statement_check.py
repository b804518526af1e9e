"""The statements on record, for `dbaccess ledger verify`."""

from dataclasses import dataclass
from typing import Any

from dbaccess.cli.control import control
from dbaccess.cli.waiting import waiting
from dbaccess.domain.ledger import Fault
from dbaccess.operations.queries.changed_statements import StatementCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementReading:
    """What was compared; without a check nothing was."""

    check: StatementCheck | None
    faults: list[Fault]

    def data(self) -> dict[str, Any]:
        names = ("compared", "statements", "purged", "uncounted")
        return {name: None if self.check is None else getattr(self.check, name) for name in names}

    def __str__(self) -> str:
        if self.check is None:
            return "Statements were not compared: a change, an addition or a deletion of them goes unseen."
        return (
            f"Statements compared with the digests in the ledger: {self.check.statements}, "
            f"of grants: {self.check.compared}.\n"
            f"Not compared: statements of open grants, of grants whose statements a purge deleted "
            f"({self.check.purged}), and of ended grants that are still being counted or purged "
            f"({self.check.uncounted})."
        )


def read_statements(*, wanted: bool) -> StatementReading:
    """Compare all statements at one moment, with signs of life on stderr; nothing unless `wanted`."""
    if not wanted:
        return StatementReading(check=None, faults=[])
    with waiting("Comparing statements"), control(snapshot=True) as begin, begin() as uow:
        head = uow.ledger.head()
        check = StatementCheck(uow=uow, until=head.seq if head else 0)
        return StatementReading(check=check, faults=list(check.faults()))
