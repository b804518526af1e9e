"""A file that a command makes: whole or not at all, for its owner alone, and in the place of no other."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import typer


def refuse_existing(out: Path) -> None:
    """Raise a usage error if there is anything of that name."""
    if os.path.lexists(out):
        raise typer.BadParameter(f"{out} exists. No file is replaced; name another.")


@contextmanager
def new_file(out: Path) -> Iterator[BinaryIO]:
    """Yield a file that only its owner reads, and that has its name once it is whole and on disk."""
    refuse_existing(out)
    part = None
    try:
        handle, part = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # The name is taken first: a rename alone replaces a file, and not every file system has hard links.
        os.close(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            Path(part).replace(out)
        except OSError:
            out.unlink()
            raise
    except FileExistsError:
        refuse_existing(out)
        raise
    except OSError as error:
        raise typer.BadParameter(f"{out} cannot be written: {error.strerror}.") from None
    finally:
        if part is not None:
            Path(part).unlink(missing_ok=True)
