"""The work done about several grants, before and now."""

from collections.abc import Mapping

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.grant import GrantId


class ProgressLog:
    """`before` is the work of earlier calls, by grant.

    `done` is added by the present calls, also if they raise.

    The caller of the driver stores `done`, because another process may write the receipt.
    """

    def __init__(self, before: Mapping[GrantId, EndProgress] | None = None) -> None:
        self._before = before or {}
        self.done: dict[GrantId, EndProgress] = {}

    def of(self, grant_id: GrantId) -> EndProgress:
        """Return all work done, by earlier calls and by the present ones."""
        return self._before.get(grant_id, EndProgress()) + self.done.get(grant_id, EndProgress())

    def add(self, grant_id: GrantId, more: EndProgress) -> None:
        self.done[grant_id] = self.done.get(grant_id, EndProgress()) + more
