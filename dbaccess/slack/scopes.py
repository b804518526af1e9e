"""What the bot token must be allowed: the scopes that manifest.yml asks for."""

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
