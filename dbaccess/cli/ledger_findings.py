"""The ledger's part of `dbaccess doctor`: the key of this environment, and the last checkpoint."""

from collections.abc import Iterator

from dbaccess.audit.signing import LedgerKey
from dbaccess.cli.control import control
from dbaccess.domain.duration import format_duration
from dbaccess.operations.checkpoints.keys import last_introduction
from dbaccess.operations.checkpoints.make import LATE, unsigned_since
from dbaccess.ports import Finding
from dbaccess.settings import LedgerKeySettings, SettingsError


def ledger_findings(*, before_start: bool) -> Iterator[Finding]:
    """Yield what is wrong with the ledger's key and checkpoints, for the workers' environment."""
    try:
        given = LedgerKeySettings.load().dbaccess_ledger_key
    except SettingsError as error:
        yield Finding(what="Ledger key cannot be used", ok=False, fix=str(error))
        return
    if given is None:
        yield Finding(
            what="Ledger key is missing: the ledger gets no checkpoints",
            ok=False,
            fix="Make one with `dbaccess ledger keygen FILE`, and give FILE to the workers as "
            "DBACCESS_LEDGER_KEY_FILE.",
        )
        return
    key = LedgerKey.read(given.get_secret_value()).public
    with control() as begin, begin() as uow:
        known, last, since, now = (
            last_introduction(uow),
            uow.checkpoints.last(),
            unsigned_since(uow),
            uow.now,
        )
    if known is not None and known.key != key:
        yield Finding(
            what=f"Ledger key {key.key_id} is not the last that the ledger introduced, {known.key.key_id}",
            ok=False,
            fix="Give the workers that key, or introduce theirs with `dbaccess ledger rotate`.",
        )
        return
    if since is not None and now - since > LATE and not before_start:
        yield Finding(
            what=f"Ledger: entries wait for a checkpoint since {format_duration(now - since)}",
            ok=False,
            fix="Is the workers' part `reconciler` running? Its log has `not done` with `work=checkpoint`.",
        )
        return
    made = f"checkpoint at entry {last.checkpoint.seq}" if last is not None else "no checkpoint yet"
    yield Finding(what=f"Ledger: {made}, key {key.key_id}", ok=True)
