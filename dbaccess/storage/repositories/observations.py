"""The last observation of each cluster, one row each."""

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.observation import Observation, Why
from dbaccess.storage.models.observations import ObservationRow as Row


class SqlObservations:
    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> list[Observation]:
        rows = self._session.scalars(select(Row).order_by(Row.cluster))
        return [_observation(row) for row in rows]

    def lock(self, first: Observation) -> Observation:
        row = insert(Row).values(_values(first))
        self._session.execute(row.on_conflict_do_nothing(constraint="observations_pk"))
        found = select(Row).where(Row.cluster == first.cluster).with_for_update()
        return _observation(self._session.scalars(found).one())

    def save(self, observation: Observation) -> None:
        changed = update(Row).where(Row.cluster == observation.cluster).values(_values(observation))
        self._session.execute(changed)


def _values(observation: Observation) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(observation, name) for name in Observation.__slots__}
    return values | {"unknown": list(observation.unknown), "accepted": list(observation.accepted)}


def _observation(row: Row) -> Observation:
    return Observation(
        cluster=row.cluster,
        looked_at=row.looked_at,
        why=Why(row.why) if row.why else None,
        since=row.since,
        unknown=tuple(row.unknown),
        accepted=tuple(row.accepted),
    )
