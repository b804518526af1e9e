"""The tables as the migrations create them; rows never leave `dbaccess.storage`.

Importing one imports all, because a foreign key names a table of another module.
"""

from dbaccess.storage.models import (
    activity,
    base,
    break_glass_reviews,
    changed_names,
    checkpoints,
    clock_skews,
    counted_entries,
    directory,
    grants,
    homes,
    intake,
    ledger,
    lockdowns,
    messages,
    observations,
    outbox,
    policies,
    reaches,
    refused_attempts,
    requests,
    standing_access,
    transitions,
)

__all__ = [
    "activity",
    "base",
    "break_glass_reviews",
    "changed_names",
    "checkpoints",
    "clock_skews",
    "counted_entries",
    "directory",
    "grants",
    "homes",
    "intake",
    "ledger",
    "lockdowns",
    "messages",
    "observations",
    "outbox",
    "policies",
    "reaches",
    "refused_attempts",
    "requests",
    "standing_access",
    "transitions",
]
