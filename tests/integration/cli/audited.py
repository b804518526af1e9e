"""Records for the tests of audits: grants of two people on two targets, and a break-glass."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from dbaccess.domain.grant import Grant
from dbaccess.domain.people import Person, SlackId
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.entering_connection import EnteringUnitOfWork
from tests.integration.storage import facts

HOUR = timedelta(hours=1)
LONG = "a reason that is much longer than any terminal is wide " * 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """Maya's grant, Tom's on another target by another rule, and Maya's break-glass as another account."""

    url: str
    worker_url: str
    bot_url: str
    maya: Grant
    tom: Grant
    broken: Grant


def person(slack_id: str, name: str) -> Person:
    return Person(
        slack_id=SlackId(slack_id),
        team_id="T0ACME",
        name=name,
        tz="Europe/Berlin",
        is_guest=False,
        is_bot=False,
        is_deactivated=False,
        sources=frozenset(),
        read_at=datetime.now(UTC),
    )


def record(database: ControlDatabase, bot: Engine, worker: Engine) -> Audited:
    names = {"UMAYA": "Maya Lindqvist", "UTOM": "Tom Berg", "UPRIYA": "Priya Nair", "W0MAYA": "Maya L."}
    with SqlUnitOfWork(worker, None) as uow:
        uow.directory.put_people(person(slack_id, name) for slack_id, name in names.items())
        uow.commit()
    ends = datetime.now(UTC) + HOUR
    maya = facts.active(bot, worker, expires_at=ends)
    other = replace(facts.terms("tom"), target="billing-prod", rule="prod-billing", reason=LONG)
    tom = facts.active(bot, worker, expires_at=ends, asked=other, login="tom_db")
    review = facts.break_glass(bot, "maya", "W0MAYA", role="write")
    with EnteringUnitOfWork(worker, None) as uow:
        broken = uow.grants.get(review.grant_id)
    return Audited(
        url=database.auditor_url,
        worker_url=database.worker_url,
        bot_url=database.bot_url,
        maya=maya,
        tom=tom,
        broken=broken,
    )
