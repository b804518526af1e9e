"""Leases, and when something is to be done about them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, and_, func, insert, or_, select, text
from sqlalchemy.orm import Session

from dbaccess.domain.errors import NotFound
from dbaccess.domain.grant import Given, Grant, GrantId, GrantState
from dbaccess.domain.lockdown import Lockdown
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import RequestId
from dbaccess.storage.models.grants import GrantRow as Row
from dbaccess.storage.models.requests import RequestRow
from dbaccess.storage.repositories.grant_row import grant_of, values_of

_OPEN = text("grants.state not in ('ended', 'written_off')")
"""Written as in the partial indexes, so that the planner finds them."""

_STARTS = ("request_id", "holder", "holder_slack_id", "target", "cluster", "role", "duration", "state")


class SqlGrants:
    """`changed` tells whether this transaction wrote a grant."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: dict[int, Row] = {}
        self.changed = False

    def add(self, grant: Grant) -> Grant:
        values = values_of(grant)
        columns = (*_STARTS, "created_at", "next_attempt_at")
        grant_id = self._session.execute(
            insert(Row).values({name: values[name] for name in columns}).returning(Row.id)
        ).scalar_one()
        self.changed = True
        return self.get(GrantId(grant_id))

    def get(self, grant_id: GrantId) -> Grant:
        return self._one(select(Row).where(Row.id == grant_id), grant_id)

    def lock(self, grant_id: GrantId) -> Grant:
        return self._one(select(Row).where(Row.id == grant_id).with_for_update(), grant_id)

    def save(self, grant: Grant) -> None:
        """Only the columns that differ are written: the bot may write few of them."""
        if grant.id not in self._rows:
            self.get(grant.id)
        row = self._rows[grant.id]
        for name, value in values_of(grant).items():
            if getattr(row, name) != value:
                setattr(row, name, value)
        self._session.flush()
        self.changed = True

    def of_request(self, request_id: RequestId) -> Grant | None:
        found = self._all(select(Row).where(Row.request_id == request_id))
        return found[0] if found else None

    def open(self) -> list[Grant]:
        return self._all(select(Row).where(_OPEN).order_by(Row.id))

    def open_of(self, accounts: Collection[SlackId]) -> list[Grant]:
        return self._all(select(Row).where(_OPEN, Row.holder_slack_id.in_(accounts)).order_by(Row.id))

    def open_on_cluster(self, cluster: str) -> list[Grant]:
        return self._all(select(Row).where(_OPEN, Row.cluster == cluster).order_by(Row.id))

    def given_on(self, cluster: str) -> list[Given]:
        recipe = Row.recipe
        rows = self._session.execute(
            select(
                Row.id,
                recipe["login_kind"].astext,
                recipe["login"].astext,
                recipe["login_oid"].astext.cast(BigInteger),
                recipe["roles"],
                recipe["standing"],
            ).where(_OPEN, Row.cluster == cluster, recipe.is_not(None))
        )
        return [
            Given(
                grant_id=GrantId(grant),
                login_kind=kind,
                login=login,
                login_oid=oid,
                roles=tuple(role for role in roles if role not in standing),
            )
            for grant, kind, login, oid, roles, standing in rows
        ]

    def ended_of(self, accounts: Collection[SlackId], *, limit: int) -> list[Grant]:
        ended = select(Row).where(Row.state == GrantState.ENDED, Row.holder_slack_id.in_(accounts))
        return self._all(ended.order_by(Row.ended_at.desc(), Row.id.desc()).limit(limit))

    def due_to_end(self, cluster: str, now: datetime, *, limit: int) -> list[Grant]:
        due = select(Row).where(Row.cluster == cluster, _to_end(now)).order_by(Row.expires_at, Row.id)
        return self._all(due.limit(limit).with_for_update(skip_locked=True))

    def held(self, *, target: str | None, person: str | None) -> list[Grant]:
        found = select(Row).where(Row.state.in_([GrantState.PROVISIONING, GrantState.ACTIVE]))
        found = found if target is None else found.where(Row.target == target)
        if person is not None:
            found = found.where(or_(Row.holder == person, Row.holder_slack_id == person))
        return self._all(found.order_by(Row.id))

    def to_lock_down(self, lockdown: Lockdown, *, spare_break_glass: bool, limit: int) -> list[Grant]:
        found = select(Row).where(Row.state.in_([GrantState.PROVISIONING, GrantState.ACTIVE]))
        if lockdown.target is not None:
            found = found.where(Row.target == lockdown.target)
        before = Row.created_at <= lockdown.declared_at
        if lockdown.lifted_at is not None:
            found = found.where(before)
        elif spare_break_glass:
            asked = select(RequestRow.terms["break_glass"].as_boolean()).where(
                RequestRow.id == Row.request_id
            )
            found = found.where(or_(before, ~asked.scalar_subquery()))
        return self._all(found.order_by(Row.id).limit(limit).with_for_update(skip_locked=True))

    def due_to_provision(self, now: datetime, *, limit: int) -> list[GrantId]:
        due = select(Row.id).where(Row.state == GrantState.PROVISIONING, _free(now))
        ordered = due.order_by(Row.next_attempt_at.asc().nulls_first(), Row.id).limit(limit)
        return [GrantId(grant_id) for grant_id in self._session.scalars(ordered)]

    def clusters_due(self, now: datetime) -> list[str]:
        return list(self._session.scalars(select(Row.cluster).where(_to_end(now)).distinct()))

    def next_due_at(self) -> datetime | None:
        ends = select(func.min(Row.expires_at)).where(Row.state == GrantState.ACTIVE).scalar_subquery()
        tried = func.greatest(func.coalesce(Row.next_attempt_at, Row.created_at), Row.lease_until)
        waits = select(func.min(tried)).where(_waiting()).scalar_subquery()
        return self._session.scalar(select(func.least(ends, waits)))

    def recent(self, *, limit: int, state: str | None = None) -> list[Grant]:
        rows = select(Row) if state is None else select(Row).where(Row.state == state)
        return self._all(rows.order_by(Row.id.desc()).limit(limit))

    def written_off(self) -> int:
        rows = select(func.count()).select_from(Row).where(Row.state == GrantState.WRITTEN_OFF)
        return self._session.execute(rows).scalar_one()

    def _one(self, rows: Select[Row], grant_id: GrantId) -> Grant:
        found = self._all(rows)
        if not found:
            raise NotFound(f"There is no grant G-{grant_id}.")
        return found[0]

    def _all(self, rows: Select[Row]) -> list[Grant]:
        found = self._session.scalars(rows, execution_options={"populate_existing": True}).all()
        self._rows.update((row.id, row) for row in found)
        return [grant_of(row) for row in found]


def _waiting() -> Any:
    return Row.state.in_([GrantState.PROVISIONING, GrantState.REVOKING])


def _free(now: datetime) -> Any:
    """Due, and nobody is at it. Without a time it is due at once: no open grant is ever forgotten."""
    due = or_(Row.next_attempt_at.is_(None), Row.next_attempt_at <= now)
    return and_(due, or_(Row.lease_until.is_(None), now >= Row.lease_until))


def _to_end(now: datetime) -> Any:
    return or_(
        and_(Row.state == GrantState.ACTIVE, Row.expires_at <= now),
        and_(Row.state == GrantState.REVOKING, _free(now)),
    )
