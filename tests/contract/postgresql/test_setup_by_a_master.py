"""The master user of a managed service, who is no superuser, runs what `setup-sql` prints."""

import secrets

import psycopg
import pytest
from psycopg import sql

from dbaccess.domain.privileges import ObjectPrivileges
from tests.contract.postgresql.least_privilege import worker_access
from tests.contract.postgresql.target import Target
from tests.databases import TargetDatabase
from tests.engines.postgresql import postgres_targets

ORDERS = ObjectPrivileges(schemas=(), tables=("shop.orders",), privileges=("SELECT",))
MASTER = """
create role {master} login createrole createdb password {password};
grant {read}, {write} to {master} with admin option;
grant {owner} to {master} with admin option;
grant pg_signal_backend, pg_read_all_stats to {master} with admin option;
"""
ONLY_BY_A_SUPERUSER = {
    "cannot keep password verifiers out of the server's log",
    "may not use the 4 reserved connections",
}


def set_up_by_master(database: TargetDatabase) -> Target:
    master, password = f"master_{secrets.token_hex(3)}", secrets.token_hex(8)
    with psycopg.connect(database.superuser_url, autocommit=True) as dba:
        names = {"read": database.read_role, "write": database.write_role, "owner": database.owner_role}
        dba.execute(
            sql.SQL(MASTER).format(
                master=sql.Identifier(master),
                password=sql.Literal(password),
                **{key: sql.Identifier(name) for key, name in names.items()},
            )
        )
    url = f"postgresql://{master}:{password}@{database.host}:{database.port}/{database.name}"
    worker = worker_access(database, objects=[ORDERS] if database.version > 15 else [], run_by=url)
    return Target(
        worker=worker, driver=postgres_targets({"main": worker.url}, worker.installation).driver("main")
    )


@pytest.mark.parametrize("fixture", ["target_database", "target_database_15"])
def test_rights_that_only_a_superuser_gives_take_none_of_the_others_with_them(
    request: pytest.FixtureRequest, fixture: str
) -> None:
    target = set_up_by_master(request.getfixturevalue(fixture))
    found = [finding for finding in target.driver.examine({}) if not finding.ok]
    assert {finding.what for finding in found} <= ONLY_BY_A_SUPERUSER
    if target.database.version > 15:
        recipe = target.provision(target.ephemeral())
        with psycopg.connect(target.with_password(recipe), autocommit=True) as person:
            assert person.execute("select count(*) from shop.orders").fetchone() == (3,)
        assert target.end(recipe).login_removed
        assert found
        for finding in found:
            target.dba(finding.fix)
    assert [finding.what for finding in target.driver.examine({}) if not finding.ok] == []
    login, _ = target.person()
    target.end(target.provision(target.personal(login)))
    assert target.roles_of(login) == []
