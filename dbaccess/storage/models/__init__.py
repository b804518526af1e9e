"""The tables, as the migrations make them; rows never leave `dbaccess.storage`.

Whoever asks for one has them all: a foreign key names a table of another module.
"""

from dbaccess.storage.models import (
    base,
    break_glass_reviews,
    clock_skews,
    directory,
    grants,
    intake,
    ledger,
    lockdowns,
    messages,
    observations,
    outbox,
    policies,
    requests,
    transitions,
)

__all__ = [
    "base",
    "break_glass_reviews",
    "clock_skews",
    "directory",
    "grants",
    "intake",
    "ledger",
    "lockdowns",
    "messages",
    "observations",
    "outbox",
    "policies",
    "requests",
    "transitions",
]
