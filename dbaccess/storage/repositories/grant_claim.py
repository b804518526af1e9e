"""The queries and updates of a claim of due grants.

An end waits for this, and SQLAlchemy builds a query for longer than the server needs: each is built once.
"""

from functools import cache
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, DateTime, Integer, Select, any_, bindparam, func, select, text

from dbaccess.storage.models.grants import GrantProgressRow
from dbaccess.storage.models.grants import GrantRow as Row
from dbaccess.storage.repositories.grant_due import to_end

_COLUMNS: Final = tuple(Row.__table__.columns)

GIVE_BACK: Final = text("""
update grants set lease_id = null, lease_until = null
 where id in (
    select id from grants
     where id = any(cast(:ids as bigint[])) and state = 'revoking' and lease_id = :lease
       for no key update skip locked
 )""")


@cache
def due_to_end(*, begun: bool | None, named: bool) -> Select[Any]:
    """Return the query of due grants with their progress; parameters: `cluster`, `now`, `limit`, `only`.

    `only` are ids, if it is `named`.
    """
    now: Any = bindparam("now", type_=DateTime(timezone=True))
    due = with_progress().where(Row.cluster == bindparam("cluster"), to_end(now, begun))
    if named:
        due = due.where(Row.id == any_(bindparam("only", type_=ARRAY(BigInteger))))
    return due.order_by(Row.expires_at, Row.id).limit(bindparam("limit", type_=Integer))


def with_progress() -> Select[Any]:
    done = select(func.jsonb_agg(GrantProgressRow.done)).where(GrantProgressRow.grant_id == Row.id)
    return select(*_COLUMNS, done.scalar_subquery().label("progress"))
