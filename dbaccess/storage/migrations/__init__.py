"""Changes of the control database: revisions in `versions`, and in `sql` what each migration makes anew."""

from dataclasses import dataclass
from pathlib import Path

from dbaccess.domain.errors import DbaccessError


class MigrationFailed(DbaccessError):
    """The control database is as it was; the text says what to run first."""


@dataclass(frozen=True, slots=True)
class Migrations:
    """A folder with an Alembic environment, `versions` and `sql`."""

    root: Path

    @property
    def sql(self) -> Path:
        """Return the folder of the files that each migration runs."""
        return self.root / "sql"

    @property
    def schema(self) -> Path:
        """Return the file that records the schema of this version."""
        return self.root / "schema.jsonl"


PACKAGED = Migrations(Path(__file__).parent)
"""Those of this version."""
