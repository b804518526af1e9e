"""The Home tabs: shown to a person who opens one, and kept true afterwards."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.errors import DirectoryTooOld, Refused, SlackFailure
from dbaccess.domain.home_tab import OPEN_FOR, HomeTab
from dbaccess.domain.overview import Overview
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import RequestId
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.identity import Workspace
from dbaccess.operations.queries.home import home
from dbaccess.ports import Messenger, Renderer, UnitOfWork, UnitOfWorkFactory

_log = structlog.get_logger(__name__)

SETTLED_AFTER: Final = timedelta(seconds=5)
"""A tab is compared again this long after the bot published it. The workers may have published an older
state at the same moment, and Slack keeps the later call.
"""
LOOK_EVERY: Final = timedelta(minutes=10)
"""Lockdowns, use, rules and groups change a tab too, and make no message of a request due."""
AGAIN_AFTER: Final = timedelta(minutes=1)
"""The wait after a failure."""
AT_ONCE: Final = 10
"""The most tabs in one round, because each costs several queries."""


MANY: Final = 500
"""Changed requests, for which it costs less to compare every tab."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """The content of the tab, at one moment."""

    found: Overview | Refused
    view: dict[str, Any]
    hash: str

    def tab(self, slack_id: SlackId, policy: Policy, *, look_at: datetime) -> HomeTab:
        return HomeTab(
            slack_id=slack_id,
            accounts=frozenset(policy.accounts(slack_id)),
            groups=self.found.groups if isinstance(self.found, Overview) else frozenset(),
            shown=self.hash,
            look_at=look_at,
        )


def open_home(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    renderer: Renderer,
    messenger: Messenger,
    slack_id: SlackId,
) -> None:
    """Publish what is open for this person now, or why they can do nothing, and keep that true from now on.

    Raises `SlackFailure`.
    """
    with begin() as uow:
        content = _content(uow, policy, workspace, renderer, slack_id)
    messenger.publish_home(slack_id, content.view)
    with begin() as uow:
        uow.homes.opened(content.tab(slack_id, policy, look_at=uow.now + SETTLED_AFTER))
        uow.commit()


def renew_homes(context: WorkerContext, changed: Collection[RequestId]) -> None:
    """Publish the tabs that no longer show the present state, the longest due first, a few at once.

    Tabs that the changed requests concern are due at once, the others from time to time. A tab that shows the
    present state is not published. If Slack allows no call now, the rest waits.
    """
    with context.begin() as uow:
        if len(changed) > MANY:
            uow.homes.touch_all(at=uow.now)
        else:
            uow.homes.touch(changed, at=uow.now)
        due = uow.homes.due(uow.now, opened_since=uow.now - OPEN_FOR, limit=AT_ONCE)
        uow.commit()
    for tab in due:
        failure = _renew(context, tab)
        if failure is not None and failure.passes:
            return


def _renew(context: WorkerContext, tab: HomeTab) -> SlackFailure | None:
    try:
        return _show(context, tab)
    except Exception as error:  # noqa: BLE001 the boundary between one person's tab and the others
        context.check_records()
        _log.error("home not shown", account=tab.slack_id, exc_info=error)
        _put_off(context, tab, AGAIN_AFTER)
    return None


def _show(context: WorkerContext, tab: HomeTab) -> SlackFailure | None:
    """Publish the tab unless it shows the present state; return why Slack did not take it."""
    with context.begin() as uow:
        content = _content(uow, context.policy, context.workspace, context.renderer, tab.slack_id)
    if isinstance(content.found, DirectoryTooOld):
        # It passes, and the tab that is there tells more than that.
        _put_off(context, tab, AGAIN_AFTER)
        return None
    if content.hash != tab.shown:
        try:
            context.messenger.publish_home(tab.slack_id, content.view)
        except SlackFailure as failure:
            wait = AGAIN_AFTER if failure.retry_after is None else timedelta(seconds=failure.retry_after)
            _put_off(context, tab, wait if failure.passes else LOOK_EVERY)
            return failure
    with context.begin() as uow:
        uow.homes.looked(tab, content.tab(tab.slack_id, context.policy, look_at=uow.now + LOOK_EVERY))
        uow.commit()
    return None


def _put_off(context: WorkerContext, tab: HomeTab, wait: timedelta) -> None:
    with context.begin() as uow:
        uow.homes.looked(tab, replace(tab, look_at=uow.now + wait))
        uow.commit()


def _content(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, renderer: Renderer, slack_id: SlackId
) -> _Content:
    found: Overview | Refused
    try:
        found = home(uow, policy=policy, workspace=workspace, slack_id=slack_id)
    except Refused as refused:
        found = refused
    timeless = renderer.home(found, now=uow.now, dated=False)
    return _Content(
        found=found,
        view=renderer.home(found, now=uow.now, dated=True),
        hash=hashlib.sha256(canonical_bytes(timeless)).hexdigest(),
    )
