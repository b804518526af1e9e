"""Many requests and grants in every state, the same for the same number."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.events import EventKind as E
from dbaccess.domain.extension import Extension
from dbaccess.domain.grant import EndCause, Grant
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.receipt import PRIMARY, Receipt, RoleSeen, RoleState, SessionsSeen
from dbaccess.domain.request import Request
from dbaccess.ports import UnitOfWork
from tests.contract.storage.conftest import Store
from tests.integration.storage.facts import (
    HOUR,
    active,
    break_glass,
    extension,
    posted,
    recipe,
    request,
    review,
    terms,
)
from tests.integration.storage.facts import (
    grant as new_grant,
)

PEOPLE: Final = tuple(f"p{number}" for number in range(6))
TARGETS: Final = tuple(f"target-{number}" for number in range(3))
ACCOUNTS: Final = tuple(f"U{name.upper()}" for name in PEOPLE)
_KINDS = (MessageKind.OVERDUE, MessageKind.REMINDER, MessageKind.THREAD_ENDED)


class Crowd:
    """Writes it into one store; `at` is the moment around which everything happens."""

    def __init__(self, store: Store, *, number: int, at: datetime, lease: str) -> None:
        self._store = store
        self._random = Random(number)  # noqa: S311 the same crowd for the same number
        self._at = at
        self._lease = lease

    def write(self) -> None:
        for number in range(40):
            self._request(number)
        with self._store.worker() as uow:
            grants = uow.grants.open()
        for grant in grants:
            self._live(grant)
        for name in PEOPLE[:2]:
            break_glass(self._store.bot, name, f"U{name.upper()}", "write")

    def _request(self, number: int) -> None:
        random = self._random
        asked = replace(
            terms(PEOPLE[number % len(PEOPLE)], f"role-{number}"),
            target=random.choice(TARGETS),
            cluster=random.choice(("main", "second")),
            approvals=((random.choice(("dba", "owners")), 1),),
        )
        with self._store.bot() as uow:
            decide_by = self._at + random.randint(1, 5) * HOUR
            pending = uow.requests.add(replace(request(asked, decide_by=decide_by), submitted_at=self._at))
            step = random.choice((_nothing, _withdraw, _approve, _approve, _approve))
            step(uow, pending, self._at)
            uow.commit()

    def _live(self, grant: Grant) -> None:
        """Each step is a transaction: the ledger has an entry for each."""
        random = self._random
        if random.random() < 0.2:
            self._wait_to_be_provisioned(grant)
            return
        posted(self._store.worker, grant.request_id)
        with self._store.worker() as uow:
            for kind in random.sample(_KINDS, random.randint(0, 2)):
                uow.messages.plan(grant.request_id, kind, channel="C0OPS")
            uow.commit()
        live = self._saved(self._activated(grant))
        if random.random() < 0.6:
            leaving = self._saved(self._leaving(live))
            with self._store.worker() as uow:
                uow.grants.add_progress({live.id: EndProgress(handed_over=frozenset({f"shop.{live.id}"}))})
                uow.commit()
            self._end(leaving)

    def _saved(self, grant: Grant) -> Grant:
        with self._store.worker() as uow:
            uow.grants.save(grant)
            uow.commit()
        return grant

    def _wait_to_be_provisioned(self, grant: Grant) -> None:
        self._saved(replace(grant, next_attempt_at=self._some_time(), **self._some_lease()))

    def _activated(self, grant: Grant) -> Grant:
        return advance(
            grant,
            E.GRANT_ACTIVATED,
            recipe=recipe(grant),
            expires_at=self._at + self._random.randint(-3, 4) * HOUR,
            activated_at=self._at,
            next_attempt_at=None,
        )

    def _leaving(self, live: Grant) -> Grant:
        random = self._random
        return advance(
            live,
            E.GRANT_EXPIRED,
            revoking_at=self._at + random.randint(-3, 3) * HOUR,
            end_cause=EndCause.EXPIRED,
            attempts=random.randint(0, 2),
            last_failure=random.choice((None, "locked")),
            next_attempt_at=self._some_time(),
            **self._some_lease(),
        )

    def _end(self, leaving: Grant) -> None:
        last = self._random.random()
        if last < 0.3:
            ended = advance(leaving, E.GRANT_ENDED, ended_at=self._at, receipt=_receipt(self._at))
            self._saved(replace(ended, next_attempt_at=None, lease_id=None, lease_until=None))
        elif last < 0.45:
            proposal: dict[str, Any] = {"write_off_by": "ann", "write_off_reason": "gone"}
            proposed = self._saved(advance(leaving, E.GRANT_WRITE_OFF_PROPOSED, **proposal))
            self._saved(advance(proposed, E.GRANT_WRITTEN_OFF, written_off_by="ben", written_off_at=self._at))

    def _some_time(self) -> datetime | None:
        return self._random.choice((None, self._at - HOUR, self._at + HOUR))

    def _some_lease(self) -> dict[str, Any]:
        lease = self._random.choice((None, self._lease, "0"))
        until = self._at + self._random.choice((-1, 2)) * HOUR
        return {"lease_id": lease, "lease_until": until if lease else None}


def write_extensions(store: Store, *, at: datetime) -> None:
    """Three grants that were asked to last longer: carried out, not carried out, and to be carried out."""
    for number, name in enumerate(("x0", "x1", "x2")):
        made = active(store.bot, store.worker, expires_at=at + HOUR, asked=terms(name, "extended"))
        with store.bot() as uow:
            more = uow.requests.add(request(extension(made)))
            _approve_extension(uow, more)
            uow.commit()
        posted(store.worker, more.id, MessageKind.THREAD_EXTENSION)
        with store.worker() as uow:
            if number < 2:
                uow.extensions.add(_extension(made, more, at, is_done=number == 0))
            uow.commit()


def _extension(made: Grant, more: Request, at: datetime, *, is_done: bool) -> Extension:
    return Extension(
        request_id=more.id,
        grant_id=made.id,
        added=HOUR if is_done else timedelta(0),
        expires_at=at + 2 * HOUR if is_done else None,
        why=None if is_done else "too_late",
        settled_at=at,
    )


def _nothing(uow: UnitOfWork, pending: Request, at: datetime) -> None:
    pass


def _withdraw(uow: UnitOfWork, pending: Request, at: datetime) -> None:
    uow.requests.save(advance(pending, E.REQUEST_WITHDRAWN, decided_at=uow.now))


def _approve(uow: UnitOfWork, pending: Request, at: datetime) -> None:
    ((group, _),) = pending.terms.approvals
    uow.reviews.add(replace(review(pending), groups=(group,)))
    uow.requests.save(advance(pending, E.REQUEST_APPROVED, decided_at=uow.now))
    uow.grants.add(replace(new_grant(pending), created_at=at, next_attempt_at=at))


def _approve_extension(uow: UnitOfWork, pending: Request) -> None:
    uow.reviews.add(review(pending))
    uow.requests.save(advance(pending, E.REQUEST_APPROVED, decided_at=uow.now))


def _receipt(at: datetime) -> Receipt:
    return Receipt(
        seen_at=at,
        roles=(RoleSeen(name="orders_read", identity="16400", state=RoleState.REMOVED),),
        login_removed=True,
        sessions=(SessionsSeen(server=PRIMARY, closed=1, left=0),),
        handed_over=(),
    )
