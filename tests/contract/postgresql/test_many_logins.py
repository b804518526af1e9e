"""A look at one login costs the same among ten logins and among ten thousand."""

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from psycopg import sql

from dbaccess.targets.postgresql.statement import statement
from tests.contract.postgresql.target import Target

LARGE = {"pg_authid", "pg_auth_members", "pg_shdepend", "pg_shdescription"}
"""They have rows for every login."""

LOOKS: Mapping[str, list[Any] | dict[str, Any]] = {
    "logins": {"names": ["maya"], "oids": [10], "marks": []},
    "memberships": [[10]],
    "role_names": [[10], ["maya"]],
    "powers": [["maya"], False],
    "read_back": ["2030-01-01", "dbaccess:acme:grant:1", 10],
    "dependents": [[10]],
    "owned": [10, 5],
    "connects": [10, "postgres"],
}


def test_each_look_at_a_login_finds_it_in_an_index(either_target: Target) -> None:
    with psycopg.connect(either_target.worker.url.get_secret_value()) as worker:
        for way in ("seqscan", "hashjoin", "mergejoin"):
            worker.execute(sql.SQL("set {} to off").format(sql.Identifier(f"enable_{way}")))
        for look, values in LOOKS.items():
            query = sql.SQL("explain (format json) ") + statement(look)
            (explained,) = worker.execute(query, values).fetchall()
            scanned = {n.get("Relation Name") for n in _nodes(explained[0][0]["Plan"]) if _is_scan(n)}
            assert not scanned & LARGE, look


def test_look_by_mark_reads_no_membership_of_another_login(either_target: Target) -> None:
    """The marks have no index and are read once; a look for each login costs ten times as much."""
    with psycopg.connect(either_target.worker.url.get_secret_value()) as worker:
        worker.execute("set enable_seqscan to off")
        values = {"names": ["maya"], "oids": [10], "marks": ["dbaccess:acme:grant:1"]}
        query = sql.SQL("explain (format json) ") + statement("logins")
        (explained,) = worker.execute(query, values).fetchall()
    looks = [n for n in _nodes(explained[0][0]["Plan"]) if n.get("Relation Name") == "pg_auth_members"]
    assert len(looks) == len(("made by the worker", "marked"))
    assert all("roleid = " in look["Index Cond"] for look in looks), looks


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _is_scan(node: Mapping[str, Any]) -> bool:
    """Whether it reads the whole table; without a condition, an index is read as a whole too."""
    whole = "Index" in node["Node Type"] and "Index Cond" not in node
    return bool(node["Node Type"] == "Seq Scan" or (whole and "Relation Name" in node))
