"""Standing access: the roles that are found now, and the last reading of each cluster."""

from dataclasses import asdict

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.standing_access import FoundRole, How, Reading, StandingRole
from dbaccess.storage.models.standing_access import StandingReadingRow
from dbaccess.storage.models.standing_access import StandingRoleRow as Row

_READING = (
    StandingReadingRow.cluster,
    StandingReadingRow.read_at,
    StandingReadingRow.unknown_since,
    StandingReadingRow.left_out,
    StandingReadingRow.failure,
)


class SqlStandingRoles:
    def __init__(self, session: Session) -> None:
        self._session = session

    def lock(self, cluster: str) -> Reading:
        first = insert(StandingReadingRow).values(asdict(Reading(cluster=cluster)))
        self._session.execute(first.on_conflict_do_nothing(constraint="standing_readings_pk"))
        found = select(*_READING).where(StandingReadingRow.cluster == cluster).with_for_update()
        return Reading(**self._session.execute(found).mappings().one())

    def save(self, reading: Reading) -> None:
        row = insert(StandingReadingRow).values(asdict(reading))
        changed = {name: row.excluded[name] for name in asdict(reading) if name != "cluster"}
        self._session.execute(row.on_conflict_do_update(constraint="standing_readings_pk", set_=changed))

    def readings(self) -> list[Reading]:
        rows = self._session.execute(select(*_READING).order_by(StandingReadingRow.cluster)).mappings()
        return [Reading(**row) for row in rows]

    def on(self, cluster: str) -> list[FoundRole]:
        rows = (
            select(Row)
            .where(Row.cluster == cluster)
            .order_by(Row.login, Row.role, *Row.__table__.primary_key)
        )
        return [_found(row) for row in self._session.scalars(rows)]

    def put(self, found: FoundRole) -> None:
        row = insert(Row).values(_values(found))
        changed = {name: row.excluded[name] for name in _values(found)}
        self._session.execute(row.on_conflict_do_update(constraint="standing_roles_pk", set_=changed))

    def remove(self, found: FoundRole) -> None:
        self._session.execute(
            delete(Row).where(
                Row.cluster == found.cluster,
                Row.login_identity == found.standing.login_identity,
                Row.role_identity == found.standing.role_identity,
            )
        )

    def forget(self, cluster: str) -> None:
        self._session.execute(delete(StandingReadingRow).where(StandingReadingRow.cluster == cluster))


def _values(found: FoundRole) -> dict[str, object]:
    one = found.standing
    standing = asdict(one) | {"path": list(one.path), "how": one.how.value}
    return standing | {"cluster": found.cluster, "server": found.server, "found_at": found.found_at}


def _found(row: Row) -> FoundRole:
    return FoundRole(
        cluster=row.cluster,
        server=row.server,
        standing=StandingRole(
            login_identity=row.login_identity,
            login=row.login,
            role_identity=row.role_identity,
            role=row.role,
            path=tuple(row.path),
            is_usable=row.is_usable,
            how=How(row.how),
            database=row.database,
        ),
        found_at=row.found_at,
    )
