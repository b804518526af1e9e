"""The scopes of the bot token, as in manifest.yml: those that it needs, and those that more is done with."""

from typing import Final

SCOPES: Final = frozenset(
    {
        "commands",
        "chat:write",
        "im:write",
        "users:read",
        "usergroups:read",
        "channels:read",
        "groups:read",
    }
)

OPTIONAL: Final = frozenset({"files:write"})
"""With them auditors get reports as files in Slack; without them the command line makes the files."""
