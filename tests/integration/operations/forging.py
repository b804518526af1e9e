"""Statements of a compromised bot, run as the bot's role."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import bindparam

from dbaccess.domain.grant import Grant
from dbaccess.domain.request import Request
from dbaccess.domain.terms import RequestKind, Terms
from tests.entering_connection import enter
from tests.integration.operations.house import House
from tests.operations.house import MAYA

_ASK = text(
    """insert into requests
           (requester_slack_id, terms, fingerprint, policy_hash, state, submitted_at, decide_by)
       values (:slack_id, :terms, :fingerprint, 'forged', 'pending', now(), now() + :within) returning id"""
).bindparams(bindparam("terms", type_=JSONB))


def run(house: House, statement: str, **values: Any) -> None:
    """One statement as the bot, committed."""
    with house.bot.begin() as connection:
        connection.execute(text(statement), values)
        enter(driver_of(connection))


def ask(
    house: House, terms: Terms, *, odd: Mapping[str, Any] | None = None, within: timedelta = timedelta(days=1)
) -> int:
    """A request of Maya's with these terms; `odd` is written over them. Its id."""
    with house.bot.begin() as connection:
        found: int = connection.execute(
            _ASK,
            {
                "slack_id": MAYA,
                "terms": terms.as_json() | dict(odd or {}),
                "fingerprint": terms.fingerprint,
                "within": within,
            },
        ).scalar_one()
        enter(driver_of(connection))
    return found


def driver_of(connection: Connection) -> psycopg.Connection[tuple[Any, ...]]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


def about(request: Request, grant: Grant, kind: RequestKind) -> Terms:
    """Requests about the grant, approved by the group that the tests have."""
    return replace(
        request.terms, kind=kind, of_grant=grant.id, break_glass=False, approvals=(("dba", 1),), narrower=()
    )
