"""One open page: what it is told while it is open, and the session that it holds."""

import asyncio
import re
from collections.abc import AsyncIterator

from demo.panel.results import Json
from demo.panel.session import NotPossible, Session, Target, connect

_NAME = re.compile(r"[0-9a-f-]{36}")
_MOST = 12
_BACK_WITHIN = 15.0


class Desk:
    """Messages wait here for the page; the session ends with it."""

    def __init__(self) -> None:
        self.session: Session | None = None
        self.watched = 0
        self._news: asyncio.Queue[Json] = asyncio.Queue(maxsize=1000)

    def tell(self, message: Json) -> None:
        if not self._news.full():
            self._news.put_nowait(message)

    async def next(self) -> Json:
        return await self._news.get()

    async def open_session(self, target: Target, *, user: str, password: str) -> Session:
        """Takes the place of the one before. Raises `NotPossible`."""
        self.close_session()
        session = await connect(target, user=user, password=password, ended=self._ended)
        if self.session is not None:  # two clicks at once: the first one stays
            session.close()
            raise NotPossible("Connected already.")
        self.session = session
        return session

    def close_session(self) -> None:
        if self.session is not None:
            self.session.close()
        self.session = None

    def _ended(self, why: str) -> None:
        self.session = None
        self.tell({"kind": "ended", "why": why})


class Desks:
    """Those of every open page, by the name that each made up for itself."""

    def __init__(self) -> None:
        self._desks: dict[str, Desk] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    def get(self, name: object) -> Desk:
        """Raises `NotPossible` where no page of that name is open."""
        if not isinstance(name, str) or name not in self._desks:
            raise NotPossible("This page is no longer connected to the demo: reload it.")
        return self._desks[name]

    async def watch(self, name: str, greeting: Json) -> AsyncIterator[Json]:
        """Yield what the page is told, for as long as it listens.

        A page that does not come back is cleared away.
        """
        if not _NAME.fullmatch(name) or (name not in self._desks and len(self._desks) >= _MOST):
            raise NotPossible("Too many of these pages are open: close one.")
        desk = self._desks.setdefault(name, Desk())
        desk.watched += 1
        try:
            yield greeting | {"user": desk.session.user if desk.session else None}
            while True:
                yield await desk.next()
        finally:
            desk.watched -= 1
            leaving = asyncio.create_task(self._clear(name, desk))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    def tell_all(self, message: Json) -> None:
        for desk in self._desks.values():
            desk.tell(message)

    def close(self) -> None:
        for desk in self._desks.values():
            desk.close_session()
        for task in self._leaving:
            task.cancel()

    async def _clear(self, name: str, desk: Desk) -> None:
        await asyncio.sleep(_BACK_WITHIN)
        if not desk.watched and self._desks.get(name) is desk:
            del self._desks[name]
            desk.close_session()
