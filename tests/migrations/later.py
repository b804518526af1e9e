"""Migrations of a version that does not exist: those of this one, and a revision after them."""

import shutil
from pathlib import Path

from dbaccess.storage.migrations import PACKAGED, Migrations
from dbaccess.storage.upgrade import head_revision

REVISION = "9999"
NOTE = "as the later revision notes it"

_REVISION = f"""
from alembic import op

revision = "{REVISION}"
down_revision = "{{head}}"


def upgrade() -> None:
    op.execute("alter table grants add column priority integer not null default 3")
    # The guards of a version that runs would refuse it: a review is never rewritten.
    op.execute("update reviews set note = '{NOTE}'")
"""
_FUNCTION = """
create function public.guard_draft() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$ begin raise exception 'no new draft'; end $$;
"""
_TRIGGER = """
create trigger guard before insert on drafts for each row execute function guard_draft();
"""


def with_later_revision(folder: Path) -> Migrations:
    """Return migrations in `folder`: one more column with a default, changed rows, and one more guard."""
    root = folder / "migrations"
    shutil.copytree(PACKAGED.root, root)
    revision = root / "versions" / f"{REVISION}_priority.py"
    revision.write_text(_REVISION.format(head=head_revision()), encoding="utf-8")
    for name, more in (("guards.sql", _FUNCTION), ("triggers.sql", _TRIGGER)):
        path = root / "sql" / name
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    return Migrations(root)
