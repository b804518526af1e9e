"""One query tells an idle leader that there is nothing to do; each kind of work is found by it."""

from dataclasses import fields, replace

import pytest

from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.grants.credentials import show_credentials
from dbaccess.operations.grants.provision import provision
from dbaccess.storage.leader_work import DueWork, find_due_work
from tests.contract.storage.test_report_orders import order
from tests.integration.operations.house import House
from tests.integration.operations.opener import Opener
from tests.integration.operations.sent_statements import counted
from tests.integration.operations.showing import click
from tests.integration.operations.test_reconciler import wiring_of
from tests.operations.extensions import allow, ask_more
from tests.operations.lockdowns import declare, enforce, lift, post_due, with_operators
from workers.loop_threads import Tasks
from workers.reconciler import Reconciler

HOUR = 3600.0


def found(house: House) -> set[str]:
    due = find_due_work(house.worker)
    return {field.name for field in fields(DueWork) if getattr(due, field.name)}


def test_request_is_due_until_it_is_decided_and_granted(house: House, opener: Opener) -> None:
    assert found(house) == set()
    request = house.submit()
    assert found(house) == {"pending"}
    house.review(request)
    assert found(house) == {"provisioning", "outbox"}
    grant = house.grant_of(request.id)
    assert grant is not None
    provision(house.context, grant.id)
    assert found(house) == {"outbox"}
    view = click(house, opener, grant)
    assert found(house) == {"outbox", "credentials"}
    show_credentials(house.context, view.id)
    assert found(house) == {"outbox"}


def test_extension_is_due_until_it_is_settled(house: House) -> None:
    allow(house)
    grant = house.active()
    house.review(ask_more(house, grant))
    assert found(house) >= {"extensions"}
    apply_extension(house.context, grant.id)
    assert "extensions" not in found(house)


def test_ordered_report_is_due_until_it_was_told_how_it_ended(house: House) -> None:
    with house.begin() as uow:
        ordered = order(uow)
        uow.commit()
    assert found(house) == {"reports"}
    with house.work() as uow:
        uow.report_orders.save(replace(uow.report_orders.lock(ordered.id), next_attempt_at=None))
        uow.commit()
    assert found(house) == set()


def test_an_idle_leader_sends_one_statement_a_round(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    reconciler = Reconciler(wiring_of(house), directory_every=HOUR)
    monkeypatch.setattr(Tasks, "every", lambda *_: None)
    with counted(house.worker) as sent:
        reconciler._round()
    assert len(sent) == 1


def test_lockdown_is_due_while_it_is_open_and_while_its_lift_is_news(house: House) -> None:
    lockdown = declare(with_operators(house))
    assert "lockdowns" in found(house)
    enforce(house)
    post_due(house)
    assert "lockdowns" in found(house), "a grant may be made beside it"
    lift(house, lockdown)
    assert "lockdowns" in found(house)


def test_an_idle_leader_begins_nothing_of_what_is_not_there(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    reconciler = Reconciler(wiring_of(house), directory_every=HOUR)
    begun: list[str] = []
    monkeypatch.setattr(Tasks, "every", lambda _tasks, _seconds, name, _work: begun.append(name))
    reconciler._round()
    idle = set(begun)
    absent = {"reports", "lockdown", "lapse", "stale", "recheck", "waiting", "outbox", "overdue", "list"}
    assert idle.isdisjoint(absent)
    house.submit()
    reconciler._round()
    assert set(begun) - idle == {"lapse", "stale", "recheck", "waiting"}
