"""Work that outlives its session: ended, handed over, or told, on PostgreSQL 18 and 15."""

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.domain.receipt import NAMED, Receipt
from dbaccess.targets.postgresql import many_objects
from sandbox.waiting import PATIENCE
from tests.contract.postgresql.target import Target

PREPARED = "select gid from pg_prepared_xacts where gid = %s"
LARGE_OBJECTS = "select pg_get_userbyid(lomowner)::text from pg_largeobject_metadata where oid = %s"


def prepare(url: str, name: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute("begin")
        holder.execute(statement)
        holder.execute(f"prepare transaction '{name}'")


@pytest.mark.parametrize(
    "statement", ["delete from shop.order_items", "alter role current_user password 'x'"]
)
def test_prepared_transaction_of_a_login_is_rolled_back(target: Target, statement: str) -> None:
    recipe, other = (target.provision(target.ephemeral(target.database.write_role)) for _ in range(2))
    gid = f"it's {recipe.login}"
    prepare(target.with_password(recipe), gid.replace("'", "''"), statement)
    receipt, others = target.revoke(recipe, other)
    assert isinstance(receipt, Receipt)
    assert isinstance(others, Receipt)
    assert target.look(PREPARED, gid) == []
    assert receipt.rolled_back == (f"prepared transaction {gid} in {target.database.name}",)
    assert receipt.login_removed


def test_prepared_transaction_does_not_keep_a_login_open(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    url = target.with_password(recipe)
    prepare(url, recipe.login, "alter role current_user password 'x'")
    with psycopg.connect(url, autocommit=True) as holder:
        target.cut_off(recipe)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert target.look("select rolcanlogin from pg_roles where rolname = %s", recipe.login) == [(False,)]
    target.end(recipe)


def test_prepared_transaction_of_a_person_is_no_end_and_says_what_to_run(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login, target.database.write_role))
    prepare(url, login, "delete from shop.order_items")
    failure = target.fail(recipe)
    assert failure.code == "prepared_left"
    assert f"rollback prepared '{login}'" in str(failure)
    assert target.roles_of(login) == []  # all the rest is done
    with psycopg.connect(url, autocommit=True) as person:
        person.execute(f"rollback prepared '{login}'")
    assert target.end(recipe).roles_removed == (target.database.write_role,)


def prepare_as_owner(target: Target, recipe: Recipe, gid: str, *before: str) -> None:
    """The login prepares it in the name of the durable role that it acts as."""
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        holder.execute("begin")
        for statement in (*before, f"set role {target.database.owner_role}", "delete from shop.order_items"):
            holder.execute(statement)
        holder.execute(f"prepare transaction '{gid}'")


def left(receipt: Receipt) -> tuple[str, ...]:
    """Without the database that the tests' own databases are copied from: it is closed, and not examined."""
    return tuple(line for line in receipt.left if "_template is not examined" not in line)


def acting_as_owner(target: Target) -> Recipe:
    owner = target.database.owner_role
    return target.provision(target.ephemeral(owner, act_as=owner))


@pytest.mark.parametrize("before", [(), ("set role none", "alter role current_user password 'x'")])
def test_prepared_transaction_of_the_durable_role_is_rolled_back(
    target: Target, before: tuple[str, ...]
) -> None:
    recipe = acting_as_owner(target)
    gid = f"as owner {recipe.login}"
    prepare_as_owner(target, recipe, gid, *before)
    receipt = target.end(recipe)
    assert target.look(PREPARED, gid) == []
    owner, name = target.database.owner_role, target.database.name
    assert receipt.rolled_back == (f"prepared transaction {gid} of {owner} in {name}",)
    assert (receipt.login_removed, left(receipt)) == (True, ())


def test_prepared_transaction_that_another_login_may_have_made_is_listed_and_left(target: Target) -> None:
    recipe, other = acting_as_owner(target), acting_as_owner(target)
    gid = f"whose {recipe.login}"
    prepare_as_owner(target, recipe, gid)
    (line,) = left(target.end(recipe))
    assert gid in line
    assert f"of {target.database.owner_role}" in line
    assert f"rollback prepared '{gid}'" in line
    assert target.look(PREPARED, gid) == [(gid,)]
    receipt = target.end(other)  # now no other login can have made it
    assert len(receipt.rolled_back) == 1
    assert target.look(PREPARED, gid) == []


def test_prepared_transaction_of_an_owner_with_other_members_is_left(target: Target) -> None:
    recipe = acting_as_owner(target)
    person, url = target.person()
    owner = target.database.owner_role
    target.dba("grant {owner} to {person}", owner=owner, person=person)
    with psycopg.connect(url, autocommit=True) as theirs:
        theirs.execute(f"set role {owner}")
        theirs.execute("begin")
        theirs.execute("select count(*) from shop.order_items")
        theirs.execute(f"prepare transaction '{person}'")
        receipt = target.end(recipe)
        theirs.execute(f"rollback prepared '{person}'")
    assert (receipt.rolled_back, len(left(receipt))) == ((), 1)


def test_prepared_transaction_of_another_login_is_left_alone(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    _, bystander = target.person()
    prepare(bystander, recipe.login, "select 1")
    receipt = target.end(recipe)
    assert (receipt.rolled_back, receipt.left) == ((), ())
    assert target.look(PREPARED, recipe.login) == [(recipe.login,)]
    target.dba(f"rollback prepared '{recipe.login}'")


def test_large_object_of_a_reader_is_handed_over_and_kept(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        (number,) = holder.execute("select lo_from_bytea(0, 'kept')").fetchone() or (0,)
        holder.execute(f"grant select on large object {number} to public")
    receipt = target.end(recipe)
    assert receipt.login_removed
    assert receipt.handed_over == (str(number),)
    assert target.look(LARGE_OBJECTS, number) == [(f"dbaccess_left_{target.worker.installation}",)]
    assert target.look("select lo_get(%s)", number) == [(b"kept",)]


def test_objects_of_two_logins_without_a_durable_role_have_the_same_keeper(target: Target) -> None:
    target.dba("grant create on schema shop to {role}", role=target.database.read_role)
    recipes = [target.provision(target.ephemeral()) for _ in range(2)]
    for number, recipe in enumerate(recipes):
        with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
            holder.execute(f"create table shop.made_{number} ()")
            holder.execute(f"create type shop.colour_{number} as enum ('red')")
            holder.execute("alter role current_user set work_mem = '1MB'")
            holder.execute("alter default privileges in schema shop grant select on tables to public")
    outcomes = target.revoke(*recipes)
    assert all(isinstance(outcome, Receipt) and outcome.handed_over for outcome in outcomes)
    keeper = f"dbaccess_left_{target.worker.installation}"
    owners = target.look(
        "select distinct pg_get_userbyid(relowner)::text from pg_class where relname ~ '^made_'"
    )
    assert owners == [(keeper,)]
    # The keeper has no member: the worker gave back the borrowed role, except the right to give it.
    used = "select 1 from pg_auth_members where roleid = %s::regrole and (inherit_option or set_option)"
    assert target.look(used, keeper) == []


def test_sweep_and_doctor_are_content_with_the_keeper(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        holder.execute("select lo_create(0)")
    target.driver.drop_orphan(recipe.login, recipe.tag)
    keeper = f"dbaccess_left_{target.worker.installation}"
    assert [found.what for found in target.driver.examine({}) if keeper in found.what] == []
    assert target.driver.made_logins() == []
    assert target.driver.given_roles() == []


def test_function_that_the_keeper_may_not_own_is_kept_and_says_what_to_run(target: Target) -> None:
    recipe, other = target.provision(target.ephemeral()), target.provision(target.ephemeral())
    target.dba("grant create on schema shop to {login}", login=recipe.login)
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        holder.execute("create function shop.backdoor() returns int security definer return 1")
    failure, receipt = target.revoke(recipe, other)
    assert isinstance(failure, TargetFailure)
    assert isinstance(receipt, Receipt)
    assert (failure.code, "reassign owned by" in str(failure)) == ("owns_objects", True)


def test_what_a_granted_role_lets_a_login_make_is_handed_over(target: Target) -> None:
    role, name = target.database.read_role, target.database.name
    target.dba("grant create on schema shop to {role}", role=role)
    target.dba("grant create on database {name} to {role}", name=name, role=role)
    recipe = target.provision(target.ephemeral())
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        holder.execute("create function shop.helper() returns int return 1")
        holder.execute("create schema theirs")
        holder.execute("create publication changes")
    keeper = f"dbaccess_left_{target.worker.installation}"
    assert target.end(recipe).handed_over == ("changes", "shop.helper()", "theirs")
    assert target.look("select proowner::regrole::text from pg_proc where proname = 'helper'") == [(keeper,)]
    assert target.roles_of(keeper) == []


def test_very_many_objects_are_handed_over_in_parts(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them takes room in the lock table, so one statement for all would fail for ever."""
    monkeypatch.setattr(many_objects, "AT_ONCE", 3)
    monkeypatch.setattr(many_objects, "_LARGE_OBJECTS", NAMED // 2)
    monkeypatch.setattr(many_objects, "_SECONDS", PATIENCE)
    role = target.database.read_role
    target.dba("grant create on schema shop to {role}", role=role)
    recipe = target.provision(target.ephemeral())
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        for number in range(5):
            holder.execute(f"create table shop.many_{number} (id serial)")
        holder.execute("create function shop.helper() returns int return 1")
        holder.execute(f"select lo_create(0) from generate_series(1, {NAMED})")
    receipt = target.end(recipe)
    keeper = f"dbaccess_left_{target.worker.installation}"
    owners = "select distinct relowner::regrole::text from pg_class where relname ~ '^many_'"
    assert target.look(owners) == [(keeper,)]
    objects = "select count(*) from pg_largeobject_metadata where lomowner = %s::regrole"
    assert target.look(objects, keeper) == [(NAMED,)]
    assert target.roles_of(keeper) == []
    assert receipt.login_removed
    said = receipt.handed_over or ()
    more = [int(line.split()[0]) for line in said if " more in " in line]
    # The five sequences go with their tables, and are none of their own.
    assert NAMED + 6 <= len(said) - len(more) + sum(more) <= NAMED + 11


def test_what_was_handed_over_in_one_database_is_told_though_another_one_fails(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    login, url, name, elsewhere = recipe.login, target.with_password(recipe), target.database.name, "postgres"
    assert name < elsewhere  # they are taken in this order
    with psycopg.connect(url, autocommit=True) as holder:
        (number,) = holder.execute("select lo_create(0)").fetchone() or (0,)
    with psycopg.connect(target.database.superuser_url, dbname=elsewhere, autocommit=True) as dba:
        dba.execute(f"create schema att authorization {login}")
        dba.execute(
            f"create function att.kept() returns int return 1; alter function att.kept owner to {login}"
        )
        dba.execute("alter schema att owner to current_user")
        try:
            assert target.fail(recipe).code == "owns_objects"
        finally:
            dba.execute("drop schema att cascade")
    assert target.end(recipe).handed_over == (str(number),)


def test_session_of_another_login_that_may_become_the_persons_ends_on_15(target_15: Target) -> None:
    target = target_15
    login, _ = target.person()
    other, others_url = target.person()
    recipe = target.provision(target.personal(login))
    target.dba("grant {login} to {other}", login=login, other=other)
    with psycopg.connect(others_url, autocommit=True) as lent:
        lent.execute(f"set role {target.database.read_role}")
        receipt = target.end(recipe)
        with pytest.raises(psycopg.OperationalError):
            lent.execute("select count(*) from shop.orders")
    assert receipt.sessions_closed >= 1
    with psycopg.connect(others_url) as again, pytest.raises(psycopg.errors.InsufficientPrivilege):
        again.execute(f"set role {target.database.read_role}")


def borrowed(target: Target, recipe: Recipe) -> list[tuple[bool]]:
    """Memberships by which the worker's role has the login's privileges."""
    return target.look(
        """select true from pg_auth_members m join pg_roles l on l.oid = m.roleid
            where l.rolname = %s and (m.inherit_option or m.set_option)""",
        recipe.login,
    )


def test_login_is_given_back_where_its_prepared_transaction_cannot_be_rolled_back(target: Target) -> None:
    recipe = acting_as_owner(target)
    url, gid, name = target.with_password(recipe), f"shut {recipe.login}", target.database.name
    prepare(url.replace(f"/{name}", "/postgres"), f"{gid} in postgres", "select 1")
    prepare(url, gid, "select 1")
    prepare_as_owner(target, recipe, f"{gid} as owner")
    target.dba("revoke connect on database {name} from public", name=name)
    target.dba("revoke connect on database {name} from {login}", name=name, login=target.worker.login)
    target.dba("revoke connect on database {name} from {admin}", name=name, admin=target.worker.admin)
    try:
        assert target.fail(recipe).code == "prepared_left"
        assert borrowed(target, recipe) == []
        assert target.roles_of(recipe.login) == []
    finally:
        target.dba("grant connect on database {name} to public", name=name)
    assert len(target.end(recipe).rolled_back) == 3  # at either try


def test_login_that_a_killed_worker_borrowed_is_given_back_where_it_is_kept(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    with psycopg.connect(target.worker.url.get_secret_value(), autocommit=True) as killed:
        killed.execute(f"grant {recipe.login} to current_user with inherit true, set true")
    assert borrowed(target, recipe) == [(True,)]
    target.cut_off(recipe)
    assert borrowed(target, recipe) == []
    assert target.end(recipe).login_removed


def test_what_was_done_in_the_name_of_a_role_is_in_the_receipt(target: Target) -> None:
    recipe = acting_as_owner(target)
    bystander, _ = target.person()
    name, owner = target.database.name, target.database.owner_role
    target.dba("alter database {name} owner to {owner}", name=name, owner=owner)
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        holder.execute("create table shop.made_as_owner ()")
        holder.execute("create function shop.backdoor() returns int security definer return 1")
        holder.execute(f"grant select on shop.customers to {bystander}")
        holder.execute(f"alter default privileges grant select on tables to {bystander}")
        holder.execute(f"alter database {name} set work_mem = '1MB'")
    receipt = target.end(recipe)
    assert (receipt.login_removed, receipt.handed_over) == (True, ())
    for line in (
        f"table shop.made_as_owner of {owner} in {name} was changed",
        f"function shop.backdoor() of {owner} in {name} was changed",
        f"table shop.customers of {owner} in {name} was changed: ",
        f"default acl for role {owner} on tables of {owner} in {name} was changed",
        f"everybody has new settings in {name}",
    ):
        assert [one for one in receipt.left if one.startswith(line)], receipt.left
    assert any("shop.customers" in line and f"SELECT for {bystander}" in line for line in receipt.left)


def test_what_a_login_changed_by_a_role_that_it_inherits_is_in_the_receipt(target: Target) -> None:
    owner, name = target.database.owner_role, target.database.name
    recipe, reader = target.provision(target.ephemeral(owner)), target.provision(target.ephemeral())
    bystander, _ = target.person()
    target.dba("grant create on schema shop to {owner}", owner=owner)
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        holder.execute(f"grant select on shop.customers to {bystander}")
        holder.execute("create table shop.made_by_login ()")
    receipt, others = target.revoke(recipe, reader)
    assert isinstance(receipt, Receipt)
    assert isinstance(others, Receipt)
    assert any(f"table shop.customers of {owner} in {name} was changed" in line for line in receipt.left)
    assert receipt.handed_over == ("shop.made_by_login",)
    assert not any("made_by_login" in line for line in receipt.left)
    assert others.left == ()


def test_prepared_transaction_of_a_role_that_a_person_became_is_listed_on_15(target_15: Target) -> None:
    target = target_15
    login, url = target.person()
    role = target.database.write_role
    recipe = target.provision(target.personal(login, role))
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute("begin")
        holder.execute(f"set role {role}")
        holder.execute("delete from shop.order_items")
        holder.execute(f"prepare transaction 'as the role {login}'")
    try:
        (line,) = [one for one in target.end(recipe).left if "prepared transaction" in one]
    finally:
        target.dba(f"rollback prepared 'as the role {login}'")
    assert f"prepared transaction as the role {login} of {role} in {target.database.name}" in line


def test_role_that_a_person_was_let_give_on_is_taken_with_what_they_gave(target: Target) -> None:
    login, url = target.person()
    other, _ = target.person()
    role = target.database.read_role
    recipe = target.provision(target.personal(login))
    target.dba(
        "grant {role} to {login} with admin true granted by {admin}",
        role=role,
        login=login,
        admin=target.worker.admin,
    )
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute(f"grant {role} to {other}")
    assert target.end(recipe).roles_removed == (role,)
    assert (target.roles_of(login), target.roles_of(other)) == ([], [])


def test_session_of_another_login_that_became_the_durable_role_through_the_holders_ends(
    target: Target,
) -> None:
    recipe = acting_as_owner(target)
    other, others_url = target.person()
    target.dba("grant {login} to {other}", login=recipe.login, other=other)
    with psycopg.connect(others_url, autocommit=True) as lent:
        lent.execute(f"set role {recipe.login}")
        lent.execute(f"set role {target.database.owner_role}")
        target.cut_off(recipe)
        with pytest.raises(psycopg.OperationalError):
            lent.execute("select count(*) from shop.orders")
    with psycopg.connect(others_url, autocommit=True) as again:
        assert target.end(recipe).login_removed
        again.execute("select 1")  # it began without the role
