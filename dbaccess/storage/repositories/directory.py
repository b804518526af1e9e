"""The snapshot of people and groups from Slack."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, literal, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.people import CONFIRMED_AFTER, Person, SlackId, SourceId
from dbaccess.storage.models.directory import (
    DirectoryReadRow,
    MemberRow,
    PersonRow,
    SourceRow,
    ToldGroupRow,
)

_LOCK = 0x6469726563746F72
"""`director` in ASCII: one replacement of the sources at a time."""

_PEOPLE = text("""
select p.*,
       array(select m.source_id from directory_members m
              where m.slack_id = p.slack_id and m.missing_since is null) as sources,
       array(select m.source_id from directory_members m
              where m.slack_id = p.slack_id and m.missing_since is not null) as missing
  from directory_people p where p.slack_id = any(:wanted)""")

_HOLDS = text("""exists (
    select from grants g
     where g.holder_slack_id = directory_people.slack_id and g.state not in ('ended', 'written_off')
)""")
_WAITS = text("""exists (
    select from requests r where r.requester_slack_id = directory_people.slack_id and r.state = 'pending'
)""")
_INVOLVED = text("""
select w.slack_id from unnest(cast(:wanted as text[])) w (slack_id)
 where exists (select from grants g
                where g.holder_slack_id = w.slack_id and g.state not in ('ended', 'written_off'))
    or exists (select from requests r where r.requester_slack_id = w.slack_id and r.state = 'pending')""")

_REVIEWERS = text("""
select listed.slack_id
  from (select slack_id from directory_members where source_id = any(:sources) and missing_since is null
         union select unnest(cast(:named as text[]))) listed
  left join directory_people p on p.slack_id = listed.slack_id
 where listed.slack_id <> all(:but)
   and (p.slack_id is null or not (p.is_guest or p.is_bot or p.is_deactivated) and p.team_id = :team_id)
 order by listed.slack_id limit :limit""")

_LISTED = text("""
select listed.slack_id
  from (select slack_id from directory_members where source_id = any(:sources) and missing_since is null
         union select unnest(cast(:named as text[]))) listed
 where listed.slack_id > :after order by listed.slack_id limit :limit""")

_NOT_STORED = {"sources", "missing", "others", "known_as"}


class SqlDirectory:
    def __init__(self, session: Session) -> None:
        self._session = session

    def person(self, slack_id: SlackId) -> Person | None:
        return self.people([slack_id]).get(slack_id)

    def people(self, slack_ids: Iterable[SlackId]) -> dict[SlackId, Person]:
        rows = self._session.execute(_PEOPLE, {"wanted": sorted(set(slack_ids))})
        return {SlackId(row.slack_id): _person(row) for row in rows}

    def listing(self, slack_ids: Iterable[SlackId]) -> frozenset[SourceId]:
        wanted = sorted(set(slack_ids))
        found = self._session.scalars(select(MemberRow.source_id).where(MemberRow.slack_id.in_(wanted)))
        return frozenset(SourceId(source) for source in found)

    def read_at(self) -> datetime | None:
        return self._session.scalar(select(DirectoryReadRow.read_at))

    def oldest_reading(self, sources: Collection[SourceId]) -> datetime | None:
        listed = SourceRow.source_id.in_(sorted(sources))
        return self._session.scalar(select(func.min(SourceRow.read_at)).where(listed))

    def unread(self, sources: Collection[SourceId], *, since: datetime) -> bool:
        read = SourceRow.source_id.in_(sorted(sources)), SourceRow.read_at >= since
        return self._session.scalar(select(func.count()).where(*read)) != len(sources)

    def list_cursor(self) -> str | None:
        return self._session.scalar(select(DirectoryReadRow.list_cursor))

    def want_list(self, *, begun_before: datetime, now: datetime) -> None:
        begun = DirectoryReadRow.list_begun_at
        self._session.execute(
            update(DirectoryReadRow)
            .where(DirectoryReadRow.list_cursor.is_(None), or_(begun.is_(None), begun < begun_before))
            .values(list_cursor="", list_begun_at=now)
        )

    def list_read_to(self, cursor: str | None) -> None:
        self._session.execute(update(DirectoryReadRow).values(list_cursor=cursor))

    def replace_sources(
        self,
        members: Mapping[SourceId, frozenset[SlackId]],
        *,
        read_at: datetime,
        keep_others: bool = False,
    ) -> bool:
        self._session.execute(select(func.pg_advisory_xact_lock(literal(_LOCK))))
        before = self.read_at()
        if before is not None and before > read_at:
            return False  # a later reading is stored already
        if not keep_others:
            self._session.execute(delete(SourceRow).where(SourceRow.source_id.not_in(sorted(members))))
        row = insert(SourceRow)
        row = row.on_conflict_do_update(index_elements=["source_id"], set_={"read_at": row.excluded.read_at})
        if members:
            rows = [{"source_id": s, "read_at": read_at} for s in sorted(members)]
            # "returning" makes it one statement; without it SQLAlchemy falls back to executemany.
            self._session.execute(row.returning(SourceRow.source_id), rows)
        self._replace_members(members, read_at)
        whole = insert(DirectoryReadRow).values(id=1, read_at=read_at)
        self._session.execute(
            whole.on_conflict_do_update(index_elements=["id"], set_={"read_at": whole.excluded.read_at})
        )
        return True

    def told_groups(self) -> dict[str, frozenset[SlackId]]:
        rows = self._session.execute(select(ToldGroupRow.group_name, ToldGroupRow.members))
        return {group: frozenset(map(SlackId, members)) for group, members in rows}

    def put_told_groups(self, groups: Mapping[str, frozenset[SlackId]]) -> None:
        self._session.execute(delete(ToldGroupRow))
        rows = [{"group_name": group, "members": sorted(listed)} for group, listed in groups.items()]
        if rows:
            self._session.execute(insert(ToldGroupRow), rows)

    def _replace_members(self, members: Mapping[SourceId, frozenset[SlackId]], read_at: datetime) -> None:
        """Write only differences: the snapshot is read every half minute, and rarely changes."""
        wanted = {(source, member) for source, listed in members.items() for member in listed}
        key = tuple_(MemberRow.source_id, MemberRow.slack_id)
        known = {
            (SourceId(source), SlackId(member)): since
            for source, member, since in self._session.execute(
                select(MemberRow.source_id, MemberRow.slack_id, MemberRow.missing_since).where(
                    MemberRow.source_id.in_(sorted(members))
                )
            )
        }
        lost, back, gone = _compared(known, wanted, read_at)
        for keys, missing_since in ((lost, read_at), (back, None)):
            if keys:
                changed = update(MemberRow).where(key.in_(keys)).values(missing_since=missing_since)
                self._session.execute(changed)
        if gone:
            self._session.execute(delete(MemberRow).where(key.in_(gone)))
        if new := sorted(wanted - set(known)):
            self._session.execute(insert(MemberRow), [{"source_id": s, "slack_id": m} for s, m in new])

    def put_people(self, people: Iterable[Person]) -> None:
        # Sorted, so that two of these never deadlock.
        rows = [
            {name: getattr(person, name) for name in Person.__slots__ if name not in _NOT_STORED}
            for person in sorted(people, key=lambda person: person.slack_id)
        ]
        if not rows:
            return
        row = insert(PersonRow)
        changed = {name: row.excluded[name] for name in rows[0] if name != "slack_id"}
        self._session.execute(
            row.on_conflict_do_update(
                index_elements=["slack_id"], set_=changed, where=PersonRow.read_at <= row.excluded.read_at
            ).returning(PersonRow.slack_id),  # one statement, as above
            rows,
        )

    def names(self, slack_ids: Iterable[SlackId]) -> dict[SlackId, str]:
        found = select(PersonRow.slack_id, PersonRow.name).where(PersonRow.slack_id.in_(set(slack_ids)))
        return {SlackId(slack_id): name for slack_id, name in self._session.execute(found)}

    def guests(self, slack_ids: Iterable[SlackId]) -> dict[SlackId, bool]:
        found = select(PersonRow.slack_id, PersonRow.is_guest).where(PersonRow.slack_id.in_(set(slack_ids)))
        return {SlackId(slack_id): is_guest for slack_id, is_guest in self._session.execute(found)}

    def accounts_named(self, name: str) -> set[SlackId]:
        named = func.lower(PersonRow.name) == func.lower(name)
        return set(map(SlackId, self._session.scalars(select(PersonRow.slack_id).where(named))))

    def members(self) -> set[SlackId]:
        return set(map(SlackId, self._session.scalars(select(MemberRow.slack_id).distinct())))

    def listed(self, sources: Collection[SourceId], *, after: SlackId | None, limit: int) -> list[SlackId]:
        named = [source for source in sources if source.startswith(("U", "W"))]
        values = {"sources": sorted(sources), "named": named, "after": after or "", "limit": limit}
        return [SlackId(slack_id) for slack_id in self._session.scalars(_LISTED, values)]

    def never_read(self, slack_ids: Iterable[SlackId]) -> set[SlackId]:
        known = set(self._session.scalars(select(PersonRow.slack_id)))
        return {slack_id for slack_id in slack_ids if slack_id not in known}

    def reviewers(
        self, sources: Collection[SourceId], *, team_id: str, but: Collection[SlackId], limit: int
    ) -> list[SlackId]:
        named = [source for source in sources if source.startswith(("U", "W"))]
        values = {"sources": sorted(sources), "named": named, "but": sorted(but), "team_id": team_id}
        return [
            SlackId(slack_id) for slack_id in self._session.scalars(_REVIEWERS, values | {"limit": limit})
        ]

    def unfit_holders(self, team_id: str) -> list[SlackId]:
        unfit = or_(
            PersonRow.is_deactivated, PersonRow.is_bot, PersonRow.is_guest, PersonRow.team_id != team_id
        )
        found = select(PersonRow.slack_id).where(unfit, _HOLDS).order_by(PersonRow.slack_id)
        return [SlackId(slack_id) for slack_id in self._session.scalars(found)]

    def involved(self, slack_ids: Iterable[SlackId]) -> set[SlackId]:
        found = self._session.scalars(_INVOLVED, {"wanted": sorted(set(slack_ids))})
        return set(map(SlackId, found))

    def stale_involved(self, *, before: datetime, limit: int) -> list[SlackId]:
        found = select(PersonRow.slack_id).where(PersonRow.read_at < before, or_(_HOLDS, _WAITS))
        found = found.order_by(PersonRow.slack_id).limit(limit)
        return [SlackId(slack_id) for slack_id in self._session.scalars(found)]

    def stale_people(self, *, before: datetime, limit: int) -> list[SlackId]:
        listed = select(MemberRow.slack_id).distinct().subquery()
        found = self._session.scalars(
            select(listed.c.slack_id)
            .outerjoin(PersonRow, PersonRow.slack_id == listed.c.slack_id)
            .where(or_(PersonRow.slack_id.is_(None), PersonRow.read_at < before))
            .order_by(PersonRow.read_at.asc().nulls_first(), listed.c.slack_id)
            .limit(limit)
        )
        return [SlackId(slack_id) for slack_id in found]


_Listed = tuple[SourceId, SlackId]


def _compared(
    known: Mapping[_Listed, datetime | None], wanted: set[_Listed], read_at: datetime
) -> tuple[list[_Listed], list[_Listed], list[_Listed]]:
    """Return members missing for the first time, members back again, and members with a confirmed absence."""
    absent = {key: since for key, since in known.items() if key not in wanted}
    lost = [key for key, since in absent.items() if since is None]
    gone = [key for key, since in absent.items() if since is not None and read_at - since >= CONFIRMED_AFTER]
    back = [key for key, since in known.items() if key in wanted and since is not None]
    return sorted(lost), sorted(back), sorted(gone)


def _person(row: Row[Any]) -> Person:
    return Person(
        slack_id=SlackId(row.slack_id),
        team_id=row.team_id,
        name=row.name,
        tz=row.tz,
        is_guest=row.is_guest,
        is_bot=row.is_bot,
        is_deactivated=row.is_deactivated,
        sources=frozenset(map(SourceId, row.sources)),
        read_at=row.read_at,
        missing=frozenset(map(SourceId, row.missing)),
    )
