"""A superuser changes the ledger by hand: online and offline verification name the place and the kind.

Offline means a process that has `dbaccess_verify.py` and the package cryptography, and nothing of dbaccess.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cryptography
import psycopg
import pytest
from typer.testing import CliRunner

import dbaccess_verify
import dbaccess_verify_columns
import dbaccess_verify_report
from dbaccess.audit.signing import LedgerKey
from dbaccess.cli.audit import app as audit
from dbaccess.cli.ledger import app
from dbaccess.domain.activity_summary import KeptSummary
from dbaccess.domain.errors import NotFound
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.reach import Reach, ReachedTable
from dbaccess.storage.sqlalchemy_engine import build_engine
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase, ControlTemplate, PostgresServer, control_database_on
from tests.integration.cli.tampered_ledger import CASES, FIRST, LAST, MALLORY, SECOND, Superuser, Tampered
from tests.integration.storage.facts import HOUR, active, event, now, terms
from tests.signed_ledger import checkpoint, checkpoint_of, introduced, introduction
from tests.unit.slack.activities import statement

RESTORED = ("ledger", "ledger_checkpoints", "reached_tables", "activity_statements", "activity_summaries")


@pytest.fixture(scope="module")
def database(
    control_postgres: PostgresServer, control_template: ControlTemplate
) -> Iterator[ControlDatabase]:
    with control_database_on(control_postgres, control_template) as made:
        yield made


@pytest.fixture(scope="module")
def tampered(database: ControlDatabase) -> Iterator[Tampered]:
    """A ledger of 23 entries with two keys, signed at 10 and 20; a witness has a checkpoint of 22, too.

    Of two grants the first has tables on record, as entry 2 says, and a statement, as entry 11 says.
    """
    engine = build_engine(database.worker_url, pool_size=1, application_name="test-worker")
    read = Reach(tables=(ReachedTable(schema="shop", name="orders", reads=True),))
    first = grants_of(database, read)[0]

    def record(*events: Event) -> None:
        with SqlUnitOfWork(engine, None) as uow:
            for one in events:
                uow.record(one)
            uow.commit()

    def sign(key: LedgerKey) -> None:
        with SqlUnitOfWork(engine, None) as uow:
            head = uow.ledger.head()
            assert head is not None
            assert uow.checkpoints.add(checkpoint(key, seq=head.seq, head=head.hash, at=uow.now))
            uow.commit()

    told = Event(
        kind=EventKind.GRANT_REACH_READ,
        actor="worker",
        grant_id=first,
        data={"digest": read.digest, "tables": 1, "unrecorded": 0},
    )
    record(introduced(introduction(FIRST)), told, *(event(number=number) for number in range(8)))
    sign(FIRST)
    record(summarized(database, first), *(event(number=number) for number in range(3)))
    record(introduced(introduction(SECOND, follows=FIRST)), *(event(number=number) for number in range(5)))
    sign(SECOND)
    record(*(event(number=number) for number in range(3)))
    with SqlUnitOfWork(engine, None) as uow:
        entries = list(uow.ledger.entries())
    engine.dispose()
    assert len(entries) == LAST
    with psycopg.connect(database.superuser_url, autocommit=True) as superuser:
        superuser.execute("create schema kept")
        for table in (*RESTORED, "grants"):
            superuser.execute(f"create table kept.{table} as table {table}")
            superuser.execute(f"alter table {table} disable trigger all")
        yield Tampered(superuser=superuser, entries=entries, witness=checkpoint_of(entries[21], SECOND))


def grants_of(database: ControlDatabase, read: Reach) -> list[GrantId]:
    """Two active grants without entries, of which the first has this reach."""
    with psycopg.connect(database.superuser_url, autocommit=True) as superuser:
        for table in ("requests", "reviews", "grants", "outbox"):
            superuser.execute(f"alter table {table} disable trigger all")
    engine = build_engine(database.superuser_url, pool_size=1, application_name="test")
    work = partial(SqlUnitOfWork, engine, None)
    asked = (terms(), terms("tom"))
    made = [active(work, work, expires_at=now() + HOUR, asked=one).id for one in asked]
    with work() as uow:
        uow.reaches.put(made[:1], read, read_at=uow.now)
        uow.commit()
    engine.dispose()
    return made


def summarized(database: ControlDatabase, grant_id: GrantId) -> Event:
    """The entry about the grant's statement, which is on record with its summary."""
    engine = build_engine(database.worker_url, pool_size=1, application_name="test-worker")
    with SqlUnitOfWork(engine, None) as uow:
        uow.activity.add([statement("select 1", grant_id=grant_id, cluster="main", at=uow.now)])
        summary, digest = uow.activity.summarize(grant_id)
        uow.activity.keep(
            KeptSummary(grant_id=grant_id, summary=summary, digest=digest, is_final=True, made_at=uow.now)
        )
        uow.commit()
    engine.dispose()
    data = {"statements": summary.statements, "digest": digest}
    return Event(kind=EventKind.ACTIVITY_SUMMARIZED, actor="worker", grant_id=grant_id, data=data)


def restore(superuser: Superuser) -> None:
    for table in RESTORED:
        superuser.execute(f"delete from {table}")
        superuser.execute(f"insert into {table} select * from kept.{table}")
    superuser.execute(
        """update grants g set reach_id = k.reach_id, reach_read_at = k.reach_read_at
             from kept.grants k where k.id = g.id"""
    )


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the verifier where neither dbaccess nor any package but cryptography can be imported."""
    folder = tmp_path_factory.mktemp("auditor")
    packages = folder / "packages"
    packages.mkdir()
    site = Path(cryptography.__file__).parents[1]
    for found in (path for name in ("cryptography", "cffi", "_cffi_backend*") for path in site.glob(name)):
        (packages / found.name).symlink_to(found)
    program = str(shutil.copy(dbaccess_verify.__file__, folder))

    def run(*arguments: str, program: str = program) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-S", program, *arguments],
            env={"PYTHONPATH": str(packages)},
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )

    (folder / "imports.py").write_text("import dbaccess", encoding="utf-8")
    assert "No module named 'dbaccess'" in run(program=str(folder / "imports.py")).stderr
    return run


def online(url: str, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(arguments), env={"DATABASE_URL": url})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout


def test_each_manipulation_is_named_with_its_place_and_kind(
    tampered: Tampered,
    database: ControlDatabase,
    alone: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
) -> None:
    key = ["--public-key", str(FIRST.public)]
    witness = ["--checkpoint", tampered.witness.line()]
    for number, (name, case) in enumerate(CASES.items()):
        more = witness if case.with_witness else []
        out = tmp_path / f"{number}.jsonl"
        try:
            case.harm(tampered)
            code, said = online(database.auditor_url, "verify", "--json", *key, *more)
            found = {(fault["seq"], fault["kind"]) for fault in json.loads(said)["faults"]}
            assert (code, case.online in found) == (1, True), (name, found)
            made, _ = online(database.auditor_url, "bundle", "--out", str(out))
        finally:
            restore(tampered.superuser)
        if name == "whole chain rewritten and signed":
            assert {(10, "key"), (20, "key")} <= found
        assert made == 0, name
        done = alone(str(out), *key, *more)
        if case.offline is None:
            assert (done.returncode, done.stderr) == (0, ""), (name, done.stdout)
            continue
        places = re.findall(r"(?:entry|checkpoint) (\d+): (\w+): ", done.stdout)
        assert (done.returncode, done.stderr) == (1, ""), (name, done.stdout)
        assert case.offline in {(int(seq), kind) for seq, kind in places}, (name, done.stdout)


def test_entry_that_cannot_be_read_keeps_no_bundle_and_no_report_from_being_made(
    tampered: Tampered, database: ControlDatabase, tmp_path: Path
) -> None:
    """Whichever it is, the place of a time is found by the others, and the entry is named."""
    since, until = (tampered.at(seq).isoformat() for seq in (12, 21))
    for number, wrecked in enumerate(([7], [11, 12], [*range(1, 12)], [*range(12, 24)])):
        out, page = tmp_path / f"{number}.jsonl", tmp_path / f"{number}.json"
        try:
            tampered.superuser.execute(
                "update ledger set body = '\\x78', kind = 'group.changed' where seq = any(%s)", [wrecked]
            )
            bundled = CliRunner().invoke(
                app,
                ["bundle", "--out", str(out), "--from", since, "--to", until],
                env={"DATABASE_URL": database.auditor_url},
            )
            told = CliRunner().invoke(
                audit,
                ["report", "--from", "1d", "--format", "json", "--out", str(page)],
                env={"DATABASE_URL": database.auditor_url},
            )
        finally:
            restore(tampered.superuser)
        assert (bundled.exit_code, told.exit_code) == (0, 0), (wrecked, bundled.output, told.output)
        seqs = [
            found["entry"]["seq"]
            for found in map(json.loads, out.read_bytes().splitlines())
            if "entry" in found
        ]
        assert set(seqs) >= {12, 20}, (wrecked, seqs)
        assert [int(seq) for seq in re.findall(r"Entry (\d+) cannot be read", bundled.output)] == [
            seq for seq in seqs if seq in wrecked
        ]
        note = json.loads(page.read_bytes())["head"]["notes"][-1]
        assert f"cannot be read, on which no row rests: {', '.join(map(str, wrecked))}. " in note


def test_time_before_the_first_entry_is_told(
    database: ControlDatabase, tampered: Tampered, tmp_path: Path
) -> None:
    del tampered  # its entries are there
    command = ["bundle", "--out", str(tmp_path / "early"), "--to", "2020-01-01"]
    done = CliRunner().invoke(app, command, env={"DATABASE_URL": database.auditor_url})
    assert isinstance(done.exception, NotFound)
    assert "it begins after --to" in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_whole_ledger_is_verified_by_each_key_and_says_what_is_not_known(
    tampered: Tampered,
    database: ControlDatabase,
    alone: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
) -> None:
    out = tmp_path / "whole.jsonl"
    code, said = online(database.auditor_url, "bundle", "--out", str(out))
    assert (code, "entries 1 to 23" in said) == (0, True)
    assert out.stat().st_mode & 0o777 == 0o600
    assert online(database.auditor_url, "bundle", "--out", str(out))[0] == 2
    for key in (FIRST, SECOND):
        found = json.loads(
            online(database.auditor_url, "verify", "--json", "--public-key", str(key.public))[1]
        )
        assert (found["faults"], found["signed_to"]) == ([], 20)
        done = alone(str(out), "--public-key", str(key.public))
        assert (done.returncode, done.stderr) == (0, "")
        assert "VERIFIED: acme, entries 1 to 20" in done.stdout
        assert "entries 21 to 23" in done.stdout
        assert "Not known: whether later entries were cut off" in done.stdout
    kept = tmp_path / "witness.jsonl"
    kept.write_text(f"{tampered.witness.line()}\n", encoding="ascii")
    done = alone(str(out), "--public-key", str(FIRST.public), "--checkpoint", str(kept))
    assert (done.returncode, "entries 1 to 22" in done.stdout, "Not known" in done.stdout) == (0, True, False)
    foreign = alone(str(out), "--public-key", str(MALLORY.public))
    assert (foreign.returncode, "key: was made with key" in foreign.stdout) == (1, True)
    other = checkpoint_of(tampered.entries[21], SECOND, installation="other").line()
    elsewhere = alone(str(out), "--public-key", str(FIRST.public), "--checkpoint", other)
    assert "given checkpoint 22: installation: is of other, and not of acme" in elsewhere.stdout
    assert elsewhere.returncode == 1
    code, text = online(database.auditor_url, "verify")
    assert (code, "The ledger itself names that key" in text) == (0, True)
    assert "Statements compared with the digests in the ledger: 1, of grants: 1." in text
    assert "Statements were not compared" in online(database.auditor_url, "verify", "--no-statements")[1]


def test_data_says_which_places_outside_were_read_and_how_far_they_reach(
    tampered: Tampered, database: ControlDatabase, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.touch(mode=0o600)
    kept.write_text(f"{tampered.witness.line()}\n", encoding="ascii")

    def said(*options: str, **environment: str) -> dict[str, Any]:
        given = {"DATABASE_URL": database.auditor_url, **environment}
        done = CliRunner().invoke(app, ["verify", "--json", *options], env=given)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    alone = said()
    assert (alone["kept_elsewhere_to"], alone["later_entries"], alone["witnesses"]) == (None, "unknown", [])
    given = said("--checkpoint", str(kept))
    assert (given["kept_elsewhere_to"], given["later_entries"]) == (22, "none_known")
    read = said(DBACCESS_WITNESS_PATH=str(kept), DBACCESS_WITNESS_SYSLOG="/nowhere/log")
    assert (read["kept_elsewhere_to"], read["later_entries"], read["faults"]) == (22, "none_known", [])
    file, syslog = read["witnesses"]
    assert (file["place"].startswith("file:"), file["checkpoints"], file["last"]) == (True, 1, 22)
    assert (syslog["checkpoints"], file["fault"], syslog["fault"]) == (None, None, None)
    try:
        tampered.superuser.execute("delete from ledger where seq > 21")
        cut = said(DBACCESS_WITNESS_PATH=str(kept))
    finally:
        restore(tampered.superuser)
    assert (cut["later_entries"], cut["complete_to"]) == ("cut_off", None)


def test_programs_that_an_auditor_takes_along_are_those_that_are_installed(database: ControlDatabase) -> None:
    for options, module in (
        ((), dbaccess_verify),
        (("--report",), dbaccess_verify_report),
        (("--columns",), dbaccess_verify_columns),
    ):
        code, said = online(database.auditor_url, "verifier", *options)
        assert (code, said) == (0, Path(str(module.__file__)).read_text(encoding="utf-8"))
