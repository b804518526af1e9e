"""The words that lead after `/dbaccess`, which no target may have for a name."""

from typing import Final

_WORDS: Final = frozenset(
    {
        "audit",
        "breakglass",
        "approve",
        "deny",
        "done",
        "extend",
        "finished",
        "h",
        "help",
        "i'mdone",
        "imdone",
        "list",
        "listall",
        "listmine",
        "lockdown",
        "revoke",
        "status",
        "withdraw",
        "who",
    }
)
"""Sub-commands and their aliases, without blanks and dashes: people type them with and without."""


def is_command_word(name: str) -> bool:
    """Return whether a command line that begins with this name would call a sub-command."""
    return name.casefold().replace("-", "").replace(" ", "") in _WORDS
