"""What a policy says, as data."""

from typing import Any

from dbaccess.domain.canonical import plain
from dbaccess.domain.policy import Policy


def policy_content(policy: Policy) -> dict[str, Any]:
    """All of it but its hash, which is the SHA-256 of this in canonical form."""
    content: dict[str, Any] = plain(policy)
    del content["hash"]
    return content
