"""Everything that an open page can hold open at once."""

import json
import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg

from sandbox.waiting import PATIENCE
from tests.acceptance.stack import wait
from tests.demo.test_panel import Holder, Page

_SLEEPS = "select 1 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'"


@contextmanager
def page_in_use(address: str, home: Path) -> Iterator[None]:
    """Two streams, a session and its statement; the block stops the demo.

    Each of them ends as an answer ends: one that is cut raises here.
    """
    desk = str(uuid.uuid4())
    window = f"{(home / 'sandbox.address').read_text()}/sandbox/people/U0MAYA/live"
    with (
        httpx.Client(base_url=address, timeout=PATIENCE) as http,
        http.stream("GET", "/live", params={"desk": desk}) as live,
        http.stream("GET", window) as seen,
        ThreadPoolExecutor() as pool,
    ):
        news, changes = live.iter_lines(), seen.iter_lines()
        greeting = json.loads(next(news).removeprefix("data: "))
        next(changes)
        page = Page(http=http, token=_token(http), news=[], desk=desk)
        password = (home / "target" / "superuser.password").read_text().strip()
        assert page.connect(Holder("postgres", password)).status_code == 200
        running = pool.submit(page.ask, "/run", statement="select pg_sleep(3600)")
        at = greeting["targets"]["orders-prod"]
        url = f"postgresql://postgres:{password}@{at['host']}:{at['port']}/postgres"
        with psycopg.connect(url) as watching:
            wait(lambda: watching.execute(_SLEEPS).fetchone())
        yield
        assert running.result().status_code in {200, 503}
        for stream in (news, changes):
            for _ in stream:
                pass


def _token(http: httpx.Client) -> str:
    found = re.search(r'demo-token" content="([^"]+)', http.get("/").text)
    assert found is not None
    return found[1]
