"""All of dbaccess but its processes, and the people who work there."""

import itertools
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from dbaccess.domain.approved_scope import ApprovedScope, offer_fingerprint
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.ledger import faults
from dbaccess.domain.message import Lane
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Ask, Policy
from dbaccess.domain.request import Request, RequestId, Verdict
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.delivery.messages import update_messages
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.end_early import surrender
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.identity import Workspace
from dbaccess.operations.requests.current_scope import current_scope
from dbaccess.operations.requests.review import review
from dbaccess.operations.requests.submit import submit
from dbaccess.ports import UnitOfWork
from sandbox.results import Record
from sandbox.seen import Message

MAYA, SECOND_MAYA, TOM = SlackId("U0MAYA"), SlackId("W0MAYA"), SlackId("U0TOM")
PRIYA, SAM = SlackId("U0PRIYA"), SlackId("U0SAM")
OPS = "C0OPS"
T = TypeVar("T")
_keys = itertools.count(1)


def new_key() -> str:
    """Return a key of one Slack payload."""
    return f"payload-{next(_keys)}"


class SeenBy(Protocol):
    """The messages that one person sees."""

    def messages(self, channel: str) -> list[Message]: ...

    def thread(self, channel: str, ts: str) -> list[Message]: ...

    def direct_messages(self) -> list[Message]: ...


class Slack(Protocol):
    """The workspace that tests look at and change: the sandbox, or Slack in this process."""

    def person(self, user_id: str) -> SeenBy: ...

    def traffic(
        self, *, direction: str | None = None, method: str | None = None, since: int = 0
    ) -> list[Record]: ...

    def fault(
        self,
        method: str,
        kind: str,
        *,
        times: int = 1,
        retry_after: int = 1,
        seconds: float = 0.0,
        channel: str = "",
        error: str = "",
    ) -> None: ...

    def clear_faults(self) -> None: ...

    def set_group(self, group: str, users: list[str]) -> None: ...

    def add_group(self, **group: Any) -> None: ...

    def disable_group(self, group: str, *, disabled: bool = True) -> None: ...

    def deactivate(self, user: str) -> None: ...

    def make_guest(self, user: str, *, single_channel: bool = False) -> None: ...

    def set_user(self, user: str, **changed: Any) -> None: ...

    def add_user(self, **user: Any) -> None: ...

    def join(self, channel: str, user: str) -> None: ...

    def leave(self, channel: str, user: str) -> None: ...

    def add_channel(self, **channel: Any) -> None: ...

    def delete_message(self, channel: str, ts: str) -> None: ...

    def archive(self, channel: str) -> None: ...

    def set_channel(self, channel: str, **changed: Any) -> None: ...


@dataclass(slots=True, kw_only=True)
class House(ABC):
    """`policy` is what the bot has; `context` is what the worker's operations are given."""

    policy: Policy
    workspace: Workspace
    context: WorkerContext

    @property
    @abstractmethod
    def slack(self) -> Slack: ...

    @abstractmethod
    def begin(self) -> UnitOfWork:
        """As the bot does."""

    @abstractmethod
    def work(self) -> UnitOfWork:
        """As the worker does."""

    @abstractmethod
    def later(self, by: timedelta) -> UnitOfWork:
        """The worker's, at a moment that has not come yet."""

    @abstractmethod
    def wait(self, *, seconds: float) -> None:
        """Let so much time pass, for every clock."""

    @abstractmethod
    def some_seconds_later(self) -> None:
        """Every member who was missing at the last reading has been so for long enough to have left."""

    @abstractmethod
    def notices_are_due(self, *, within: timedelta) -> None:
        """Every notice that is due within that time is due now."""

    @abstractmethod
    def end_of(self, login: str) -> datetime | None:
        """Until when the target lets the login in."""

    @abstractmethod
    def outbox(self) -> list[tuple[str, int]]:
        """The jobs that wait for a queue, as (job, subject)."""

    def submit(
        self,
        who: SlackId = MAYA,
        role: str = "read",
        seconds: int = 3600,
        key: str | None = None,
        **asked: Any,
    ) -> Request:
        asked = {"target": "orders-prod", "reason": "looking into #4512"} | asked
        return submit(
            self.begin,
            policy=self.policy,
            workspace=self.workspace,
            slack_id=who,
            ask=Ask(role=role, duration=timedelta(seconds=seconds), **asked),
            idempotency_key=key or new_key(),
        )

    def review(
        self,
        request: Request,
        who: SlackId = PRIYA,
        verdict: Verdict = Verdict.APPROVED,
        *,
        policy: Policy | None = None,
        key: str | None = None,
        fingerprint: str | None = None,
        less: ApprovedScope | None = None,
        note: str | None = None,
    ) -> Request:
        """A click on what the message shows at this moment, unless `fingerprint` is of something else."""
        approves = verdict is Verdict.APPROVED
        note = note if note is not None else "" if approves else "Not now"
        return review(
            self.begin,
            policy=policy or self.policy,
            workspace=self.workspace,
            slack_id=who,
            request_id=request.id,
            fingerprint=fingerprint or (self.shown(request) if approves else request.fingerprint),
            verdict=verdict,
            note=note,
            idempotency_key=key or new_key(),
            less=less,
        )

    def shown(self, request: Request) -> str:
        """Return the fingerprint that the Approve button carries now."""
        with self.begin() as uow:
            return offer_fingerprint(request.terms, current_scope(uow, request))

    def approved(self, who: SlackId = MAYA, role: str = "read", seconds: int = 3600) -> Grant:
        """Asked and approved; nothing on the target yet."""
        request = self.submit(who, role, seconds)
        self.review(request)
        grant = self.grant_of(request.id)
        assert grant is not None
        return grant

    def active(self, who: SlackId = MAYA, role: str = "read", seconds: int = 3600) -> Grant:
        grant = self.approved(who, role, seconds)
        provision(self.context, grant.id)
        grant = self.grant(grant.id)
        assert grant.state == "active", grant
        return grant

    def surrender(self, grant: Grant, who: SlackId = MAYA) -> None:
        surrender(self.begin, policy=self.policy, slack_id=who, grant_id=grant.id, idempotency_key=new_key())

    def notify(self, request_id: RequestId) -> None:
        for lane in Lane:
            update_messages(self.context, request_id, lane)

    def request(self, request_id: RequestId) -> Request:
        with self.begin() as uow:
            return uow.requests.get(request_id)

    def grant(self, grant_id: GrantId) -> Grant:
        with self.begin() as uow:
            return uow.grants.get(grant_id)

    def grant_of(self, request_id: RequestId) -> Grant | None:
        with self.begin() as uow:
            return uow.grants.of_request(request_id)

    def planned(self, request_id: RequestId) -> set[str]:
        with self.begin() as uow:
            return {message.kind.value for message in uow.messages.of(request_id)}

    def next_try_now(self, grant_id: GrantId) -> None:
        """The wait before the next attempt is over."""
        with self.work() as uow:
            grant = uow.grants.lock(grant_id)
            uow.grants.save(replace(grant, next_attempt_at=uow.now))
            uow.commit()

    def read_twice(self) -> None:
        """Slack was asked who is in which group, and some seconds later again."""
        refresh_directory(self.context)
        self.some_seconds_later()
        refresh_directory(self.context)

    def lease_is_over(self, grant_id: GrantId) -> None:
        """The worker that had the grant has taken too long, or was killed."""
        with self.work() as uow:
            grant = uow.grants.lock(grant_id)
            uow.grants.save(replace(grant, lease_until=uow.now, next_attempt_at=uow.now))
            uow.commit()

    def ledger(self, *kinds: str) -> list[dict[str, Any]]:
        """Its events, or those of some kinds."""
        with self.work() as uow:
            events = [entry.fields for entry in uow.ledger.entries()]
        return [event for event in events if not kinds or event["kind"] in kinds]

    def kinds(self) -> list[str]:
        return [event["kind"] for event in self.ledger()]

    def check_ledger(self) -> None:
        with self.work() as uow:
            entries = list(uow.ledger.entries())
        assert list(faults(entries)) == []

    def made_logins(self) -> list[str]:
        return [login for login, _ in self.context.targets.driver("main").made_logins()]


def at_once(*calls: Callable[[], T]) -> list[T | Exception]:
    """Return what each call gave or raised; all begin at the same instant, each in its own thread."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | Exception:
        start.wait(10)
        try:
            return call()
        except Exception as error:  # noqa: BLE001 the test looks at whatever it was
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def later(house: House, **by: float) -> Callable[[], UnitOfWork]:
    """The worker's unit of work, at a moment that has not come yet."""
    return lambda: house.later(timedelta(**by))
