"""A released revision stays as it is, and each of them can be upgraded with data in it."""

from dbaccess.storage.migrations import PACKAGED
from tests.migrations.release import DUMPS, checksum, released

INSTEAD = (
    "{} was released: installations have run it. Put the change into a new revision, versions/NNNN_name.py; "
    "CONTRIBUTING.md says how under 'Add a migration'. Functions, triggers, rules and rights are in sql/."
)


def test_released_revision_is_never_edited() -> None:
    versions = PACKAGED.root / "versions"
    for name, digest in released().items():
        assert (versions / name).is_file(), INSTEAD.format(name)
        assert checksum(versions / name) == digest, INSTEAD.format(name)


def test_each_released_revision_has_a_dump() -> None:
    revisions = {name.partition("_")[0] for name in released()}
    assert {path.stem for path in DUMPS.glob("*.sql")} == revisions
