"""Lists of grants for people, and grants that need a reminder."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from dbaccess.domain.grant import GrantId
from dbaccess.domain.holder import Holder
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.request import RequestId
from dbaccess.ports import ToRemind

_REVIEWED = text("""exists (
    select from requests given
     where given.id = grants.request_id and case
        when (given.terms ->> 'break_glass')::boolean then exists (
            select from break_glass_reviews pending
             where pending.grant_id = grants.id and pending.review_by = any(:groups)
        )
        else exists (
            select from jsonb_array_elements(given.terms -> 'approvals') slot where slot ->> 0 = any(:groups)
        )
     end
)""")

# Extensions move the end; the reminder belongs to the one that moved it last. The scalar subquery is a look
# into an index for each grant. An anti-join would compare each grant with each reminder while the planner's
# figures are older than the reminders.
_TO_REMIND = text("""
select ends.request_id, ends.holder_slack_id from (
    select g.holder_slack_id,
           coalesce(
               (select max(e.request_id) from extensions e
                 where e.grant_id = g.id and e.expires_at is not null),
               g.request_id
           ) as request_id
      from grants g
     where g.state = 'active' and g.duration > :longer_than
       and g.expires_at > :after and g.expires_at <= :until
) ends
 where (
    select m.id from messages m where m.request_id = ends.request_id and m.kind = 'dm.reminder'
) is null limit :limit""")

_HOLDERS = text("""
select distinct g.holder_slack_id, g.holder, g.target, coalesce(p.name, '') as name
  from grants g left join directory_people p on p.slack_id = g.holder_slack_id
 where g.state in ('provisioning', 'active')""")

_UNKNOWN = text(
    """select made.login from unnest(cast(:ids as bigint[]), cast(:logins as text[])) made (id, login)
         left join grants on grants.id = made.id and grants.recipe is not null
                         -- A recipe that lost its login is a known grant's, and no sign of an older database.
                         and coalesce(grants.recipe ->> 'login', made.login) = made.login
        where grants.id is null"""
)


def reviewed_by(groups: Collection[str]) -> Any:
    """For a break-glass: the groups that review it afterwards."""
    return _REVIEWED.bindparams(groups=sorted(groups))


def to_remind(
    session: Session, *, after: datetime, until: datetime, longer_than: timedelta, limit: int
) -> list[ToRemind]:
    values = {"after": after, "until": until, "longer_than": longer_than, "limit": limit}
    found = session.execute(_TO_REMIND, values)
    return [(RequestId(row.request_id), SlackId(row.holder_slack_id)) for row in found]


def holders(session: Session) -> set[Holder]:
    return {
        Holder(account=SlackId(account), person=PersonId(person), target=target, name=name)
        for account, person, target, name in session.execute(_HOLDERS)
    }


def unknown(session: Session, logins: Sequence[tuple[GrantId | None, str]]) -> set[str]:
    values = {"ids": [grant_id for grant_id, _ in logins], "logins": [login for _, login in logins]}
    return set(session.scalars(_UNKNOWN, values)) if logins else set()
