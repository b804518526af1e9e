"""The control database counts for itself: too few people approve nothing, whatever program writes."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import errors
from psycopg.types.json import Jsonb
from sqlalchemy import Engine

from dbaccess.domain.request import Request
from dbaccess.domain.terms import RequestKind
from tests.databases import ControlDatabase
from tests.entering_connection import EnteringUnitOfWork
from tests.integration.storage.conftest import Connection
from tests.integration.storage.facts import T0, granted, review, reviewed, submitted, terms

APPROVE = "update requests set state = 'approved', decided_at = now() where id = %s"
TWO = (("dba", 1), ("owners", 1))


def _asked(bot: Engine, **changes: Any) -> Request:
    return submitted(bot, replace(terms(), **changes))


def _reviewed(bot: Engine, request: Request, **groups: tuple[str, ...]) -> None:
    with EnteringUnitOfWork(bot, None) as uow:
        for reviewer, listed in groups.items():
            uow.reviews.add(replace(review(request, reviewer), groups=listed))
        uow.commit()


def _refused(connection: Connection, request: Request) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        connection.execute(APPROVE, [request.id])
    assert refused.value.diag.constraint_name == "requests_quorum"


def test_request_without_an_approval_is_not_approved(bot: Engine, direct: Connection) -> None:
    _refused(direct, submitted(bot))


def test_denial_counts_for_nothing(bot: Engine, as_bot: Connection) -> None:
    request = submitted(bot)
    as_bot.execute(
        """insert into reviews (request_id, reviewer, reviewer_slack_id, verdict, groups, note, fingerprint,
                                policy_hash, reviewed_at)
           values (%s, 'priya', 'UPRIYA', 'denied', '{dba}', 'no', %s, 'p1', now())""",
        [request.id, request.fingerprint],
    )
    _refused(as_bot, request)


def test_one_person_in_two_groups_is_not_two_people(bot: Engine, as_bot: Connection) -> None:
    request = _asked(bot, approvals=TWO)
    _reviewed(bot, request, priya=("dba", "owners"))
    _refused(as_bot, request)
    _reviewed(bot, request, sam=("dba",))
    assert as_bot.execute(APPROVE, [request.id]).rowcount == 1


def test_two_of_one_group_are_not_one_of_each(bot: Engine, as_bot: Connection) -> None:
    request = _asked(bot, approvals=TWO)
    _reviewed(bot, request, priya=("dba",), sam=("dba",))
    _refused(as_bot, request)


def test_same_group_in_two_slots_needs_as_many_as_both(bot: Engine, as_bot: Connection) -> None:
    request = _asked(bot, approvals=(("dba", 1), ("dba", 1)))
    reviewed(bot, request)
    _refused(as_bot, request)


def test_approval_that_was_voided_does_not_count_and_stays_voided(
    bot: Engine, as_bot: Connection, as_worker: Connection, control_database: ControlDatabase
) -> None:
    request = submitted(bot)
    reviewed(bot, request)
    as_worker.execute("insert into voided_reviews select id, 'left', now() from reviews")
    _refused(as_bot, request)
    with psycopg.connect(control_database.owner_url, autocommit=True) as owner:
        for statement in ("delete from voided_reviews", "update voided_reviews set why = ''"):
            with pytest.raises(errors.InsufficientPrivilege):
                owner.execute(statement.encode())


def test_approval_of_what_is_decided_is_not_voided(bot: Engine, direct: Connection) -> None:
    granted(bot)
    with pytest.raises(errors.CheckViolation) as refused:
        direct.execute("insert into voided_reviews select id, 'left', now() from reviews")
    assert refused.value.diag.constraint_name == "voided_reviews_while_pending"


def test_request_without_approvals_and_break_glass_need_no_approval(bot: Engine, as_bot: Connection) -> None:
    for changes in ({"approvals": ()}, {"break_glass": True, "role": "write"}):
        request = _asked(bot, **changes)
        assert as_bot.execute(APPROVE, [request.id]).rowcount == 1


def _insert(connection: Connection, asked: dict[str, Any]) -> None:
    connection.execute(
        """insert into requests (requester_slack_id, terms, fingerprint, policy_hash, state, submitted_at,
                                 decide_by)
           values ('UMAYA', %s, 'f', 'p', 'pending', now(), now() + interval '1 h')""",
        [Jsonb(asked)],
    )


@pytest.mark.parametrize(
    "approvals",
    [[["dba", 1], ["owners", -1]], [["dba", 0]], [["dba"]], ["dba"], [[1, 1]], {"dba": 1}, "none"],
)
def test_slots_that_would_cancel_each_other_out_are_refused(as_bot: Connection, approvals: Any) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        _insert(as_bot, terms().as_json() | {"approvals": approvals})
    assert refused.value.diag.constraint_name == "requests_terms_are_whole"


def test_change_of_definitions_always_needs_approval_or_break_glass(as_bot: Connection) -> None:
    free = terms().as_json() | {"access": "ddl", "approvals": []}
    with pytest.raises(errors.CheckViolation) as refused:
        _insert(as_bot, free)
    assert refused.value.diag.constraint_name == "requests_ddl_is_approved"
    _insert(as_bot, free | {"break_glass": True})


@pytest.mark.parametrize("groups", ["'{}'", "'{owners}'", "'{dba,owners}'", "'{null}'"])
def test_review_is_in_the_name_of_groups_that_are_asked(bot: Engine, as_bot: Connection, groups: str) -> None:
    request = submitted(bot)
    with pytest.raises(errors.CheckViolation) as refused:
        as_bot.execute(
            f"""insert into reviews (request_id, reviewer, reviewer_slack_id, verdict, role, duration_seconds,
                                     groups, note, fingerprint, policy_hash, reviewed_at)
               values (%s, 'priya', 'UPRIYA', 'approved', 'read', 60, {groups}, '', %s, 'p1', now())
            """.encode(),
            [request.id, request.fingerprint],
        )
    assert refused.value.diag.constraint_name in {"reviews_in_asked_groups", "reviews_in_a_name"}


@pytest.mark.parametrize(("reviewer", "slack_id"), [("maya", "UMAYA9"), ("maya9", "UMAYA")])
def test_holder_cannot_review_requests_about_their_grant(
    bot: Engine, as_bot: Connection, control_database: ControlDatabase, reviewer: str, slack_id: str
) -> None:
    """Another guard forbids such a request; this one holds without it."""
    about = replace(terms("tom", role="write"), kind=RequestKind.EXTENSION, of_grant=int(granted(bot).id))
    with psycopg.connect(control_database.owner_url) as owner:
        owner.execute("alter table requests disable trigger guard")
    request = submitted(bot, about)
    with pytest.raises(errors.CheckViolation) as refused:
        as_bot.execute(
            """insert into reviews (request_id, reviewer, reviewer_slack_id, verdict, groups, note,
                                    fingerprint, policy_hash, reviewed_at)
               values (%s, %s, %s, 'approved', '{dba}', '', %s, 'p1', now())""",
            [request.id, reviewer, slack_id, request.fingerprint],
        )
    assert refused.value.diag.constraint_name == "reviews_not_own_request"


def test_stale_says_why_and_only_the_worker_does(
    bot: Engine, as_bot: Connection, as_worker: Connection
) -> None:
    request = submitted(bot)
    stale = "update requests set state = 'stale', decided_at = %s, stale_why = %s where id = %s"
    with pytest.raises(errors.InsufficientPrivilege):
        as_bot.execute(stale, [T0, "no_rule", request.id])
    for why in (None, "tired"):
        with pytest.raises(errors.CheckViolation):
            as_worker.execute(stale, [T0, why, request.id])
    as_worker.execute(stale, [T0, "no_rule", request.id])
