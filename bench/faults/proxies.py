"""TCP proxies in a process of their own: each link of a host to a server can be cut, slowed, or made to lie.

Commands come as lines `LINK MODE` on standard input; the ports of the links are the first line of output.
"""

import asyncio
import json
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Self

DELAY = 0.15
"""Seconds that every chunk takes in each direction on a slow link."""


class Mode(StrEnum):
    """How a link behaves. A flow that was silent or lost an answer never works again; a new one does."""

    PASS = "pass"  # noqa: S105 no password
    DROP = "drop"
    """Open flows are cut and new ones are refused."""
    DELAY = "delay"
    SWALLOW = "swallow"
    """The server hears everything, and its answers are lost."""
    SILENT = "silent"
    """The peer acknowledges each packet and never answers."""


@dataclass(slots=True)
class Link:
    """One proxied way to a server."""

    port: int
    mode: Mode = Mode.PASS
    flows: "set[Flow]" = field(default_factory=set)

    def turn(self, mode: Mode) -> None:
        self.mode = mode
        for flow in list(self.flows):
            if mode is Mode.DROP:
                flow.cut()
            if mode in {Mode.SWALLOW, Mode.SILENT}:
                flow.deaf = True
            if mode is Mode.SILENT:
                flow.mute = True

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode is Mode.DROP:
            writer.transport.abort()
            return
        try:
            there = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.transport.abort()
            return
        flow = Flow(link=self, here=writer, there=there[1])
        flow.mute, flow.deaf = self.mode is Mode.SILENT, self.mode in {Mode.SILENT, Mode.SWALLOW}
        self.flows.add(flow)
        await asyncio.gather(flow.pump(reader, to_server=True), flow.pump(there[0], to_server=False))
        self.flows.discard(flow)


@dataclass(eq=False, slots=True)
class Flow:
    """`mute`: the server receives nothing. `deaf`: the client receives nothing."""

    link: Link
    here: asyncio.StreamWriter
    there: asyncio.StreamWriter
    mute: bool = False
    deaf: bool = False

    def cut(self) -> None:
        self.here.transport.abort()
        self.there.transport.abort()

    async def pump(self, reader: asyncio.StreamReader, *, to_server: bool) -> None:
        writer = self.there if to_server else self.here
        with suppress(OSError):
            while chunk := await reader.read(65_536):
                if self.link.mode is Mode.DELAY:
                    await asyncio.sleep(DELAY)
                if not (self.mute if to_server else self.deaf):
                    writer.write(chunk)
                    await writer.drain()
        # A silent link carries no goodbye either: the server goes on with a peer that is gone.
        if not (self.mute if to_server else self.deaf):
            writer.close()
        elif not to_server:
            self.there.close()


class Proxies:
    """The process, and what it is told."""

    def __init__(self, targets: dict[str, int]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 our own
            [sys.executable, "-m", "bench.faults.proxies", json.dumps(targets)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError("they were asked for")
        self._say = self._process.stdin
        self._lock = threading.Lock()
        self.ports: dict[str, int] = json.loads(self._process.stdout.readline())

    def turn(self, link: str, mode: Mode) -> None:
        with self._lock:
            self._say.write(f"{link} {mode}\n")
            self._say.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(10)


async def _serve(targets: dict[str, int]) -> None:
    links = {name: Link(port) for name, port in targets.items()}
    servers = {name: await asyncio.start_server(link.accept, "127.0.0.1", 0) for name, link in links.items()}
    ports = {name: server.sockets[0].getsockname()[1] for name, server in servers.items()}
    sys.stdout.write(f"{json.dumps(ports)}\n")
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        name, mode = line.split()
        links[name].turn(Mode(mode))


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.argv[1])))
