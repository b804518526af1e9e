"""Writes `dbaccess/activity/server_words.json` from the server's own message catalogues.

    python -m tests.samples.server_words

It needs Debian's `postgresql-15`, with its catalogues `postgres-15.mo`.
"""

import gettext
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

CATALOGUES: Final = Path("/usr/share/locale")
WRITTEN: Final = Path(__file__).parents[2] / "dbaccess" / "activity" / "server_words.json"

MESSAGES: Final[Mapping[str, str]] = {
    "error": "ERROR",
    "fatal": "FATAL",
    "panic": "PANIC",
    "log": "LOG",
    "warning": "WARNING",
    "notice": "NOTICE",
    "info": "INFO",
    "debug": "DEBUG",
    "detail_part": "DETAIL:  ",
    "hint_part": "HINT:  ",
    "query_part": "QUERY:  ",
    "context_part": "CONTEXT:  ",
    "statement_part": "STATEMENT:  ",
    "location_part": "LOCATION:  %s, %s:%d\n",
    "statement": "statement: %s",
    "execute": "execute",
    "fetch": "execute fetch from",
    "named": "%s %s%s%s: %s",
    "fastpath": 'fastpath function call: "%s" (OID %u)',
    "duration": "duration: %s ms",
    "timed_statement": "duration: %s ms  statement: %s",
    "timed_named": "duration: %s ms  %s %s%s%s: %s",
    "timed_parse": "duration: %s ms  parse %s: %s",
    "timed_bind": "duration: %s ms  bind %s%s%s: %s",
    "timed_fastpath": 'duration: %s ms  fastpath function call: "%s" (OID %u)',
    "prepare": "prepare: %s",
}
"""The messages of which the reader must know the words, by our names for them."""


def words_of(catalogue: Path) -> dict[str, str]:
    """Return the messages in the catalogue's language."""
    with catalogue.open("rb") as file:
        translated = gettext.GNUTranslations(file).gettext
        return {name: translated(text).rstrip("\n") for name, text in MESSAGES.items()}


def all_words() -> dict[str, dict[str, str]]:
    """Return the messages by language; English is the server's own."""
    found = {"en": {name: text.rstrip("\n") for name, text in MESSAGES.items()}}
    for catalogue in sorted(CATALOGUES.glob("*/LC_MESSAGES/postgres-15.mo")):
        found[catalogue.parts[-3]] = words_of(catalogue)
    return found


if __name__ == "__main__":
    WRITTEN.write_text(
        json.dumps(all_words(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
