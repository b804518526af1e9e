"""The content of the control database, read without dbaccess."""

import json
from datetime import timedelta
from typing import Any

import psycopg

from dbaccess.domain.activity_summary import KeptSummary
from dbaccess.domain.grant import GrantId
from dbaccess.storage.sqlalchemy_engine import build_engine
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.acceptance.stack import Stack
from tests.unit.slack.activities import statement


def rows(stack: Stack, query: str, *values: object) -> list[tuple[Any, ...]]:
    """The result of the statement, committed; another session follows one that was ended meanwhile."""
    try:
        return stack.session().execute(query, values).fetchall()
    except psycopg.OperationalError:
        return stack.session().execute(query, values).fetchall()


def last_request(stack: Stack) -> int:
    """The id of the newest request, 0 where there is none."""
    return int(rows(stack, "select coalesce(max(id), 0) from requests")[0][0])


def request_state(stack: Stack, request_id: int) -> str:
    return str(rows(stack, "select state from requests where id = %s", request_id)[0][0])


def is_posted(stack: Stack, request_id: int, kind: str = "request") -> bool:
    """Whether the workers know that Slack has this message: killed before that, they post it again."""
    known = "select from messages where request_id = %s and kind = %s and posted_ts is not null"
    return bool(rows(stack, known, request_id, kind))


def grant_id(stack: Stack, request_id: int) -> int:
    return int(rows(stack, "select id from grants where request_id = %s", request_id)[0][0])


def newest_grant(stack: Stack, who: str) -> int | None:
    """Return the id of the last grant that this person got, if there is one."""
    newest = """select max(g.id) from grants g join requests r on r.id = g.request_id
                 where r.requester_slack_id = %s"""
    (found,) = rows(stack, newest, who)
    return None if found[0] is None else int(found[0])


def grant_state(stack: Stack, request_id: int) -> str | None:
    """None where the request has no grant."""
    found = rows(stack, "select state from grants where request_id = %s", request_id)
    return str(found[0][0]) if found else None


def ran(stack: Stack, grant_id: int, count: int) -> None:
    """The grant ran so many statements, and they were read from the log and counted."""
    engine = build_engine(stack.control.worker_url, pool_size=1, application_name="test-worker")
    with SqlUnitOfWork(engine, None) as uow:
        grant = uow.grants.get(GrantId(grant_id))
        began = grant.activated_at or grant.created_at
        uow.activity.add(
            [
                statement(
                    f"select {number} from shop.orders",
                    grant_id=grant.id,
                    cluster=grant.cluster,
                    line_num=number,
                    at=began + timedelta(seconds=number),
                )
                for number in range(1, count + 1)
            ]
        )
        figures, digest = uow.activity.summarize(grant.id)
        kept = KeptSummary(grant_id=grant.id, summary=figures, digest=digest, is_final=True, made_at=uow.now)
        uow.activity.keep(kept)
        uow.commit()
    engine.dispose()


def kinds(stack: Stack, request_id: int) -> list[str]:
    """The ledger's story of one request, in order; without readings of its reach, which come at any time."""
    query = "select kind from ledger where request_id = %s and kind <> 'grant.reach_read' order by seq"
    return [str(kind) for (kind,) in rows(stack, query, request_id)]


def entries(stack: Stack, request_id: int, kind: str) -> list[dict[str, Any]]:
    """The bodies of the ledger's entries of this kind."""
    query = "select convert_from(body, 'utf8') from ledger where request_id = %s and kind = %s order by seq"
    return [json.loads(body) for (body,) in rows(stack, query, request_id, kind)]


def check_ledger(stack: Stack) -> None:
    """The command line finds the ledger whole, and faults of the grants that tests deleted alone.

    Between tests the grants of a stack are deleted, and its ledger stays: that is what the command looks for.
    """
    lost = """select seq, case kind when 'grant.reach_read' then 'reach' else 'statements' end from ledger
               where not exists (select from grants where grants.id = ledger.grant_id)
                 and (kind = 'grant.reach_read' or kind = 'activity.summarized' and not exists (
                      select from ledger later where later.grant_id = ledger.grant_id
                         and later.kind = 'activity.summarized' and later.seq > ledger.seq))
               order by seq"""
    verified = stack.cli("ledger", "verify", "--json")
    found = [(fault["seq"], fault["kind"]) for fault in verified.json["faults"]]
    assert found == rows(stack, lost), verified.out
    assert verified.code == (1 if found else 0)


def told_an_hour_ago(stack: Stack, request_id: int) -> None:
    """Whatever was told of the request so far was told an hour earlier."""
    earlier = "update messages set posted_at = posted_at - interval '1 h' where request_id = %s returning id"
    assert rows(stack, earlier, request_id)


def time_is_over(stack: Stack, request_id: int) -> None:
    """The grant's end is due now: a test need not be faster than a short grant."""
    _change(
        stack, "grants", "update grants set expires_at = clock_timestamp() where request_id = %s", request_id
    )


def nobody_decided(stack: Stack, request_id: int) -> None:
    """The time to decide the request is over now."""
    _change(stack, "requests", "update requests set decide_by = clock_timestamp() where id = %s", request_id)


def _change(stack: Stack, table: str, statement: str, request_id: int) -> None:
    """Past the guards of the table, which let no role change a time that was decided."""
    session = stack.session()
    with session.transaction():
        session.execute(f"alter table {table} disable trigger guard, disable trigger recorded_change")
        session.execute(statement, [request_id])
        session.execute(
            f"alter table {table} enable always trigger guard, enable always trigger recorded_change"
        )
