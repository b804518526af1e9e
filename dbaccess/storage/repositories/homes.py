"""The Home tabs that people opened lately."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import case, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.home_tab import HomeTab
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import RequestId
from dbaccess.storage.models.homes import HomeRow as Row

# Ordered, so that two of these never deadlock.
_TOUCH = text("""
with concerned as (
    select h.slack_id
      from homes h
     where h.look_at > :at
       and exists (
           select from requests r left join break_glass_reviews b on b.request_id = r.id
            where r.id = any(cast(:requests as bigint[]))
              and (r.requester_slack_id = any(h.accounts) or b.review_by = any(h.groups)
                   or 'operators' = any(h.groups)
                   or exists (select from jsonb_array_elements(r.terms -> 'approvals') slot
                               where slot ->> 0 = any(h.groups))))
     order by h.slack_id
       for update)
update homes set look_at = :at from concerned where homes.slack_id = concerned.slack_id""")


class SqlHomes:
    def __init__(self, session: Session) -> None:
        self._session = session

    def opened(self, tab: HomeTab) -> None:
        values = {
            "accounts": sorted(tab.accounts),
            "groups": sorted(tab.groups),
            "shown": tab.shown,
            "look_at": tab.look_at,
        }
        row = insert(Row).values(slack_id=tab.slack_id, **values)
        again = row.on_conflict_do_update(constraint="homes_pk", set_={**values, "opened_at": func.now()})
        self._session.execute(again)

    def touch(self, request_ids: Collection[RequestId], *, at: datetime) -> None:
        if request_ids:
            self._session.execute(_TOUCH, {"requests": sorted(request_ids), "at": at})

    def touch_all(self, *, at: datetime) -> None:
        self._session.execute(update(Row).where(Row.look_at > at).values(look_at=at))

    def due(self, now: datetime, *, opened_since: datetime, limit: int) -> list[HomeTab]:
        # A tab that a compromised bot dated ahead counts as opened long ago.
        rows = select(Row).where(Row.look_at <= now, Row.opened_at.between(opened_since, now))
        found = self._session.scalars(rows.order_by(Row.look_at, Row.slack_id).limit(limit))
        return [_tab(row) for row in found]

    def looked(self, before: HomeTab, after: HomeTab) -> None:
        is_same = Row.look_at == before.look_at
        self._session.execute(
            update(Row)
            .where(Row.slack_id == before.slack_id)
            .values(
                accounts=sorted(after.accounts),
                groups=sorted(after.groups),
                shown=case((is_same, after.shown), else_=""),
                look_at=case((is_same, after.look_at), else_=Row.look_at),
            )
        )


def _tab(row: Row) -> HomeTab:
    return HomeTab(
        slack_id=SlackId(row.slack_id),
        accounts=frozenset(map(SlackId, row.accounts)),
        groups=frozenset(row.groups),
        shown=row.shown,
        look_at=row.look_at,
    )
