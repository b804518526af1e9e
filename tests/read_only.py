"""A control database that takes no writes from some logins, although it is a primary."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from tests.databases import ControlDatabase

_MAKE = """
create function public.refuse_writes() returns event_trigger language plpgsql as $$
begin
    if session_user = any (string_to_array({logins}, ' ')) then
        perform set_config('default_transaction_read_only', 'on', false);
    end if;
end $$;
create event trigger refuse_writes on login execute function public.refuse_writes();
alter event trigger refuse_writes enable always"""


@contextmanager
def refuses_writes(database: ControlDatabase, *logins: str) -> Iterator[None]:
    """Their new sessions are read-only, whatever they set when they connect; PostgreSQL 17 or newer."""
    with psycopg.connect(database.superuser_url, autocommit=True) as admin:
        admin.execute(sql.SQL(_MAKE).format(logins=sql.Literal(" ".join(logins))))
        try:
            yield
        finally:
            admin.execute("drop event trigger refuse_writes; drop function public.refuse_writes()")
