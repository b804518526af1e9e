"""Every way in which PostgreSQL lets a login use a table counts; a closed schema hides its tables."""

import pytest

from dbaccess.domain.reach import TableUse
from dbaccess.targets.postgresql import reach
from tests.contract.postgresql.target import Target

READ, WRITE, OWN = TableUse.READ, TableUse.WRITE, TableUse.OWN

_MADE = """
create schema reach;
grant usage on schema reach to {role};
create table reach.given (id int); grant select on reach.given to {role};
create table reach.by_column (id int, note text); grant update (note) on reach.by_column to {role};
create table reach.to_all (id int); grant select on reach.to_all to public;
create table reach.refused (id int);
create view reach.shown as select 1 as id; grant select on reach.shown to {role};
create materialized view reach.kept as select 1 as id; grant select on reach.kept to {role};
create table reach.cleared (id int); grant truncate on reach.cleared to {role};
create table reach.watched (id int); grant references, trigger on reach.watched to {role};
create table reach.parts (id int) partition by range (id); grant select on reach.parts to {role};
create table reach.part_1 partition of reach.parts for values from (0) to (9) partition by range (id);
create table reach.part_1_1 partition of reach.part_1 for values from (0) to (5);
create table reach."Odd.Name" (id int); grant insert on reach."Odd.Name" to {role};
create schema closed;
create table closed.given (id int); grant select on closed.given to {role};
create role {inner}; grant {inner} to {role};
create table reach.by_inner (id int); grant select on reach.by_inner to {inner};
create role {durable};
create table reach.owned (id int); alter table reach.owned owner to {durable};
revoke all on reach.owned from {durable};
grant usage on schema reach to {durable}
"""


def test_each_way_to_use_a_table_counts(target: Target) -> None:
    role, durable = f"{target.read_role}_reach", f"{target.read_role}_durable"
    target.make_role(role)
    target.dba(_MADE, role=role, inner=f"{role}_inner", durable=durable)
    target.dba("grant {durable} to {admin} with admin true", durable=durable, admin=target.worker.admin)
    recipe = target.provision(target.ephemeral(role, act_as=durable))
    read = target.driver.reach(recipe)
    assert {table.name: table.uses for table in read.tables if table.schema == "reach"} == {
        "given": (READ,),
        "by_column": (WRITE,),
        "to_all": (READ,),
        "shown": (READ,),
        "kept": (READ,),
        "cleared": (WRITE,),
        "parts": (READ,),
        "part_1": (READ,),
        "part_1_1": (READ,),
        "Odd.Name": (WRITE,),
        "by_inner": (READ,),
        "owned": (READ, WRITE, OWN),
    }
    assert {table.schema for table in read.tables} & {"closed", "pg_catalog", "information_schema"} == set()
    assert read.digest == target.driver.reach(recipe).digest
    target.end(recipe)


def test_tables_beyond_the_limit_are_counted(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = target.provision(target.ephemeral())
    whole = target.driver.reach(recipe)
    assert len(whole.tables) > 1
    monkeypatch.setattr(reach, "MOST_TABLES", 1)
    cut = target.driver.reach(recipe)
    assert (cut.tables, cut.unrecorded) == (whole.tables[:1], len(whole.tables) - 1)
