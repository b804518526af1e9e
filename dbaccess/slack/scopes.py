"""The scopes that the bot token needs, as in manifest.yml."""

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
