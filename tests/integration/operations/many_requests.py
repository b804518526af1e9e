"""Many requests that wait at once, written past the guards, which refuse requests without ledger entries."""

from dbaccess.domain.request import Request
from tests.integration.operations.house import House

_OTHERS = """
insert into requests (requester_slack_id, terms, fingerprint, policy_hash, state, submitted_at, decide_by)
select 'U0N' || n, jsonb_set(terms, '{requester}', to_jsonb('n' || n)), fingerprint, policy_hash, state,
       submitted_at, decide_by + n * interval '1 s'
  from requests cross join generate_series(%s::int, %s::int) n where id = %s"""


def others_ask(house: House, like: Request, first: int, last: int) -> None:
    """Add requests like this one, of the people with these numbers."""
    house.as_superuser("alter table requests disable trigger user")
    house.as_superuser(_OTHERS, first, last, like.id)
    house.as_superuser("analyze requests")
