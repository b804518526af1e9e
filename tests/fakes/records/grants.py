"""Leases, and when something is to be done about them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.errors import AlreadyDecided, IllegalTransition
from dbaccess.domain.grant import Given, Grant, GrantId, GrantState, Recipe
from dbaccess.domain.grant_question import GrantQuestion
from dbaccess.domain.holder import Holder, Named
from dbaccess.domain.lockdown import Lockdown
from dbaccess.domain.message import MessageKind
from dbaccess.domain.overdue import Late, NextEnd, Overdue
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.record_filter import EVERY, RecordFilter
from dbaccess.domain.request import RequestId, RequestState
from dbaccess.domain.truncated_list import Some
from dbaccess.ports import ToRemind
from dbaccess.storage.repositories.grant_row import STARTS
from tests.fakes.database import Transaction
from tests.fakes.records.due import DueGrants, is_waiting
from tests.fakes.records.grant_lists import holders_of, is_reviewed_by, request_to_remind_of
from tests.fakes.records.grant_question import admits
from tests.fakes.records.grant_rows import GrantRows
from tests.fakes.records.record_filter import admits_grant
from tests.fakes.tables import GRANTS, MESSAGES, PROGRESS, REQUESTS, as_stored

_FIRST = 1001
_HELD = {GrantState.PROVISIONING, GrantState.ACTIVE}


class MemoryGrants:
    def __init__(self, transaction: Transaction, writer: str) -> None:
        self._transaction = transaction
        self._rows = GrantRows(transaction, writer)

    def add(self, grant: Grant) -> Grant:
        if grant.state is not GrantState.PROVISIONING:
            raise IllegalTransition("A grant starts provisioning.")
        asked = self._transaction.get(REQUESTS, grant.request_id)
        if asked is None or asked.state is not RequestState.APPROVED:
            raise IllegalTransition("The request is not approved.")
        self._transaction.claim("grants_one_a_request", grant.request_id)
        if self.of_request(grant.request_id) is not None:
            raise AlreadyDecided("This is granted already.")
        grant_id = GrantId(self._transaction.next_id(GRANTS, start=_FIRST))
        made = Grant(id=grant_id, **{name: getattr(grant, name) for name in STARTS})
        self._transaction.put(GRANTS, grant_id, made)
        return self.get(grant_id)

    def get(self, grant_id: GrantId) -> Grant:
        return self._rows.get(grant_id)

    def get_all(self, grant_ids: Collection[GrantId]) -> list[Grant]:
        return self._rows.where(lambda grant: grant.id in grant_ids)

    def lock(self, grant_id: GrantId) -> Grant:
        return self._rows.lock(grant_id)

    def lock_free(self, grant_ids: Collection[GrantId], *, wait: bool = False) -> list[Grant]:
        return self._rows.free(self.get_all(grant_ids), lambda _: True, wait=wait)

    def save(self, grant: Grant) -> None:
        self.save_all([grant])

    def save_all(self, grants: Sequence[Grant], *, wakes: bool = True) -> None:  # noqa: ARG002 nothing sleeps here
        for grant in sorted(grants, key=lambda grant: grant.id):
            self._rows.save(grant)

    def of_request(self, request_id: RequestId) -> Grant | None:
        found = self._rows.where(lambda grant: grant.request_id == request_id)
        return found[0] if found else None

    def open(self) -> list[Grant]:
        return self._rows.open(lambda _: True)

    def open_of(self, accounts: Collection[SlackId]) -> list[Grant]:
        return self._rows.open(lambda grant: grant.holder_slack_id in accounts)

    def open_on_cluster(self, cluster: str) -> list[Grant]:
        return self._rows.open(lambda grant: grant.cluster == cluster)

    def open_on_target(self, cluster: str, target: str, *, limit: int) -> Some[Grant]:
        found = self._rows.open(lambda grant: (grant.cluster, grant.target) == (cluster, target))
        return _some(found, limit)

    def revocable(
        self,
        groups: Collection[str] | None,
        accounts: Collection[SlackId],
        *,
        others_only: bool,
        limit: int,
        of: Named | None = None,
    ) -> Some[Grant]:
        def may(grant: Grant) -> bool:
            theirs = grant.holder_slack_id in accounts
            reviewed = groups is None or is_reviewed_by(self._transaction, grant, groups)
            return reviewed and not theirs if others_only else theirs or reviewed

        def is_meant(grant: Grant) -> bool:
            return of is None or grant.holder_slack_id in of.accounts or grant.target in of.targets

        found = self._rows.open(lambda grant: grant.revoking_at is None and may(grant) and is_meant(grant))
        if others_only:
            found.sort(key=lambda grant: (grant.expires_at or grant.created_at + grant.duration, grant.id))
        return _some(found, limit)

    def holders(self) -> set[Holder]:
        return holders_of(self._transaction, self._rows.where(lambda grant: grant.state in _HELD))

    def to_remind(
        self, *, after: datetime, until: datetime, longer_than: timedelta, limit: int
    ) -> list[ToRemind]:
        def is_near(grant: Grant) -> bool:
            ends = grant.expires_at
            return (
                _is_active(grant)
                and grant.duration > longer_than
                and ends is not None
                and after < ends <= until
            )

        near = [
            (request_to_remind_of(self._transaction, grant), grant) for grant in self._rows.where(is_near)
        ]
        told = self._told(MessageKind.REMINDER)
        return [(about, grant.holder_slack_id) for about, grant in near if about not in told][:limit]

    def roles_held(self) -> list[tuple[str, str]]:
        return sorted({(grant.target, grant.role) for grant in self._rows.where(_is_active)})

    def active(
        self,
        *,
        of: Collection[tuple[str, str]] = (),
        by: Collection[SlackId] = (),
        after: GrantId,
        limit: int,
    ) -> list[GrantId]:
        def named(grant: Grant) -> bool:
            return (grant.target, grant.role) in of or grant.holder_slack_id in by

        found = self._rows.where(lambda grant: _is_active(grant) and named(grant) and grant.id > after)
        return [grant.id for grant in found[:limit]]

    def counts(self) -> dict[GrantState, int]:
        states = sorted(grant.state for grant in self.open())
        return {state: len(list(of_state)) for state, of_state in groupby(states)}

    def failing(self) -> int:
        return len(self._rows.open(lambda grant: grant.last_failure is not None))

    def overdue_since(self, now: datetime) -> datetime | None:
        ends = [grant.due_at for grant in self.open() if grant.due_at is not None]
        return min((at for at in ends if at < now), default=None)

    def open_with(
        self, cluster: str, logins: Collection[str], *, but: GrantState | None = None
    ) -> list[Grant]:
        return [
            grant
            for grant in self._rows.open(lambda grant: grant.cluster == cluster and grant.state is not but)
            if grant.recipe is not None and grant.recipe.login in logins
        ]

    def active_recipes(self, cluster: str, *, after: GrantId, limit: int) -> Mapping[GrantId, Recipe | None]:
        found = self._rows.where(lambda one: _is_active(one) and one.cluster == cluster and one.id > after)
        return {one.id: one.recipe for one in found[:limit]}

    def logins_given(self, cluster: str, logins: Collection[str]) -> set[str]:
        return {given.login for given in self.given_on(cluster)} & set(logins)

    def given_on(self, cluster: str) -> list[Given]:
        recipes = [grant.recipe for grant in self.open_on_cluster(cluster)]
        return [Given.by(as_stored(recipe.as_json())) for recipe in recipes if recipe is not None]

    def ended_of(self, accounts: Collection[SlackId], *, limit: int) -> list[Grant]:
        ended = [
            (grant.ended_at, grant.id, grant)
            for grant in self._rows.where(lambda grant: grant.holder_slack_id in accounts)
            if grant.state is GrantState.ENDED and grant.ended_at is not None
        ]
        return [grant for _, _, grant in sorted(ended, key=lambda row: row[:2], reverse=True)][:limit]

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
        def is_due(grant: Grant) -> bool:
            named = grant.cluster == cluster and (only is None or grant.id in only)
            return named and self._rules(now).is_to_end(grant, begun=begun)

        due = sorted(self._rows.where(is_due), key=lambda grant: (*_nulls_last(grant.expires_at), grant.id))
        return [
            self._rows.with_progress(grant) for grant in self._rows.free(due, is_due, wait=wait, limit=limit)
        ]

    def to_cut_off(self, cluster: str, now: datetime) -> int:
        live = self._transaction.database.live

        def waits(grant: Grant) -> bool:
            leaves = grant.state is GrantState.REVOKING and grant.next_attempt_at is None
            return self._rules(now).is_to_end(grant, begun=False) or (leaves and grant.lease_id in live)

        return len(self._rows.where(lambda grant: grant.cluster == cluster and waits(grant)))

    def many_wait(self, now: datetime, *, since: datetime, more_than: int) -> bool:
        waiting = self._rows.where(lambda grant: is_waiting(grant, since=since, now=now))
        return len(waiting) > more_than

    def held(self, *, target: str | None, person: str | None) -> list[Grant]:
        def is_wanted(grant: Grant) -> bool:
            of_person = person is None or person in {grant.holder, grant.holder_slack_id}
            return grant.state in _HELD and target in {None, grant.target} and of_person

        return self._rows.where(is_wanted)

    def to_lock_down(self, lockdown: Lockdown, *, spare_break_glass: bool, limit: int) -> list[GrantId]:
        def has_to_end(grant: Grant) -> bool:
            before = grant.created_at <= lockdown.declared_at
            if lockdown.lifted_at is not None:
                return before
            asked = self._transaction.get(REQUESTS, grant.request_id)
            is_spared = spare_break_glass and asked is not None and asked.terms.break_glass
            return before or not is_spared

        held = self._rows.where(lambda grant: grant.state in _HELD and lockdown.covers(grant.target))
        found = [grant for grant in held if has_to_end(grant)]
        found.sort(key=lambda grant: (not _is_active(grant), grant.id))
        return [grant.id for grant in found[:limit]]

    def overdue(
        self,
        since: datetime,
        *,
        untold: MessageKind | None = None,
        but: Collection[str] = (),
        limit: int,
    ) -> list[GrantId]:
        told = self._told(untold) if untold is not None else set()
        found = [
            (grant.due_at, grant.id)
            for grant in self._rows.where(self._rules(since).is_overdue)
            if grant.target not in but and grant.request_id not in told and grant.due_at is not None
        ]
        return [grant_id for _, grant_id in sorted(found)][:limit]

    def overdue_by_target(self, since: datetime) -> list[Overdue]:
        found = sorted(self._rows.where(self._rules(since).is_overdue), key=lambda grant: grant.target)
        return [
            Overdue(
                target=target,
                count=len(grants),
                first=min(grant.id for grant in grants),
                due_at=min(grant.due_at for grant in grants if grant.due_at is not None),
            )
            for target, grants in ((t, list(g)) for t, g in groupby(found, key=lambda grant: grant.target))
        ]

    def due_to_provision(self, now: datetime, *, limit: int) -> list[GrantId]:
        def is_due(grant: Grant) -> bool:
            return grant.state is GrantState.PROVISIONING and self._rules(now).is_free(grant)

        due = sorted(
            self._rows.where(is_due), key=lambda grant: (*_nulls_first(grant.next_attempt_at), grant.id)
        )
        return [grant.id for grant in due[:limit]]

    def add_progress(self, done: Mapping[GrantId, EndProgress]) -> None:
        for grant_id, progress in done.items():
            self._transaction.put(PROGRESS, self._transaction.next_id(PROGRESS), (grant_id, progress))

    def late(self, cluster: str, before: datetime, *, after: GrantId, limit: int) -> list[Grant]:
        found = self._rows.where(
            lambda grant: grant.cluster == cluster and grant.id > after and self._rules(before).is_late(grant)
        )
        return [self._rows.with_progress(grant) for grant in found[:limit]]

    def late_by_cluster(self, before: datetime) -> dict[str, Late]:
        found = sorted(
            self._rows.where(self._rules(before).is_late), key=lambda grant: (grant.cluster, grant.id)
        )
        clusters = {cluster: list(late) for cluster, late in groupby(found, key=lambda grant: grant.cluster)}
        return {cluster: Late(count=len(late), first=late[0].id) for cluster, late in clusters.items()}

    def hurry(self, cluster: str, now: datetime) -> None:
        def waits(grant: Grant) -> bool:
            later = grant.next_attempt_at is not None and grant.next_attempt_at > now
            return grant.cluster == cluster and grant.state is GrantState.REVOKING and later

        for grant in self._rows.free(self._rows.where(waits), waits):
            self._rows.write(grant.id, {"next_attempt_at": now})

    def give_back(self, grant_ids: Collection[GrantId], lease: str) -> None:
        def is_under(grant: Grant) -> bool:
            return grant.id in grant_ids and grant.state is GrantState.REVOKING and grant.lease_id == lease

        for grant in self._rows.free(self._rows.where(is_under), is_under):
            self._rows.write(grant.id, {"lease_id": None, "lease_until": None})

    def oldest_overdue(self, cluster: str, now: datetime) -> GrantId | None:
        rules = self._rules(now)

        def is_not_put_off(grant: Grant) -> bool:
            tried = rules.is_attempt_due(grant) or grant.lease_id is not None
            return rules.is_over(grant) or (grant.state is GrantState.REVOKING and tried)

        found = self._rows.where(lambda grant: grant.cluster == cluster and is_not_put_off(grant))
        return found[0].id if found else None

    def is_free(self, grant: Grant, now: datetime) -> bool:
        return grant.lease_id is None or self._rules(now).is_unleased(self.get(grant.id))

    def clusters_due(self, now: datetime) -> list[str]:
        return sorted({grant.cluster for grant in self._rows.where(self._rules(now).is_to_end)})

    def next_end(self) -> NextEnd:
        live = self._transaction.database.live
        ends = [grant.expires_at for grant in self._rows.where(_is_active) if grant.expires_at is not None]
        revoking = self._rows.where(lambda grant: grant.state is GrantState.REVOKING)
        for grant in revoking:
            leased = grant.lease_until if grant.lease_id in live else None
            tried = grant.next_attempt_at or grant.created_at
            ends.append(max(tried, leased) if leased is not None else tried)
        return NextEnd(due_at=min(ends, default=None), revoking=bool(revoking))

    def recent(self, *, limit: int, only: RecordFilter = EVERY) -> list[Grant]:
        asked = {request.id: request for request in self._transaction.rows(REQUESTS)}
        found = self._rows.where(lambda grant: admits_grant(only, grant, asked[grant.request_id]))
        return found[::-1][:limit]

    def ids(self, *, limit: int, only: RecordFilter = EVERY) -> list[GrantId]:
        return [grant.id for grant in self.recent(limit=limit, only=only)]

    def search(self, question: GrantQuestion, *, before: GrantId | None = None, limit: int) -> list[GrantId]:
        found = self._rows.where(lambda grant: admits(self._transaction, question, grant))
        return [grant.id for grant in found[::-1] if before is None or grant.id < before][:limit]

    def holders_by_login(self, login: str) -> set[tuple[PersonId, SlackId]]:
        found = self._rows.where(lambda grant: grant.recipe is not None and grant.recipe.login == login)
        return {(grant.holder, grant.holder_slack_id) for grant in found}

    def unknown(self, logins: Sequence[tuple[GrantId | None, str]]) -> set[str]:
        known = {
            (grant.id, grant.recipe.login)
            for grant in self._transaction.rows(GRANTS)
            if grant.recipe is not None
        }
        return {login for grant_id, login in logins if (grant_id, login) not in known}

    def written_off(self) -> int:
        return len(self._rows.where(lambda grant: grant.state is GrantState.WRITTEN_OFF))

    def _rules(self, now: datetime) -> DueGrants:
        return DueGrants(self._transaction.database.live, now)

    def _told(self, kind: MessageKind) -> set[RequestId]:
        messages = self._transaction.rows(MESSAGES)
        return {message.request_id for message in messages if message.kind is kind}


def _is_active(grant: Grant) -> bool:
    return grant.state is GrantState.ACTIVE


def _some(grants: Sequence[Grant], limit: int) -> Some[Grant]:
    return Some(grants[:limit], max(0, len(grants) - limit))


def _nulls_first(at: datetime | None) -> tuple[bool, float]:
    return at is not None, at.timestamp() if at else 0.0


def _nulls_last(at: datetime | None) -> tuple[bool, float]:
    return at is None, at.timestamp() if at else 0.0
