"""Defaults of a server, a database or a role neither change our results nor stop an end."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.receipt import Receipt
from tests.contract.postgresql.least_privilege import worker_access
from tests.contract.postgresql.target import Target, nothing, target_on
from tests.databases import PostgresServer, TargetDatabase
from tests.engines.postgresql import postgres_targets
from tests.kept_targets import KeptTargets

ON_ALL = ObjectPrivileges(schemas=("shop",), tables=(), privileges=("INSERT", "SELECT"))
FORMATS = {
    "DateStyle": "SQL, DMY",
    "IntervalStyle": "iso_8601",
    "TimeZone": "Pacific/Chatham",
    "client_encoding": "sql_ascii",
    "bytea_output": "escape",
    "extra_float_digits": "-15",
    "quote_all_identifiers": "on",
    "standard_conforming_strings": "off",
    "array_nulls": "off",
    "transform_null_equals": "on",
    "xmloption": "document",
}
REFUSALS = {
    "default_transaction_read_only": "on",
    "default_transaction_isolation": "serializable",
    "default_transaction_deferrable": "on",
    "row_security": "off",
    "exit_on_error": "on",
    "check_function_bodies": "off",
    "client_min_messages": "error",
    "password_encryption": "md5",
    "synchronous_commit": "off",
    "search_path": "nowhere",
    "max_parallel_workers_per_gather": "8",
    "session_replication_role": "replica",
}
TIMEOUTS = {
    "statement_timeout": "1",
    "lock_timeout": "1",
    "idle_in_transaction_session_timeout": "1",
    "idle_session_timeout": "1",
}
SINCE_16 = {"createrole_self_grant": "inherit, set", "debug_parallel_query": "on"}
# The clients of people and of the tests themselves stand above the same defaults.
CALM = " ".join(
    [
        *(f"-c {name}=0" for name in TIMEOUTS),
        *("-c client_encoding=UTF8", "-c exit_on_error=off", "-c default_transaction_read_only=off"),
        "-c password_encryption=scram-sha-256",
    ]
)


def hostile(version: int) -> dict[str, str]:
    return {**FORMATS, **REFUSALS, **TIMEOUTS, **(SINCE_16 if version > 15 else {})}


@pytest.fixture(params=["target_postgres", "target_postgres_15"])
def target(request: pytest.FixtureRequest, kept_targets: KeptTargets) -> Iterator[Target]:
    """Set up for roles on objects too, where logins are made."""
    server: PostgresServer = request.getfixturevalue(request.param)
    with kept_targets.lend(server, [ON_ALL] if server.version > 15 else []) as worker:
        targets = postgres_targets({"main": worker.url}, worker.installation)
        calm = f"{worker.database.superuser_url}?options={quote(CALM)}"
        calmly = replace(worker, database=replace(worker.database, superuser_url=calm))
        yield Target(worker=calmly, driver=targets.driver("main"))


@contextmanager
def defaults(target: Target, where: str, settings: Mapping[str, str]) -> Iterator[None]:
    """Those settings as defaults of a database or a role; each name of `where` is an identifier's."""
    names = {
        "login": sql.Identifier(target.worker.login),
        "lock": sql.Identifier(target.worker.lock_database),
        "target": sql.Identifier(target.database.name),
    }
    place = sql.SQL(where).format(**names)
    with psycopg.connect(target.database.superuser_url, autocommit=True, dbname="template1") as dba:
        for name, value in settings.items():
            change = sql.SQL("alter {} set {} to {}")
            dba.execute(change.format(place, sql.Identifier(name), sql.Literal(value)))
        try:
            yield
        finally:
            dba.execute(sql.SQL("alter {} reset all").format(place))


@contextmanager
def server_defaults(target: Target, settings: Mapping[str, str]) -> Iterator[None]:
    """The same for the whole server."""
    with psycopg.connect(target.database.superuser_url, autocommit=True, dbname="template1") as dba:
        for name, value in settings.items():
            dba.execute(sql.SQL("alter system set {} to {}").format(sql.Identifier(name), sql.Literal(value)))
        dba.execute("select pg_reload_conf()")
        try:
            yield
        finally:
            dba.execute("alter system reset all")
            dba.execute("select pg_reload_conf()")


def whole_life(target: Target) -> None:
    """Given, extended, used and ended, in both kinds that the version has; nothing is left."""
    if target.database.version > 15:
        of_a_login(target)
    of_a_membership(target)
    assert [finding for finding in target.driver.examine({}) if not finding.ok] == []


def of_a_login(target: Target) -> None:
    read, owner = target.database.read_role, target.database.owner_role
    recipe = target.provision(replace(target.ephemeral(read, owner, act_as=owner), on=ON_ALL))
    target.driver.extend(recipe, valid_until=datetime.now(UTC) + timedelta(hours=2), fence=nothing)
    with (
        suppress(psycopg.OperationalError),
        psycopg.connect(target.with_password(recipe), autocommit=True, options=CALM) as person,
    ):
        person.execute("create table shop.made ()")
        person.execute("set role none")
        person.execute("begin; insert into shop.customers values (9, 'Di', 'di@example.com')")
        assert target.driver.open_transaction_age(recipe) is not None
        receipt = target.end(recipe)
    assert (receipt.login_removed, receipt.sessions_closed) == (True, 1)
    assert target.driver.made_logins() == []
    target.dba("drop table shop.made")


def of_a_membership(target: Target) -> None:
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    assert target.roles_of(login) == [target.database.read_role]
    target.driver.extend(recipe, valid_until=datetime.now(UTC) + timedelta(hours=2), fence=nothing)
    with psycopg.connect(url, autocommit=True, options=CALM) as person:
        person.execute("select count(*) from shop.orders")
        receipt = target.end(recipe)
    assert (receipt.roles_removed, receipt.sessions_closed) == ((target.database.read_role,), 1)
    assert target.roles_of(login) == []


@pytest.mark.parametrize("where", ["role {login}", "database {target}", "database {lock}"])
def test_defaults_of_a_database_or_of_the_workers_login_stop_nothing(target: Target, where: str) -> None:
    with defaults(target, where, hostile(target.database.version)):
        whole_life(target)


def test_defaults_of_the_server_stop_nothing(target: Target) -> None:
    settings = hostile(target.database.version)
    with server_defaults(target, settings):
        whole_life(target)


@pytest.mark.parametrize(
    "name", ["client_encoding", "DateStyle", "IntervalStyle", "default_transaction_read_only"]
)
def test_one_default_of_the_server_stops_nothing(target: Target, name: str) -> None:
    """Each alone: several at once could hide one another."""
    with server_defaults(target, {name: hostile(target.database.version)[name]}):
        whole_life(target)


def test_transaction_is_bounded_by_our_settings_and_not_by_a_default(
    kept_targets: KeptTargets, target_postgres: PostgresServer
) -> None:
    with kept_targets.lend(target_postgres) as worker:
        target = target_on(worker)

        def younger_transaction_of_the_login_is_ended() -> None:
            url = worker.url.get_secret_value()
            with pytest.raises(psycopg.errors.TransactionTimeout), psycopg.connect(url) as probe:
                probe.execute("select pg_sleep(600)")

        with defaults(target, "role {login}", {"transaction_timeout": "100ms"}):
            target.driver.provision(
                target.ephemeral(),
                valid_until=datetime.now(UTC) + timedelta(hours=1),
                fence=younger_transaction_of_the_login_is_ended,
            )
        assert len(target.driver.made_logins()) == 1


DECOYS = """
create function public.set_config(text, text, boolean) returns text language plpgsql
    as 'begin raise exception ''a decoy ran''; end';
create function public.current_user_is(name, text) returns boolean language plpgsql
    as 'begin raise exception ''a decoy ran''; end';
create operator public.= (leftarg = name, rightarg = text, function = public.current_user_is);
create view public.pg_roles as select 1::oid as oid, 'nobody'::name as rolname;
create view public.pg_class as select 1::oid as oid;
"""


def test_objects_that_stand_before_the_catalogs_in_the_search_path_are_not_used(target: Target) -> None:
    target.dba(DECOYS)
    with defaults(target, "database {target}", {"search_path": "public, pg_catalog"}):
        whole_life(target)


AUDIT = """
create table public.ddl_audit (tag text, at timestamp default clock_timestamp());
grant insert on public.ddl_audit to public;
create function public.note_ddl() returns event_trigger language plpgsql
    as 'begin insert into ddl_audit (tag) values (tg_tag); end';
create event trigger notes_start on ddl_command_start execute function public.note_ddl();
create event trigger notes_end on ddl_command_end execute function public.note_ddl();
create event trigger notes_drop on sql_drop execute function public.note_ddl();
"""
AUDIT_LOGIN = "create event trigger notes_login on login execute function public.note_ddl()"


def test_event_triggers_find_their_tables_by_the_databases_own_search_path(
    target_database: TargetDatabase,
) -> None:
    worker = worker_access(target_database, objects=[ON_ALL])
    driver = postgres_targets({"main": worker.url}, worker.installation).driver("main")
    target = Target(worker=worker, driver=driver)
    target.dba(AUDIT)
    target.dba(AUDIT_LOGIN)
    read, owner = target_database.read_role, target_database.owner_role
    recipe = target.provision(replace(target.ephemeral(read, owner, act_as=owner), on=ON_ALL))
    target.dba("create table shop.theirs ()")
    target.dba("alter table shop.theirs owner to {login}", login=recipe.login)
    assert target.end(recipe).handed_over == ("shop.theirs",)
    tags = {tag for (tag,) in target.look("select distinct tag from ddl_audit")}
    assert {"GRANT", "REVOKE", "LOGIN"} <= tags


def test_name_that_is_no_utf8_keeps_no_grant_from_ending(target: Target) -> None:
    """A role `grün`, made in a database of LATIN1, is other bytes in the catalog than UTF-8 has for it."""
    latin = f"{target.database.name}_latin1"
    url = target.database.superuser_url
    target.dba("create database {name} template template0 encoding 'LATIN1' locale 'C'", name=latin)
    try:
        persons = [target.person()[0] for _ in range(2)]
        odd = f"grün_{target.worker.installation}"
        with psycopg.connect(url, dbname=latin, autocommit=True) as dba:
            dba.execute(sql.SQL("create role {}").format(sql.Identifier(odd)))
            for person in persons:
                dba.execute(sql.SQL("grant {} to {}").format(sql.Identifier(odd), sql.Identifier(person)))
        recipes = [target.provision(target.personal(person)) for person in persons]
        assert [finding for finding in target.driver.examine({}) if not finding.ok] == []
        for outcome in target.revoke(*recipes):
            assert isinstance(outcome, Receipt)
            assert outcome.roles_removed == (target.database.read_role,)
        with psycopg.connect(url, dbname=latin, autocommit=True) as dba:
            dba.execute(sql.SQL("drop role {}").format(sql.Identifier(odd)))
    finally:
        target.dba("drop database {name} with (force)", name=latin)


ODD_NAMES = {"LATIN1": b"gr\xfcn", "SQL_ASCII": b"gr\xfcn", "WIN1252": b"gr\x81n", "EUC_JP": b"gr\xa9\xa2n"}
"""Names that a database of the encoding takes, and that are no text of UTF-8 or have none for them."""


@contextmanager
def database_of(target: Target, encoding: str) -> Iterator[str]:
    name = f"{target.database.name}_{encoding.lower()}"
    made = (
        f"create database {{name}} template template0 encoding '{encoding}' locale_provider libc locale 'C'"
    )
    target.dba(made, name=name)
    try:
        yield name
    finally:
        target.dba("drop database {name} with (force)", name=name)


@pytest.mark.parametrize("encoding", list(ODD_NAMES))
def test_work_of_a_holder_whose_names_are_no_utf8_keeps_no_grant_from_ending(
    target_database: TargetDatabase, encoding: str
) -> None:
    worker = worker_access(target_database)
    driver = postgres_targets({"main": worker.url}, worker.installation).driver("main")
    target, odd = Target(worker=worker, driver=driver), ODD_NAMES[encoding]
    with database_of(target, encoding) as name:
        with psycopg.connect(target_database.superuser_url, dbname=name, autocommit=True) as dba:
            dba.execute(
                sql.SQL("grant create on schema public to {}").format(
                    sql.Identifier(target_database.read_role)
                )
            )
        recipe = target.provision(target.ephemeral(database=name))
        url = target.with_password(recipe)
        with psycopg.connect(url, dbname=name, autocommit=True, client_encoding="SQL_ASCII") as person:
            person.execute(b'create table public."%s" ()' % odd)
            person.execute(
                b"begin; insert into public.\"%s\" default values; prepare transaction '%s'" % (odd, odd)
            )
            receipt = target.end(recipe)
        assert receipt.login_removed
        assert target.look("select 1 from pg_prepared_xacts where database = %s", name) == []
