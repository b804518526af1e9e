"""The ledger's keys from the command line: made once, replaced with both signatures, and named by doctor."""

import stat
from pathlib import Path

from sqlalchemy import Engine

from dbaccess.audit.signing import LedgerKey
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.key_introduction import KeyIntroduction, SignedIntroduction
from dbaccess.domain.ledger_key import read_public_key
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.integration.cli.conftest import Run


def introduce(worker: Engine, key: LedgerKey) -> None:
    introduction = KeyIntroduction(installation="acme", key=key.public, follows=None)
    signature = key.sign(introduction.canonical())
    signed = SignedIntroduction(introduction=introduction, signature=signature, follows_signature=None)
    with SqlUnitOfWork(worker, None) as uow:
        uow.record(Event(kind=EventKind.LEDGER_KEY_INTRODUCED, actor="worker", data=signed.data()))
        uow.commit()


def test_key_is_made_for_its_owner_alone_and_never_replaced(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "key"
    made = run("ledger", "keygen", str(file))
    assert made.code == 0, made.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = LedgerKey.read(file.read_text())
    assert read_public_key(made.out) == key.public
    assert key.write() not in made.out + made.err
    again = run("ledger", "keygen", str(file))
    assert (again.code, "never replaced" in again.err) == (2, True)
    assert LedgerKey.read(file.read_text()).public == key.public
    nowhere = run("ledger", "keygen", str(tmp_path / "none" / "key"))
    assert (nowhere.code, "cannot be written" in nowhere.err) == (2, True)


def test_rotation_is_recorded_with_both_keys_and_doctor_names_the_new_one(
    run: Run, control_database: ControlDatabase, worker: Engine, tmp_path: Path
) -> None:
    old, new = LedgerKey.generate(), LedgerKey.generate()
    file = tmp_path / "new"
    file.write_text(new.write())
    given = {"DATABASE_URL": control_database.worker_url, "DBACCESS_LEDGER_KEY": old.write()}

    def doctor(**environment: str) -> list[tuple[str, bool]]:
        # A cluster's URL marks the environment of the workers.
        found = run(
            "doctor", "--json", DBACCESS_CLUSTER_MAIN_URL="postgresql://nowhere/x", **environment
        ).json
        return [(one["what"], one["ok"]) for one in found if one["what"].startswith("Ledger")]

    refused = run("ledger", "rotate", str(file), **given)
    assert (refused.code, "no key yet" in refused.err) == (2, True)
    introduce(worker, old)
    assert doctor(**given) == [(f"Ledger: no checkpoint yet, key {old.public.key_id}", True)]
    done = run("ledger", "rotate", str(file), **given)
    assert done.code == 0, done.err
    assert read_public_key(done.out) == new.public
    assert new.write() not in done.out + done.err
    entries = run("ledger", "tail", "--kind", "ledger.key_introduced", "--json", **given).json
    assert [one["data"]["key_id"] for one in entries] == [old.public.key_id, new.public.key_id]
    assert entries[1]["data"]["follows"] == str(old.public)
    ((said, is_right),) = doctor(**given)
    assert not is_right
    assert new.public.key_id in said
    changed = given | {"DBACCESS_LEDGER_KEY": new.write()}
    assert doctor(**changed) == [(f"Ledger: no checkpoint yet, key {new.public.key_id}", True)]
    ((said, is_right),) = doctor(DATABASE_URL=control_database.worker_url)
    assert (said, is_right) == ("Ledger key is missing: the ledger gets no checkpoints", False)
    ((said, is_right),) = doctor(DATABASE_URL=control_database.worker_url, DBACCESS_LEDGER_KEY="hunter2")
    assert (said, is_right) == ("Ledger key cannot be used", False)


def test_rotation_without_the_old_key_needs_the_word_lost(
    run: Run, control_database: ControlDatabase, worker: Engine, tmp_path: Path
) -> None:
    introduce(worker, LedgerKey.generate())
    file = tmp_path / "new"
    file.write_text("hunter2")
    url = control_database.worker_url
    for arguments, told in (((), "DBACCESS_LEDGER_KEY is not set"), (("--lost",), "is no key")):
        refused = run("ledger", "rotate", str(file), *arguments, DATABASE_URL=url)
        assert (refused.code, told in refused.err) == (2, True), refused.err
    file.write_text(LedgerKey.generate().write())
    assert run("ledger", "rotate", str(file), "--lost", DATABASE_URL=url).code == 0
    (_, last) = run("ledger", "tail", "--kind", "ledger.key_introduced", "--json", DATABASE_URL=url).json
    assert last["data"]["follows_signature"] is None
