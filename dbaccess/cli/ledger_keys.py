"""`dbaccess ledger keygen` and `dbaccess ledger rotate`."""

import os
from pathlib import Path
from typing import Annotated

import typer

from dbaccess.cli.control import control
from dbaccess.cli.output import actor
from dbaccess.domain.ledger_key import InvalidKey
from dbaccess.settings import LedgerKeySettings, SettingsError

KeyFile = Annotated[Path, typer.Argument(help="The private key's file.")]


def keygen(
    file: Annotated[Path, typer.Argument(help="The file to make; one that is there is never replaced.")],
) -> None:
    """Make the private key that signs checkpoints of the ledger, and print its public key.

    Only the workers get the private key, in DBACCESS_LEDGER_KEY or DBACCESS_LEDGER_KEY_FILE. Keep the public
    key where no user of the control database can change it: auditors verify with it.

    Example: dbaccess ledger keygen /etc/dbaccess/workers/ledger-key
    """
    from dbaccess.audit.signing import LedgerKey

    key = LedgerKey.generate()
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(f"{key.write()}\n")
    except FileExistsError:
        raise typer.BadParameter(f"{file} is there already, and a key is never replaced") from None
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be written: {error.strerror}") from None
    typer.echo(f"{key.public}\n")
    typer.echo(f"The private key is in {file}, for the workers alone. Key id: {key.public.key_id}", err=True)


def rotate(
    file: KeyFile,
    lost: Annotated[bool, typer.Option("--lost", help="The old key is lost; verifiers stop here.")] = False,  # noqa: FBT002 an option
) -> None:
    """Introduce a new key of the ledger, signed with the old key and with the new one.

    A verifier that trusts the old key follows to the new one. Run it with the workers' environment, which has
    the old key, and make the new key with `dbaccess ledger keygen` before. Then give the new key to all
    workers and restart them: until then there are no checkpoints.

    With --lost the new key signs alone. Then auditors need its public key from you.

    Example: dbaccess ledger rotate /etc/dbaccess/workers/ledger-key-2
    """
    from dbaccess.audit.signing import LedgerKey
    from dbaccess.operations.checkpoints.keys import replace_key

    given = None if lost else LedgerKeySettings.load().dbaccess_ledger_key
    if given is None and not lost:
        raise SettingsError("DBACCESS_LEDGER_KEY is not set: it holds the old key. Without it, use --lost.")
    try:
        new = LedgerKey.read(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise typer.BadParameter(f"{file} cannot be read") from None
    except InvalidKey as why:
        raise typer.BadParameter(f"{file} {why}") from None
    old = LedgerKey.read(given.get_secret_value()) if given is not None else None
    with control() as begin:
        signed = replace_key(begin, old=old, new=new, actor=actor())
    follows = signed.introduction.follows
    typer.echo(f"{new.public}\n")
    typer.echo(
        f"Key {new.public.key_id} follows {follows.key_id if follows else ''}. "
        "Give it to all workers as DBACCESS_LEDGER_KEY now, and restart them.",
        err=True,
    )
