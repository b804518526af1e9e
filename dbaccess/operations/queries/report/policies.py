"""The policies that were loaded, as far as a report needs them."""

from typing import Any, Final

from dbaccess.domain.events import EventKind
from dbaccess.operations.queries.report.facts import Facts

_EVERY: Final = 2**62


class LoadedPolicies:
    """The depth of each role by the policy's hash. They are read at the first use, because most need none."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._read: dict[str, dict[tuple[str, str], str]] | None = None

    def access(self, policy_hash: str, target: str, role: str) -> str:
        """Return read, write or ddl; empty if no policy with that hash has the role."""
        if self._read is None:
            self._read = self._read_all()
        return self._read.get(policy_hash, {}).get((target, role), "")

    def _read_all(self) -> dict[str, dict[tuple[str, str], str]]:
        loaded = self._facts.of_kinds([EventKind.POLICY_LOADED], after=0, until=_EVERY)
        return {str(one.data.get("hash")): _depths(one.data.get("policy")) for one in loaded}


def _depths(policy: Any) -> dict[tuple[str, str], str]:
    """Return the depth by target and role; nothing from content of another form."""
    try:
        return {
            (target, role): str(has["access"])
            for target, offers in policy["targets"].items()
            for role, has in offers["roles"].items()
        }
    except (TypeError, KeyError, AttributeError):
        return {}
