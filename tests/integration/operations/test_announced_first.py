"""The worker announces a request before it gives or extends access."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from dbaccess.domain.extension import Extension
from dbaccess.domain.grant import Grant
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import Request
from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.grants.provision import provision
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.integration.operations.house import House
from tests.operations.extensions import allow, ask_more
from tests.operations.request_messages import CHANNEL, told


def unplanned(house: House, request: Request) -> None:
    """As a compromised bot leaves it: its rows, and no message that a person would read."""
    # A stand-in for rows that were never written: no role of ours may delete a message.
    house.as_superuser("delete from messages where request_id = %s", request.id)
    house.as_superuser("delete from message_streams where request_id = %s", request.id)


def test_request_that_was_kept_from_everybody_is_posted_before_access(house: House) -> None:
    grant = house.approved()
    unplanned(house, house.request(grant.request_id))
    provision(house.context, grant.id)
    active = house.grant(grant.id)
    assert active.state == "active"
    assert any("Maya Lindqvist (maya)" in said and "orders-prod" in said for said in told(house))
    with house.work() as uow:
        (message,) = [m for m in uow.messages.of(grant.request_id) if m.kind is MessageKind.REQUEST]
    assert message.posted_at is not None
    assert active.activated_at is not None
    assert message.posted_at < active.activated_at
    house.notify(grant.request_id)
    assert any("Priya Nair (U0PRIYA)" in said for said in told(house)), (
        "who approved is named, and hears of it"
    )


def test_database_itself_lets_nothing_begin_that_was_not_posted(house: House) -> None:
    """Whatever program tries."""
    grant = house.approved()
    with house.work() as uow, pytest.raises(IntegrityError, match="nobody was told"):
        uow.grants.save(replace(uow.grants.lock(grant.id), expires_at=uow.now))


def test_extension_that_was_kept_from_everybody_is_posted_before_it_is_set(house: House) -> None:
    allow(house)
    grant = house.active()
    request = ask_more(house, grant)
    house.review(request)
    house.as_superuser("delete from messages where request_id = %s", request.id)
    apply_extension(house.context, grant.id)
    assert house.grant(grant.id).expires_at != grant.expires_at
    thread = house.sandbox.person("U0PRIYA").messages(CHANNEL)
    assert any("index still building" in str(message) for message in thread)


def test_extension_that_cannot_be_posted_is_not_set(house: House) -> None:
    allow(house)
    grant = house.active()
    request = ask_more(house, grant)
    house.review(request)
    house.sandbox.fault("chat.postMessage", "500", times=50)
    apply_extension(house.context, grant.id)
    waiting = house.grant(grant.id)
    assert (waiting.expires_at, waiting.last_failure) == (grant.expires_at, "unannounced")
    with house.work() as uow, pytest.raises(IntegrityError, match="nobody was told of extension"):
        _settle(uow, grant, request)
    house.sandbox.clear_faults()
    house.next_try_now(grant.id)
    apply_extension(house.context, grant.id)
    assert house.grant(grant.id).expires_at != grant.expires_at


def _settle(uow: SqlUnitOfWork, grant: Grant, request: Request) -> None:
    assert grant.expires_at is not None
    uow.extensions.add(
        Extension(
            request_id=request.id,
            grant_id=grant.id,
            added=request.terms.duration,
            expires_at=grant.expires_at + request.terms.duration,
            why=None,
            settled_at=uow.now,
        )
    )
