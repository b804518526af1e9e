"""The counts of refused attempts."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from dbaccess.domain.limits import ALL_REFUSALS_AN_HOUR, REFUSALS_AN_HOUR
from dbaccess.domain.people import SlackId
from dbaccess.domain.refused_attempt import LeftOut

_HOUR = "date_trunc('hour', now(), 'UTC')"
_OF_ALL = text(
    f"""select coalesce(sum(recorded), 0) from refused_attempts
         where hour = {_HOUR} and recorded > 0"""  # noqa: S608 a constant
)
_BEGIN = text(
    f"insert into refused_attempts (hour, slack_id) values ({_HOUR}, :account) on conflict do nothing"  # noqa: S608 a constant
)
_COUNT = text(
    f"""update refused_attempts
           set recorded = recorded + case when :room and recorded < :limit and left_out = 0 then 1 else 0 end,
               left_out = left_out + case when :room and recorded < :limit and left_out = 0 then 0 else 1 end
         where hour = {_HOUR} and slack_id = :account
        returning left_out"""  # noqa: S608 a constant
)
_TAKE = text(
    f"""with gone as (delete from refused_attempts where hour < {_HOUR} returning left_out)
        select coalesce(sum(left_out), 0), count(*) filter (where left_out > 0) from gone"""  # noqa: S608 a constant
)


class SqlRefusedAttempts:
    def __init__(self, session: Session) -> None:
        self._session = session

    def count(self, account: SlackId) -> bool:
        room = self._session.execute(_OF_ALL).scalar_one() < ALL_REFUSALS_AN_HOUR
        self._session.execute(_BEGIN, {"account": account})
        given = {"account": account, "room": room, "limit": REFUSALS_AN_HOUR}
        # Within an hour none is recorded after one was left out, for this account.
        left_out: int = self._session.execute(_COUNT, given).scalar_one()
        return left_out == 0

    def take_left_out(self) -> LeftOut | None:
        attempts, accounts = self._session.execute(_TAKE).one()
        return LeftOut(attempts=int(attempts), accounts=accounts) if attempts else None
