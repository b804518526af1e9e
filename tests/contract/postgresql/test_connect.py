"""CONNECT where PUBLIC lacks it: its grantors and grantees, and the finding where it is missing."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.domain.grant import Recipe
from dbaccess.domain.privileges import ObjectPrivileges
from tests.contract.postgresql.target import Target, target_on
from tests.databases import PostgresServer
from tests.kept_targets import KeptTargets

ORDERS = ObjectPrivileges(schemas=(), tables=("shop.orders",), privileges=("SELECT",))
FIX = "Run what `dbaccess targets setup-sql` prints"


def closed(target: Target) -> Target:
    """PUBLIC may not connect."""
    target.dba("revoke connect on database {name} from public", name=target.database.name)
    return target


@pytest.fixture
def shop(kept_targets: KeptTargets, target_postgres: PostgresServer) -> Iterator[Target]:
    """Set up for a role on one table; PUBLIC may not connect."""
    with kept_targets.lend(target_postgres, [ORDERS]) as worker:
        yield closed(target_on(worker))


def on_orders(target: Target, *roles: str) -> Recipe:
    return replace(target.ephemeral(), roles=roles, on=ORDERS)


def holder(target: Target) -> str:
    return f"dbaccess_objects_{target.worker.installation}"


def may_connect(target: Target) -> list[str]:
    """The grantees named on the database."""
    rows = target.look(
        """select r.rolname::text from pg_database d cross join lateral aclexplode(d.datacl) a
             join pg_roles r on r.oid = a.grantee
            where d.datname = %s and a.privilege_type = 'CONNECT' and r.rolname like 'jit%%'""",
        target.database.name,
    )
    return [login for (login,) in rows]


def findings(target: Target, *objects: ObjectPrivileges) -> list[tuple[str, str]]:
    found = target.driver.examine({target.database.name: objects})
    return [(finding.what, finding.fix) for finding in found if not finding.ok]


def refusal(target: Target, recipe: Recipe) -> TargetFailure:
    """Return the failure of the provision, which leaves no login behind."""
    with pytest.raises(TargetFailure) as refused:
        target.provision(recipe)
    assert not refused.value.touched
    if recipe.login_kind == "ephemeral":
        assert target.look("select 1 from pg_roles where rolname = %s", recipe.login) == []
    return refused.value


def test_login_of_a_role_on_objects_alone_is_given_connect_and_loses_it_at_the_end(shop: Target) -> None:
    recipe = shop.provision(on_orders(shop))
    assert may_connect(shop) == [recipe.login]
    with psycopg.connect(shop.with_password(recipe), autocommit=True) as person:
        assert person.execute("select count(*) from shop.orders").fetchone() == (3,)
    assert shop.provision(recipe).login_identity == recipe.login_identity
    assert shop.end(recipe).login_removed
    assert may_connect(shop) == []


def test_connect_of_a_login_that_no_grant_accounts_for_goes_too(shop: Target) -> None:
    recipe = shop.provision(on_orders(shop))
    shop.driver.drop_orphan(recipe.login, recipe.tag)
    assert (shop.driver.made_logins(), may_connect(shop)) == ([], [])


def test_without_the_right_to_give_connect_the_failure_and_doctor_name_it(shop: Target) -> None:
    assert findings(shop, ORDERS) == []
    shop.dba("revoke connect on database {name} from {holder}", name=shop.database.name, holder=holder(shop))
    failure = refusal(shop, on_orders(shop))
    assert failure.code == "no_connect"
    assert f"may not connect to {shop.database.name}" in str(failure)
    assert FIX.lower() in str(failure).lower()
    ((what, fix),) = findings(shop, ORDERS)
    assert what == f"{shop.database.name}: may not give CONNECT, and PUBLIC has it not"
    assert fix.startswith(FIX)


def test_granted_role_that_may_connect_suffices(shop: Target) -> None:
    name, read = shop.database.name, shop.database.read_role
    shop.dba("revoke connect on database {name} from {holder}", name=name, holder=holder(shop))
    shop.dba("grant connect on database {name} to {read}", name=name, read=read)
    recipe = shop.provision(on_orders(shop, read))
    with psycopg.connect(shop.with_password(recipe)):
        pass
    assert shop.end(recipe).login_removed


def test_more_than_connect_on_the_database_is_found_to_be_too_much(shop: Target) -> None:
    shop.dba("grant create on database {name} to {holder}", name=shop.database.name, holder=holder(shop))
    ((what, _),) = findings(shop, ORDERS)
    assert f"may give CREATE on database {shop.database.name}, which no role" in what


def test_database_that_refuses_the_worker_is_named_and_not_called_silent(shop: Target) -> None:
    shop.dba(
        "revoke connect on database {name} from {login}", name=shop.database.name, login=shop.worker.login
    )
    failure = refusal(shop, on_orders(shop))
    assert isinstance(failure, TargetUnreachable)
    assert failure.code == "worker_connect"
    assert f"the worker's login may not connect to {shop.database.name}. {FIX}" in str(failure)
    assert [what for what, _ in findings(shop, ORDERS)] == [str(failure)]


def test_database_in_which_nothing_is_given_on_objects_is_entered_at_the_end_and_looked_at_too(
    target: Target,
) -> None:
    assert findings(closed(target)) == []
    target.dba(
        "revoke connect on database {name} from {login}",
        name=target.database.name,
        login=target.worker.login,
    )
    ((what, fix),) = findings(target)
    assert f"the worker's login may not connect to {target.database.name}" in what
    assert fix


def test_database_that_is_not_there_is_named(shop: Target) -> None:
    for recipe in (on_orders(shop), shop.ephemeral()):
        failure = refusal(shop, replace(recipe, database="nowhere"))
        assert (failure.code, str(failure)) == ("no_database", "main has no database nowhere.")


def test_login_whose_roles_may_not_connect_is_not_called_provisioned(target: Target) -> None:
    failure = refusal(closed(target), target.ephemeral())
    assert failure.code == "no_connect"
    assert "Give CONNECT to one of the roles that it inherits" in str(failure)


def test_durable_role_is_not_inherited_and_its_connect_does_not_count(target: Target) -> None:
    owner, name = target.database.owner_role, target.database.name
    closed(target).dba("grant connect on database {name} to {owner}", name=name, owner=owner)
    assert refusal(target, target.ephemeral(owner, act_as=owner)).code == "no_connect"


def test_persons_own_login_that_may_not_connect_is_given_nothing(either_target: Target) -> None:
    login, _ = closed(either_target).person()
    assert refusal(either_target, either_target.personal(login)).code == "no_connect"
    assert either_target.roles_of(login) == []


def test_persons_own_login_may_connect_by_the_role_that_it_is_given(either_target: Target) -> None:
    name, read = either_target.database.name, either_target.database.read_role
    closed(either_target).dba("grant connect on database {name} to {read}", name=name, read=read)
    login, url = either_target.person()
    recipe = either_target.provision(either_target.personal(login))
    with psycopg.connect(url) as person:
        assert person.execute("select count(*) from shop.orders").fetchone() == (3,)
    either_target.end(recipe)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_objects_are_handed_over_where_public_may_not_connect(target: Target) -> None:
    read, owner, name = target.database.read_role, target.database.owner_role, target.database.name
    closed(target).dba("grant connect on database {name} to {read}", name=name, read=read)
    recipe = target.provision(target.ephemeral(read, owner, act_as=owner))
    with psycopg.connect(target.with_password(recipe), autocommit=True) as person:
        person.execute("create table shop.made ()")
        person.execute("grant select on shop.made to public")
    assert target.end(recipe).login_removed
