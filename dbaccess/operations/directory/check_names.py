"""Alarms about channels and user groups that Slack calls otherwise than the policy does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.pinned_names import name_changes
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.message_updates import plan_notice

_log = structlog.get_logger(__name__)

A_ROUND: Final = 10
"""Names in one round: each channel is a call to Slack, and messages need the same calls."""


@dataclass(slots=True)
class NameCheck:
    """Compares the pinned names with Slack, a few in each round, in turns."""

    _after: str = ""

    def check(self, context: WorkerContext) -> None:
        """Tell the operators of each name that Slack uses otherwise, once until that changes again.

        The pinned ids stay in force. Raises `SlackFailure`; the next round goes on with the next names.
        """
        pinned = context.policy.pinned
        turn = self._turn(pinned)
        self._after = max(turn, default="")  # before the call: one that fails holds up no later names
        listed = context.directory.named(turn.values()) if turn else []
        changed = {change.name: change for change in name_changes(turn, listed)}
        with context.begin() as uow:
            uow.changed_names.keep(name for name in pinned if name not in turn or name in changed)
            for name, change in changed.items():
                if uow.changed_names.put(name, change.what, at=uow.now) != uow.now:
                    continue
                # The key names this change, so that the next one is reported again.
                key = f"name:{name}:{uow.now.isoformat()}"
                data = {"what": change.what, "fix": change.fix}
                plan_notice(
                    uow, NoticeKind.NAME_CHANGED, key=key, channel=context.policy.ops_channel, data=data
                )
                _log.error("pinned name changed", name=name, why=change.what)
            uow.commit()

    def _turn(self, pinned: Mapping[str, str]) -> dict[str, str]:
        """Return the names that come next, from the first again after the last."""
        names = sorted(pinned)
        following = [name for name in names if name > self._after] or names
        return {name: pinned[name] for name in following[:A_ROUND]}
