"""Grants: their leases, and when work on them is due."""

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.errors import NotFound
from dbaccess.domain.grant import Given, Grant, GrantId, GrantState, Recipe
from dbaccess.domain.grant_question import GrantQuestion
from dbaccess.domain.holder import Holder, Named
from dbaccess.domain.lockdown import Lockdown
from dbaccess.domain.message import MessageKind
from dbaccess.domain.overdue import Late, NextEnd, Overdue
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.record_filter import EVERY, RecordFilter
from dbaccess.domain.request import RequestId
from dbaccess.domain.truncated_list import Some
from dbaccess.ports import ToRemind
from dbaccess.storage.leases import LIVE
from dbaccess.storage.models.grants import GrantRow as Row
from dbaccess.storage.models.messages import MessageRow
from dbaccess.storage.models.requests import RequestRow
from dbaccess.storage.repositories.grant_claim import GIVE_BACK, due_to_end, with_progress
from dbaccess.storage.repositories.grant_due import (
    ACTIVE,
    DUE_AT,
    MANY_WAIT,
    NEXT_END,
    PROVISIONING,
    REVOKING,
    attempt_due,
    is_free_and_due,
    is_late,
    is_overdue,
    is_unsettled,
    to_end,
    unleased,
)
from dbaccess.storage.repositories.grant_lists import holders, reviewed_by, to_remind, unknown
from dbaccess.storage.repositories.grant_question import of_question
from dbaccess.storage.repositories.grant_row import (
    IS_OPEN,
    STARTS,
    changes,
    grant_of,
    recipe_of,
    update_many,
    written,
)
from dbaccess.storage.repositories.id_filter import among, among_texts
from dbaccess.storage.repositories.record_filter import of_grants
from dbaccess.storage.wakeup import wake_at_commit

_LOGIN: ColumnElement[str] = literal_column("grants.recipe ->> 'login'")
_COLUMNS = tuple(Row.__table__.columns)

# One text for any number of rows: values for each would be compiled and parsed anew for each batch.
_ADD_PROGRESS = text(
    """insert into grant_progress (grant_id, done)
       select made.id, made.done::jsonb
         from unnest(cast(:ids as bigint[]), cast(:done as text[])) made (id, done)"""
)


class SqlGrants:
    """A change of a grant wakes the workers at the commit, unless the caller goes on with it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: dict[GrantId, Grant] = {}

    def add(self, grant: Grant) -> Grant:
        values = {name: getattr(grant, name) for name in STARTS}
        grant_id = self._session.execute(insert(Row).values(values).returning(Row.id)).scalar_one()
        wake_at_commit(self._session)
        return self.get(GrantId(grant_id))

    def get(self, grant_id: GrantId) -> Grant:
        return self._one(_select().where(Row.id == grant_id), grant_id)

    def get_all(self, grant_ids: Collection[GrantId]) -> list[Grant]:
        return self._all(_select().where(among(Row.id, grant_ids)).order_by(Row.id))

    def lock(self, grant_id: GrantId) -> Grant:
        return self._one(_select().where(Row.id == grant_id).with_for_update(key_share=True), grant_id)

    def lock_free(self, grant_ids: Collection[GrantId], *, wait: bool = False) -> list[Grant]:
        return self._free(_select().where(among(Row.id, grant_ids)).order_by(Row.id), wait=wait)

    def save(self, grant: Grant) -> None:
        self.save_all([grant])

    def save_all(self, grants: Sequence[Grant], *, wakes: bool = True) -> None:
        """Write only columns that differ, because the bot may write few of them."""
        for grant in grants:
            if grant.id not in self._read:
                self.get(grant.id)
        names = sorted({name for grant in grants for name in changes(self._read[grant.id], grant)})
        if grants and wakes:
            wake_at_commit(self._session)
        if not names:
            return
        # In the order of the ids, as everywhere: two batches never deadlock.
        ordered = sorted(grants, key=lambda grant: grant.id)
        values = {name: [written(grant, name) for grant in ordered] for name in names}
        self._session.execute(update_many(names), {"id": [grant.id for grant in ordered], **values})
        self._read.update((grant.id, grant) for grant in grants)

    def of_request(self, request_id: RequestId) -> Grant | None:
        found = self._all(_select().where(Row.request_id == request_id))
        return found[0] if found else None

    def open(self) -> list[Grant]:
        return self._all(_select().where(IS_OPEN).order_by(Row.id))

    def open_of(self, accounts: Collection[SlackId]) -> list[Grant]:
        return self._all(_select().where(IS_OPEN, Row.holder_slack_id.in_(accounts)).order_by(Row.id))

    def open_on_cluster(self, cluster: str) -> list[Grant]:
        return self._all(_select().where(IS_OPEN, Row.cluster == cluster).order_by(Row.id))

    def open_on_target(self, cluster: str, target: str, *, limit: int) -> Some[Grant]:
        return self._some(IS_OPEN, Row.cluster == cluster, Row.target == target, by=[Row.id], limit=limit)

    def revocable(
        self,
        groups: Collection[str] | None,
        accounts: Collection[SlackId],
        *,
        others_only: bool,
        limit: int,
        of: Named | None = None,
    ) -> Some[Grant]:
        theirs = Row.holder_slack_id.in_(accounts)
        may = true() if groups is None else reviewed_by(groups)
        may = and_(~theirs, may) if others_only else or_(theirs, may)
        if of is not None:
            may = and_(may, or_(Row.holder_slack_id.in_(of.accounts), Row.target.in_(of.targets)))
        end = func.coalesce(Row.expires_at, Row.created_at + Row.duration)
        by = [end, Row.id] if others_only else [Row.id]
        return self._some(IS_OPEN, Row.revoking_at.is_(None), may, by=by, limit=limit)

    def holders(self) -> set[Holder]:
        return holders(self._session)

    def to_remind(
        self, *, after: datetime, until: datetime, longer_than: timedelta, limit: int
    ) -> list[ToRemind]:
        return to_remind(self._session, after=after, until=until, longer_than=longer_than, limit=limit)

    def roles_held(self) -> list[tuple[str, str]]:
        pairs = select(Row.target, Row.role).where(ACTIVE).distinct()
        return [(target, role) for target, role in self._session.execute(pairs)]

    def active(
        self,
        *,
        of: Collection[tuple[str, str]] = (),
        by: Collection[SlackId] = (),
        after: GrantId,
        limit: int,
    ) -> list[GrantId]:
        named = or_(tuple_(Row.target, Row.role).in_(sorted(of)), Row.holder_slack_id.in_(sorted(by)))
        found = select(Row.id).where(ACTIVE, named, Row.id > after)
        return self._ids(found.order_by(Row.id).limit(limit))

    def counts(self) -> dict[GrantState, int]:
        rows = select(Row.state, func.count()).where(IS_OPEN).group_by(Row.state)
        return {GrantState(state): count for state, count in self._session.execute(rows)}

    def failing(self) -> int:
        failed = select(func.count()).select_from(Row).where(IS_OPEN, Row.last_failure.is_not(None))
        return self._session.scalar(failed) or 0

    def overdue_since(self, now: datetime) -> datetime | None:
        over = func.least(Row.expires_at, Row.revoking_at)
        found: datetime | None = self._session.scalar(select(func.min(over)).where(IS_OPEN, over < now))
        return found

    def open_with(
        self, cluster: str, logins: Collection[str], *, but: GrantState | None = None
    ) -> list[Grant]:
        theirs = _select().where(IS_OPEN, Row.cluster == cluster, among_texts(_LOGIN, logins))
        theirs = theirs if but is None else theirs.where(Row.state != but)
        return self._all(theirs.order_by(Row.id))

    def active_recipes(self, cluster: str, *, after: GrantId, limit: int) -> Mapping[GrantId, Recipe | None]:
        found = select(Row.id, Row.recipe).where(ACTIVE, Row.cluster == cluster, Row.id > after)
        rows = self._session.execute(found.order_by(Row.id).limit(limit))
        return {GrantId(row.id): recipe_of(row)[0] for row in rows}

    def logins_given(self, cluster: str, logins: Collection[str]) -> set[str]:
        theirs = select(_LOGIN).where(IS_OPEN, Row.cluster == cluster, among_texts(_LOGIN, logins))
        return set(self._session.scalars(theirs))

    def given_on(self, cluster: str) -> list[Given]:
        rows = select(Row.recipe).where(IS_OPEN, Row.cluster == cluster, Row.recipe.is_not(None))
        return [Given.by(recipe) for recipe in self._session.scalars(rows) if recipe]

    def ended_of(self, accounts: Collection[SlackId], *, limit: int) -> list[Grant]:
        ended = _select().where(Row.state == GrantState.ENDED, Row.holder_slack_id.in_(accounts))
        return self._all(ended.order_by(Row.ended_at.desc(), Row.id.desc()).limit(limit))

    def due_to_end(
        self,
        cluster: str,
        now: datetime,
        *,
        limit: int,
        begun: bool | None = None,
        only: Collection[GrantId] | None = None,
        wait: bool = False,
    ) -> list[Grant]:
        due = due_to_end(begun=begun, named=only is not None)
        values = {"cluster": cluster, "now": now, "limit": limit}
        return self._free(due, values if only is None else {**values, "only": sorted(only)}, wait=wait)

    def to_cut_off(self, cluster: str, now: datetime) -> int:
        being = and_(REVOKING, Row.next_attempt_at.is_(None), Row.lease_id.in_(LIVE))
        waits = Row.cluster == cluster, or_(to_end(now, begun=False), being)
        return self._session.scalar(select(func.count()).select_from(Row).where(*waits)) or 0

    def many_wait(self, now: datetime, *, since: datetime, more_than: int) -> bool:
        values = {"now": now, "since": since, "more_than": more_than, "enough": more_than + 1}
        return bool(self._session.scalar(MANY_WAIT, values))

    def held(self, *, target: str | None, person: str | None) -> list[Grant]:
        found = _select().where(Row.state.in_([GrantState.PROVISIONING, GrantState.ACTIVE]))
        found = found if target is None else found.where(Row.target == target)
        if person is not None:
            found = found.where(or_(Row.holder == person, Row.holder_slack_id == person))
        return self._all(found.order_by(Row.id))

    def to_lock_down(self, lockdown: Lockdown, *, spare_break_glass: bool, limit: int) -> list[GrantId]:
        found = select(Row.id).where(Row.state.in_([GrantState.PROVISIONING, GrantState.ACTIVE]))
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
        # Active ones first, because a compromised bot can make any number of others.
        return self._ids(found.order_by(Row.state != GrantState.ACTIVE, Row.id).limit(limit))

    def overdue(
        self,
        since: datetime,
        *,
        untold: MessageKind | None = None,
        but: Collection[str] = (),
        limit: int,
    ) -> list[GrantId]:
        over = and_(is_overdue(since), Row.target.not_in(sorted(but)))
        if untold is not None:
            of_it = and_(MessageRow.request_id == Row.request_id, MessageRow.kind == untold)
            over = and_(over, ~exists().where(of_it))
        return self._ids(select(Row.id).where(over).order_by(DUE_AT, Row.id).limit(limit))

    def overdue_by_target(self, since: datetime) -> list[Overdue]:
        found = select(Row.target, func.count(), func.min(Row.id), func.min(DUE_AT)).where(is_overdue(since))
        return [
            Overdue(target=target, count=count, first=GrantId(first), due_at=due_at)
            for target, count, first, due_at in self._session.execute(found.group_by(Row.target))
        ]

    def due_to_provision(self, now: datetime, *, limit: int) -> list[GrantId]:
        due = select(Row.id).where(PROVISIONING, is_unsettled(), is_free_and_due(now))
        return self._ids(due.order_by(Row.next_attempt_at.asc().nulls_first(), Row.id).limit(limit))

    def late(self, cluster: str, before: datetime, *, after: GrantId, limit: int) -> list[Grant]:
        late = with_progress().where(Row.cluster == cluster, Row.id > after, is_late(before))
        return self._all(late.order_by(Row.id).limit(limit))

    def late_by_cluster(self, before: datetime) -> dict[str, Late]:
        late = func.count().label("late"), func.min(Row.id).label("first")
        found = self._session.execute(select(Row.cluster, *late).where(is_late(before)).group_by(Row.cluster))
        return {row.cluster: Late(count=row.late, first=GrantId(row.first)) for row in found}

    def hurry(self, cluster: str, now: datetime) -> None:
        waits = Row.cluster == cluster, REVOKING, Row.next_attempt_at > now
        free = select(Row.id).where(*waits).with_for_update(skip_locked=True)
        self._session.execute(update(Row).where(Row.id.in_(free)).values(next_attempt_at=now))
        wake_at_commit(self._session)

    def give_back(self, grant_ids: Collection[GrantId], lease: str) -> None:
        self._session.execute(GIVE_BACK, {"ids": sorted(grant_ids), "lease": lease})

    def add_progress(self, done: Mapping[GrantId, EndProgress]) -> None:
        if done:
            texts = [json.dumps(progress.as_json()) for progress in done.values()]
            self._session.execute(_ADD_PROGRESS, {"ids": list(done), "done": texts})

    def oldest_overdue(self, cluster: str, now: datetime) -> GrantId | None:
        over = and_(ACTIVE, Row.expires_at <= now)
        leaving = and_(REVOKING, or_(attempt_due(now), Row.lease_id.is_not(None)))
        found = self._ids(select(func.min(Row.id)).where(Row.cluster == cluster, or_(over, leaving)))
        return found[0] if found else None

    def is_free(self, grant: Grant, now: datetime) -> bool:
        if grant.lease_id is None:
            return True
        return self._session.scalar(select(Row.id).where(Row.id == grant.id, unleased(now))) is not None

    def clusters_due(self, now: datetime) -> list[str]:
        return list(self._session.scalars(select(Row.cluster).where(to_end(now)).distinct()))

    def next_end(self) -> NextEnd:
        due_at, revoking = self._session.execute(NEXT_END).one()
        return NextEnd(due_at=due_at, revoking=revoking)

    def recent(self, *, limit: int, only: RecordFilter = EVERY) -> list[Grant]:
        return self._all(_select().where(*of_grants(only)).order_by(Row.id.desc()).limit(limit))

    def ids(self, *, limit: int, only: RecordFilter = EVERY) -> list[GrantId]:
        return self._ids(select(Row.id).where(*of_grants(only)).order_by(Row.id.desc()).limit(limit))

    def search(self, question: GrantQuestion, *, before: GrantId | None = None, limit: int) -> list[GrantId]:
        found = select(Row.id).where(*of_question(question))
        if before is not None:
            found = found.where(Row.id < before)
        return self._ids(found.order_by(Row.id.desc()).limit(limit))

    def holders_by_login(self, login: str) -> set[tuple[PersonId, SlackId]]:
        found = select(Row.holder, Row.holder_slack_id).where(_LOGIN.in_([login])).distinct()
        return {(PersonId(person), SlackId(account)) for person, account in self._session.execute(found)}

    def unknown(self, logins: Sequence[tuple[GrantId | None, str]]) -> set[str]:
        return unknown(self._session, logins)

    def written_off(self) -> int:
        rows = select(func.count()).select_from(Row).where(Row.state == GrantState.WRITTEN_OFF)
        return self._session.execute(rows).scalar_one()

    def _one(self, rows: Select[Any], grant_id: GrantId) -> Grant:
        found = self._all(rows)
        if not found:
            raise NotFound(f"There is no grant G-{grant_id}.")
        return found[0]

    def _all(self, rows: Select[Any], values: Mapping[str, Any] | None = None) -> list[Grant]:
        found = [grant_of(row) for row in self._session.execute(rows, values)]
        self._read.update((grant.id, grant) for grant in found)
        return found

    def _some(self, *where: Any, by: Sequence[Any], limit: int) -> Some[Grant]:
        first = self._all(_select().where(*where).order_by(*by).limit(limit))
        if len(first) < limit:
            return Some(first)
        total = self._session.scalar(select(func.count()).select_from(Row).where(*where)) or 0
        return Some(first, max(0, total - limit))

    def _free(self, rows: Select[Any], values: Mapping[str, Any] | None = None, *, wait: bool) -> list[Grant]:
        """Lock the rows; with `wait` queue for them, so that `end_blockers` sees the session in the way."""
        if wait:
            with suppress(OperationalError), self._session.begin_nested():
                self._session.execute(text("set local lock_timeout = '4s'"))
                found = self._all(rows.with_for_update(key_share=True), values)
                self._session.execute(text("set local lock_timeout = 0"))
                return found
        return self._all(rows.with_for_update(skip_locked=True, key_share=True), values)

    def _ids(self, rows: Select[Any]) -> list[GrantId]:
        return [GrantId(grant_id) for grant_id in self._session.scalars(rows) if grant_id is not None]


def _select() -> Select[Any]:
    return select(*_COLUMNS)
