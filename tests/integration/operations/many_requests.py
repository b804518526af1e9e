"""Many requests and grants at once, written past the guards, which refuse rows without ledger entries."""

from dbaccess.domain.grant import Grant
from dbaccess.domain.request import Request
from tests.integration.operations.house import House
from tests.superuser import superuser_on

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


_COLUMNS = """
select string_agg(quote_ident(attname), ', ') from pg_attribute
 where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''"""
_COPY = """
insert into {table} ({columns}) overriding system value
select {columns}
  from (select copy.* from {table} one cross join generate_series(%s::int, %s::int) n
         cross join jsonb_populate_record(one, jsonb_build_object({changes})) copy
         where one.id = %s) copies"""

_OWN = """'id', 100000 + n, 'request_id', 100000 + n, 'target', 'copy-' || n,
          'recipe', one.recipe || jsonb_build_object('grant_id', 100000 + n)"""


def holder_has(house: House, like: Grant, first: int, last: int) -> None:
    """Add grants like this one, each with its request, with these numbers and to these targets."""
    for table, changes, one in (
        ("requests", "'id', 100000 + n", like.request_id),
        ("grants", _OWN, like.id),
    ):
        with superuser_on(house.control.superuser_url) as connection:
            [(columns,)] = connection.execute(_COLUMNS, [table]).fetchall()
        house.as_superuser(f"alter table {table} disable trigger user")
        house.as_superuser(_COPY.format(table=table, columns=columns, changes=changes), first, last, one)
        house.as_superuser(f"analyze {table}")
