"""The ledger as it grows, read with a login that can read nothing else; and `dbaccess ledger verify`."""

import asyncio
import json
import os
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg

from demo.panel.words import told

ROOT = Path(__file__).parents[2]
_KEPT = 60
_LOOK_EVERY = 0.5
_DIAL_EVERY = 2.0
_VERIFY_WITHIN = 60.0
_NEW = b"select seq, body from public.ledger where seq > %s order by seq limit 500"
_START = b"select coalesce(max(seq), 0) from public.ledger"

Json = dict[str, Any]


class LedgerFeed:
    """The last entries in plain words; listeners get each new one, once and in order."""

    def __init__(self, url: str, people: Mapping[str, str], tell: Callable[[Json], None]) -> None:
        self.last: deque[Json] = deque(maxlen=_KEPT)
        self.start = 0
        """The newest entry when this feed began."""
        self._url = url
        self._people = people
        self._tell = tell
        self._seq = 0
        self._logins: dict[str, str] = {}
        """By grant: later entries of a grant, such as its extension, do not name the login."""
        self._begun = False

    async def follow(self) -> None:
        """Until it is cancelled; a control database that is away is dialled again, and that is told."""
        while True:
            try:
                async for entry in self._entries():
                    self.last.append(entry)
                    self._tell({"kind": "ledger", "entry": entry})
            except psycopg.Error as error:
                self._tell({"kind": "unread", "why": str(error).strip()})
                await asyncio.sleep(_DIAL_EVERY)

    async def _entries(self) -> AsyncIterator[Json]:
        connecting = psycopg.AsyncConnection.connect(self._url, autocommit=True, connect_timeout=5)
        async with await connecting as connection:
            if not self._begun:
                (self.start,) = await (await connection.execute(_START)).fetchone() or (0,)
                self._seq, self._begun = max(0, self.start - _KEPT), True
            while True:
                for seq, body in await (await connection.execute(_NEW, [self._seq])).fetchall():
                    self._seq = seq
                    yield self.told(json.loads(body))
                await asyncio.sleep(_LOOK_EVERY)

    def told(self, entry: Mapping[str, Any]) -> Json:
        """Return what the page is told of the entry, with its grant's login where an earlier one had that."""
        said = told(entry, self._people)
        if said["grant"] is not None:
            said["login"] = said["login"] or self._logins.get(said["grant"])
            if said["login"]:
                self._logins[said["grant"]] = said["login"]
        return said


class Verifier:
    """Runs the product's own check, one at a time."""

    def __init__(self, url: str) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self._environment = {**kept, "PYTHONPATH": str(ROOT), "DATABASE_URL": url}
        self._one = asyncio.Lock()

    async def verify(self) -> Json:
        """`whole`, and what the command said."""
        async with self._one:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "dbaccess.cli", "ledger", "verify"),
                env=self._environment,
                cwd=ROOT,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            try:
                said, _ = await asyncio.wait_for(process.communicate(), _VERIFY_WITHIN)
            except BaseException:
                process.kill()
                raise
        return {"whole": process.returncode == 0, "said": said.decode(errors="replace").strip()}
