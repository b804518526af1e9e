"""People and groups as Slack had them when it was last asked."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from dbaccess.domain.people import CONFIRMED_AFTER, Person, SlackId, SourceId
from dbaccess.domain.request import RequestState
from tests.fakes.database import Transaction
from tests.fakes.tables import (
    DIRECTORY_READS,
    GRANTS,
    MEMBERS,
    ONLY,
    PEOPLE,
    REQUESTS,
    SOURCES,
    TOLD_GROUPS,
    DirectoryRead,
    Member,
)

_NOWHERE = frozenset[SourceId]()


class MemoryDirectory:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def person(self, slack_id: SlackId) -> Person | None:
        return self.people([slack_id]).get(slack_id)

    def people(self, slack_ids: Iterable[SlackId]) -> dict[SlackId, Person]:
        found = {slack_id: self._transaction.get(PEOPLE, slack_id) for slack_id in slack_ids}
        return {slack_id: self._listed(person) for slack_id, person in found.items() if person is not None}

    def names(self, slack_ids: Iterable[SlackId]) -> dict[SlackId, str]:
        return {slack_id: person.name for slack_id, person in self.people(slack_ids).items()}

    def guests(self, slack_ids: Iterable[SlackId]) -> dict[SlackId, bool]:
        return {slack_id: person.is_guest for slack_id, person in self.people(slack_ids).items()}

    def accounts_named(self, name: str) -> set[SlackId]:
        people = self._transaction.rows(PEOPLE)
        return {person.slack_id for person in people if person.name.lower() == name.lower()}

    def listing(self, slack_ids: Iterable[SlackId]) -> frozenset[SourceId]:
        wanted = set(slack_ids)
        return frozenset(source for (source, member), _ in self._members() if member in wanted)

    def read_at(self) -> datetime | None:
        read = self._read()
        return read.read_at if read else None

    def oldest_reading(self, sources: Collection[SourceId]) -> datetime | None:
        read = [self._transaction.get(SOURCES, source) for source in sources]
        return min((read_at for read_at in read if read_at is not None), default=None)

    def unread(self, sources: Collection[SourceId], *, since: datetime) -> bool:
        read = [self._transaction.get(SOURCES, source) for source in sources]
        return any(read_at is None or read_at < since for read_at in read)

    def list_cursor(self) -> str | None:
        read = self._read()
        return read.list_cursor if read else None

    def want_list(self, *, begun_before: datetime, now: datetime) -> None:
        read = self._read()
        if read is None or read.list_cursor is not None:
            return
        if read.list_begun_at is None or read.list_begun_at < begun_before:
            wanted = replace(read, list_cursor="", list_begun_at=now)
            self._transaction.put(DIRECTORY_READS, ONLY, wanted)

    def list_read_to(self, cursor: str | None) -> None:
        read = self._read()
        if read is not None:
            self._transaction.put(DIRECTORY_READS, ONLY, replace(read, list_cursor=cursor))

    def replace_sources(
        self,
        members: Mapping[SourceId, frozenset[SlackId]],
        *,
        read_at: datetime,
        keep_others: bool = False,
    ) -> bool:
        self._transaction.claim("directory", "sources")
        read = self._read()
        if read is not None and read.read_at > read_at:
            return False
        if not keep_others:
            self._drop_others(members)
        for source, listed in members.items():
            self._transaction.put(SOURCES, source, read_at)
            self._replace_members(source, listed, read_at)
        now_read = replace(read, read_at=read_at) if read else DirectoryRead(read_at=read_at)
        self._transaction.put(DIRECTORY_READS, ONLY, now_read)
        return True

    def told_groups(self) -> dict[str, frozenset[SlackId]]:
        return dict(self._transaction.items(TOLD_GROUPS))

    def put_told_groups(self, groups: Mapping[str, frozenset[SlackId]]) -> None:
        for group in self.told_groups():
            self._transaction.delete(TOLD_GROUPS, group)
        for group, listed in groups.items():
            self._transaction.put(TOLD_GROUPS, group, listed)

    def put_people(self, people: Iterable[Person]) -> None:
        for person in sorted(people, key=lambda person: person.slack_id):
            known = self._transaction.lock(PEOPLE, person.slack_id)
            if known is None or known.read_at <= person.read_at:
                bare = replace(person, sources=_NOWHERE, missing=_NOWHERE, others=None)
                self._transaction.put(PEOPLE, person.slack_id, bare)

    def members(self) -> set[SlackId]:
        return {member for (_, member), _ in self._members()}

    def listed(self, sources: Collection[SourceId], *, after: SlackId | None, limit: int) -> list[SlackId]:
        named = {SlackId(source) for source in sources if source.startswith(("U", "W"))}
        listed = {
            member
            for (source, member), row in self._members()
            if source in sources and row.missing_since is None
        }
        return sorted(account for account in listed | named if account > (after or ""))[:limit]

    def never_read(self, slack_ids: Iterable[SlackId]) -> set[SlackId]:
        return {slack_id for slack_id in slack_ids if self._transaction.get(PEOPLE, slack_id) is None}

    def reviewers(
        self, sources: Collection[SourceId], *, team_id: str, but: Collection[SlackId], limit: int
    ) -> list[SlackId]:
        listed = {
            member for (source, member), row in self._members() if source in sources and not row.missing_since
        }
        listed |= {SlackId(source) for source in sources if source.startswith(("U", "W"))}

        def may(slack_id: SlackId) -> bool:
            known = self._transaction.get(PEOPLE, slack_id)
            return known is None or (known.may_act and not known.is_guest and known.team_id == team_id)

        return sorted(filter(may, listed - set(but)))[:limit]

    def unfit_holders(self, team_id: str) -> list[SlackId]:
        holders = self._holders()

        def is_unfit(person: Person) -> bool:
            return not person.may_act or person.is_guest or person.team_id != team_id

        people = self._transaction.rows(PEOPLE)
        return [person.slack_id for person in people if is_unfit(person) and person.slack_id in holders]

    def involved(self, slack_ids: Iterable[SlackId]) -> set[SlackId]:
        return set(slack_ids) & (self._holders() | self._waiting())

    def stale_involved(self, *, before: datetime, limit: int) -> list[SlackId]:
        involved = self._holders() | self._waiting()
        people = self._transaction.rows(PEOPLE)
        stale = [person.slack_id for person in people if person.read_at < before]
        return [slack_id for slack_id in stale if slack_id in involved][:limit]

    def stale_people(self, *, before: datetime, limit: int) -> list[SlackId]:
        members = sorted(self.members())
        read = {person.slack_id: person.read_at for person in self._transaction.rows(PEOPLE)}
        never = [member for member in members if member not in read]
        long_ago = sorted((read[member], member) for member in members if member in read)
        return [*never, *(member for at, member in long_ago if at < before)][:limit]

    def _read(self) -> DirectoryRead | None:
        return self._transaction.get(DIRECTORY_READS, ONLY)

    def _members(self) -> list[tuple[tuple[SourceId, SlackId], Member]]:
        return self._transaction.items(MEMBERS)

    def _listed(self, person: Person) -> Person:
        """The person with the sources that list them."""
        mine = [(source, row) for (source, member), row in self._members() if member == person.slack_id]
        return replace(
            person,
            sources=frozenset(source for source, row in mine if row.missing_since is None),
            missing=frozenset(source for source, row in mine if row.missing_since is not None),
        )

    def _drop_others(self, kept: Collection[SourceId]) -> None:
        for source, _ in self._transaction.items(SOURCES):
            if source not in kept:
                self._transaction.delete(SOURCES, source)
        for key, _ in self._members():
            if key[0] not in kept:
                self._transaction.delete(MEMBERS, key)

    def _replace_members(self, source: SourceId, listed: frozenset[SlackId], read_at: datetime) -> None:
        for member in listed:
            self._transaction.put(MEMBERS, (source, member), Member())
        for key, row in self._members():
            if key[0] != source or key[1] in listed:
                continue
            if row.missing_since is None:
                self._transaction.put(MEMBERS, key, Member(missing_since=read_at))
            elif read_at - row.missing_since >= CONFIRMED_AFTER:
                self._transaction.delete(MEMBERS, key)

    def _holders(self) -> set[SlackId]:
        return {grant.holder_slack_id for grant in self._transaction.rows(GRANTS) if not grant.state.is_final}

    def _waiting(self) -> set[SlackId]:
        requests = self._transaction.rows(REQUESTS)
        return {request.requester_slack_id for request in requests if request.state is RequestState.PENDING}
