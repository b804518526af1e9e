"""A personal grant's receipt lists by name what was made or changed under it, on PostgreSQL 18 and 15."""

from dataclasses import replace

import psycopg
import pytest

from dbaccess.domain.receipt import NAMED, Receipt
from tests.contract.postgresql.target import Target

# A holder who may only read can make them by the million.
MANY = f"select lo_create(0) from generate_series(1, {2 * NAMED})"

OWNED = "owner to {login}; grant create on schema shop to {login}"

# Before the grant; under it, by the person; the beginning of the line in the receipt.
CHANGES = {
    "own table": (
        "create table shop.theirs (); alter table shop.theirs owner to {login}",
        "grant select on shop.theirs to {other}",
        "table shop.theirs of {login} in {database} was changed: SELECT for {other}",
    ),
    "column of an own table": (
        "create table shop.theirs (word text); alter table shop.theirs owner to {login}",
        "grant update (word) on shop.theirs to {other}",
        "table column shop.theirs.word of {login} in {database} was changed: UPDATE for {other}",
    ),
    "own function": (
        f"create function shop.theirs() returns int return 1; alter function shop.theirs {OWNED}",
        "create or replace function shop.theirs() returns int security definer return 2",
        "function shop.theirs() of {login} in {database} was changed",
    ),
    "own large object": (
        "select lo_create(4711); alter large object 4711 owner to {login}",
        "grant select on large object 4711 to public",
        "large object 4711 of {login} in {database} was changed: SELECT for everybody",
    ),
    "own view": (
        f"create view shop.seen as select 1 as n; alter view shop.seen {OWNED}",
        "create or replace view shop.seen as select 2 as n",
        'rule "_RETURN" on shop.seen of {login} in {database} was changed',
    ),
    "own default privileges": (
        "alter default privileges for role {login} in schema shop grant select on tables to {owner}",
        "alter default privileges in schema shop grant select on tables to {other}",
        "default acl for role {login} in schema shop on tables of {login} in {database} was changed: SELECT",
    ),
    "column that it may read now": (
        "grant select (id) on shop.customers to {login}",
        "grant select (email) on shop.customers to {login}",
        "{login} has privileges on shop.customers.email in {database}",
    ),
    "more of what it had": (
        "grant select on shop.customers to {login}",
        "grant insert on shop.customers to {login}",
        "table shop.customers in {database} was changed: INSERT, SELECT for {login}",
    ),
    "passed on": (
        "grant select on shop.customers to {login} with grant option",
        "grant select on shop.customers to {other}",
        "table shop.customers of {owner} in {database} was changed: ",
    ),
    "table of the role": (
        "select 1",
        "grant select on shop.customers to {other}",
        "table shop.customers of {owner} in {database} was changed: ",
    ),
    "trigger on a table of the role": (
        "create function shop.spy() returns trigger language plpgsql as 'begin return null;end'",
        "create trigger spy after insert on shop.orders execute function shop.spy()",
        "trigger spy on shop.orders of {owner} in {database} was changed",
    ),
    "policy on a table of the role": (
        "select 1",
        "create policy all_rows on shop.orders using (true)",
        "policy all_rows on shop.orders of {owner} in {database} was changed",
    ),
    "comment": (
        "select 1",
        "comment on table shop.orders is 'changed'",
        "comment on table shop.orders of {owner} in {database} was changed",
    ),
    "database of the role": (
        "alter database {database} owner to {owner}",
        "grant create on database {database} to {other}",
        "database {database} of {owner} in {database} was changed: ",
    ),
    "table that it took": (
        "grant create on schema shop to {login}",
        "alter table shop.orders owner to {login}",
        "{login} owns shop.orders in {database}",
    ),
    "default privileges of the role": (
        "select 1",
        "alter default privileges for role {owner} grant select on tables to {other}",
        "default acl for role {owner} on tables of {owner} in {database} was changed: ",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_change_of_what_was_there_before_is_in_the_receipt(either_target: Target, what: str) -> None:
    target = either_target
    login, url = target.person()
    names = {
        "login": login,
        "other": target.person()[0],
        "owner": target.database.owner_role,
        "database": target.database.name,
    }
    before, during, line = (text.format(**names) for text in CHANGES[what])
    with psycopg.connect(target.database.superuser_url, autocommit=True) as dba:
        for statement in before.split("; "):
            dba.execute(statement.encode())
    recipe = target.provision(target.personal(login, target.database.owner_role))
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute(during.encode())
    left = target.end(recipe).left
    assert [one for one in left if one.startswith(line)], left


def test_receipt_has_a_table_that_a_person_gave_to_another_of_the_own_roles(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    theirs = f"{login}_team"
    target.dba("create role {theirs}; grant {theirs} to {login}", theirs=theirs, login=login)
    target.dba("grant create on schema shop to {theirs}", theirs=theirs)
    target.dba("create table shop.elder (); alter table shop.elder owner to {theirs}", theirs=theirs)
    recipe = target.provision(target.personal(login, target.database.owner_role))
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute(f"alter table shop.orders owner to {theirs}")
        holder.execute(f"set role {theirs}")
        holder.execute("create table shop.younger ()")
    left = target.end(recipe).left
    assert f"table shop.orders in {target.database.name} belongs to {theirs} now" in left
    assert not [line for line in left if "elder" in line or "younger" in line]


@pytest.mark.parametrize("part", ["", "savepoint before"])
def test_transaction_that_began_before_the_grant_is_in_the_receipt(either_target: Target, part: str) -> None:
    target = either_target
    login, url = target.person()
    target.dba("create table shop.theirs (); alter table shop.theirs owner to {login}", login=login)
    with psycopg.connect(url) as holder:
        holder.execute("select pg_current_xact_id()")
        if part:
            holder.execute(part)
            holder.execute("select lo_create(4711)")
        target.dba("create table shop.later ()")
        recipe = target.provision(target.personal(login))
        holder.execute("grant select on shop.theirs to public")
        holder.commit()
    (line,) = [one for one in target.end(recipe).left if "shop.theirs" in one]
    assert line.endswith("was changed: SELECT for everybody")


def test_table_that_a_person_took_is_in_the_receipt(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    target.dba("create table shop.theirs (); alter table shop.theirs owner to {login}", login=login)
    recipe = target.provision(target.personal(login, target.database.owner_role))
    target.dba("grant create on schema shop to {login}", login=login)
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute(f"alter table shop.orders owner to {login}")
        holder.execute(f"grant select on shop.customers to {login}")
        holder.execute("alter role current_user set work_mem = '1MB'")
    receipt = target.end(recipe)
    assert {
        f"{login} owns shop.orders in {target.database.name}",
        f"{login} has privileges on shop.customers in {target.database.name}",
        f"{login} has new settings",
    } <= set(receipt.left)
    assert not [line for line in receipt.left if "theirs" in line]


def test_person_who_leaves_nothing_has_nothing_listed(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()
    target.dba("create table shop.theirs (); alter table shop.theirs owner to {login}", login=login)
    first, second = (target.provision(target.personal(login)) for _ in range(2))
    outcomes = target.revoke(first, second)
    assert [outcome.left for outcome in outcomes if isinstance(outcome, Receipt)] == [(), ()]


def test_settings_of_the_database_are_in_the_receipt_of_a_personal_grant(either_target: Target) -> None:
    target = either_target
    name, owner = target.database.name, target.database.owner_role
    target.dba("alter database {name} owner to {owner}", name=name, owner=owner)
    login, url = target.person()
    recipe = target.provision(target.personal(login, owner))
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute(f"alter database {name} set work_mem = '1MB'")
    assert target.end(recipe).left == (f"everybody has new settings in {name}",)


def test_receipt_of_a_person_names_some_of_very_many_objects_and_counts_them(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute(MANY)
    first, *named = target.end(recipe).left
    assert (f" {2 * NAMED} objects in {target.database.name}" in first, len(named)) == (True, NAMED)


def test_very_many_objects_from_before_are_not_in_the_receipt(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute(f"{MANY} union all {MANY}")
        holder.execute("alter role current_user set work_mem = '1MB'")
    recipe = target.provision(target.personal(login))
    assert target.end(recipe).left == ()
    recipe = target.provision(target.personal(login))
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute("select lo_create(4711)")
    assert target.end(recipe).left == (f"{login} owns 4711 in {target.database.name}",)


def test_people_whose_grants_end_together_have_their_own_lines(either_target: Target) -> None:
    target = either_target
    people = [target.person() for _ in range(3)]
    recipes = [target.provision(target.personal(login)) for login, _ in people]
    for number, (_, url) in enumerate(people[:2], 5000):
        with psycopg.connect(url, autocommit=True) as holder:
            holder.execute(f"select lo_create({number})")
    outcomes = target.revoke(*recipes)
    name = target.database.name
    assert [outcome.left for outcome in outcomes if isinstance(outcome, Receipt)] == [
        (f"{people[0][0]} owns 5000 in {name}",),
        (f"{people[1][0]} owns 5001 in {name}",),
        (),
    ]


def test_begin_that_was_not_recorded_leaves_what_is_new_unknown(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()
    recipe = replace(target.provision(target.personal(login)), traces=None)
    (line,) = target.end(recipe).left
    assert line.endswith("what is new is unknown")


def test_begin_in_the_future_leaves_what_is_new_unknown(either_target: Target) -> None:
    """A copy of the cluster from before the grant counts its transactions anew."""
    target = either_target
    login, _ = target.person()
    recipe = target.provision(target.personal(login))
    (since,) = recipe.traces or ()
    (line,) = target.end(replace(recipe, traces=(f"{int(since) + 2**31}",))).left
    assert line.endswith("what is new is unknown")


def test_database_that_refuses_the_worker_is_said_not_to_be_examined(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()
    recipe = target.provision(target.personal(login))
    name, elsewhere = target.database.name, target.database.superuser_url.rpartition("/")[0] + "/postgres"
    with psycopg.connect(elsewhere, autocommit=True) as dba:
        dba.execute(f"alter database {name} allow_connections false")
        try:
            receipt = target.end(recipe)
        finally:
            dba.execute(f"alter database {name} allow_connections true")
    assert receipt.left == (f"{login}: what was changed in {name} is not examined (database_closed)",)
    assert receipt.roles_removed == (target.database.read_role,)
