"""The workers' access to the server's log: files of the log alone, for them alone, and in parts."""

import psycopg
import pytest

from dbaccess.domain.capture import CaptureSource
from dbaccess.domain.errors import LogFileGone, SourceFailure
from dbaccess.ports import FINGERPRINTED
from tests.contract.postgresql.least_privilege import worker_access
from tests.contract.postgresql.logging_server import CAPTURE, LoggingServer
from tests.contract.postgresql.target import Target
from tests.engines.postgresql import postgres_targets

NO_LOG = [
    "../postgresql.conf",
    "/etc/passwd",
    "global/1260",
    "x.json/../../global/1260",
    "log/x.json",
    ".x.json",
    "x.log",
    "x.json\n",
    "x.json.conf",
    "x\\.json",
    "",
    "C:x.json",
]


def test_files_of_each_format_are_listed_and_read_in_parts(logging: LoggingServer) -> None:
    for form, source in logging.sources.items():
        files = source.files()
        assert files
        assert all(file.name.endswith(form.suffix) for file in files)
        file = max(files, key=lambda one: one.size)
        assert len(file.fingerprint) == 64
        whole = source.read(file.name, 0, file.size)
        assert len(whole) == file.size
        assert (
            b"".join(source.read(file.name, at, 700) for at in range(0, file.size, 700))[: file.size] == whole
        )
        assert source.read(file.name, file.size + 10_000_000, 100) == b""


def test_file_outside_the_log_is_refused(logging: LoggingServer) -> None:
    source = logging.sources[CaptureSource.JSONLOG]
    for name in NO_LOG:
        with pytest.raises(SourceFailure, match="may not read"):
            source.read(name, 0, 10)
    with pytest.raises(LogFileGone):
        source.read("gone.json", 0, 10)
    name = source.files()[0].name
    worker = logging.target.worker
    with psycopg.connect(
        worker.url.get_secret_value(), dbname=worker.lock_database, autocommit=True
    ) as connection:
        for at, length in ((-1, 10), (0, 0), (0, -1), (0, 1_048_577)):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("select dbaccess_log.read(%s, %s, %s)", [name, at, length])
        for values in ([None, 0, 10], [name, None, 10], [name, 0, None]):
            assert connection.execute(
                "select dbaccess_log.read(%s::text, %s::bigint, %s::integer)", values
            ).fetchone() == (None,)


def test_functions_are_the_workers_alone_and_nothing_of_the_session_reaches_into_them(
    logging: LoggingServer,
) -> None:
    name = logging.sources[CaptureSource.JSONLOG].files()[0].name
    target = logging.target
    login, url = target.person()
    target.dba(
        "grant connect on database {database} to {login}", database=target.worker.lock_database, login=login
    )
    try:
        with psycopg.connect(url, dbname=target.worker.lock_database, autocommit=True) as other:
            for call in ("select * from dbaccess_log.files()", f"select dbaccess_log.read('{name}', 0, 10)"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    other.execute(call.encode())
    finally:
        target.dba("revoke connect on database {d} from {login}", d=target.worker.lock_database, login=login)
    with psycopg.connect(
        target.worker.url.get_secret_value(), dbname=target.worker.lock_database, autocommit=True
    ) as worker:
        # Objects of the worker's own stand before those of the server for its session, and for no function.
        worker.execute("create schema mine; set search_path = mine, pg_catalog")
        worker.execute(
            """create function mine.pg_read_binary_file(text, bigint, bigint, boolean) returns bytea
               language sql as 'select ''mine''::bytea'"""
        )
        try:
            (read,) = worker.execute("select dbaccess_log.read(%s, 0, 4)", [name]).fetchone() or (b"",)
            assert bytes(read) == logging.sources[CaptureSource.JSONLOG].read(name, 0, 4)
            for change in (
                "drop function dbaccess_log.files()",
                "alter function dbaccess_log.read(text, bigint, integer) reset search_path",
                "create or replace function dbaccess_log.files() returns void language sql as 'select 1'",
                "create table dbaccess_log.x ()",
                "select pg_read_binary_file('global/1260')",
                "select pg_ls_logdir()",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    worker.execute(change.encode())
        finally:
            worker.execute("drop schema mine cascade")


def test_file_that_is_shorter_than_a_fingerprint_has_none(logging: LoggingServer) -> None:
    for source in logging.sources.values():
        for file in source.files():
            assert bool(file.fingerprint) == (file.size >= FINGERPRINTED)


def test_doctor_names_what_capture_lacks_with_its_cost(logging: LoggingServer) -> None:
    target = logging.target
    bad = [f.what for f in target.driver.examine({}, capture=CAPTURE) if not f.ok and "log" in f.what]
    expected = (
        [] if target.makes_logins else ["log_statement is none: of personal logins, the server logs no more"]
    )
    assert bad == expected
    without = worker_access(target.database)
    driver = postgres_targets({"main": without.url}, without.installation).driver("main")
    assert not [finding for finding in driver.examine({}) if "log_" in finding.what and "set" in finding.what]
    bad = [f.what for f in driver.examine({}, capture=CAPTURE) if not f.ok]
    assert "may not read the server's log: nothing is captured" in bad
    for name in (
        ("log_statement", "log_duration", "log_error_verbosity", "lc_messages") if target.makes_logins else ()
    ):
        (lacks,) = [what for what in bad if what.startswith(f"may not set {name}: ")]
        assert len(lacks) > len(f"may not set {name}: ") + 10
    with pytest.raises(SourceFailure, match="may not read the server's log"):
        postgres_targets({"main": without.url}, without.installation).log_files(
            "main", CaptureSource.CSVLOG
        ).files()


def test_doctor_says_that_a_server_without_log_files_captures_nothing(either_target: Target) -> None:
    bad = [finding.what for finding in either_target.driver.examine({}, capture=CAPTURE) if not finding.ok]
    for what in (
        "the server writes no log files: nothing is captured",
        "the server writes no jsonlog: nothing is captured",
    ):
        assert what in bad


def test_login_without_the_rights_to_log_it_is_made_all_the_same(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    assert (
        target.look(
            "select setconfig from pg_db_role_setting s join pg_roles r on r.oid = s.setrole "
            "where rolname = %s",
            recipe.login,
        )
        == []
    )
