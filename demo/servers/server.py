"""The parts that our own servers share: one process at a time, below one folder, on one port."""

import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Self

from demo.servers.account import Account, server_account
from demo.servers.process import ServerFailed, ServerProcess


class Server(ABC):
    """Safe to use from several threads. `home` is made with the first start and outlives the server."""

    name: ClassVar[str]

    def __init__(self, home: Path, *, account: Account | None) -> None:
        self.home = home.resolve()
        self.log = self.home / "server.log"
        self._account = account or server_account()
        self._lock = threading.RLock()
        self._process: ServerProcess | None = None
        self._port: int | None = None
        self._password = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port, the same over restarts of this object."""
        if self._port is None:
            raise ServerFailed(f"this {self.name} was never started")
        return self._port

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.alive

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerFailed(f"this {self.name} was never started")
        return self._process.pid

    @abstractmethod
    def start(self) -> None:
        """Start it and wait for an answer; does nothing if it runs."""

    @abstractmethod
    def stop(self) -> None:
        """It is shut down in order."""

    def kill(self) -> None:
        """End it with -9, as a crash would."""
        with self._lock:
            if self._process is not None:
                self._process.kill()

    def restart(self) -> None:
        with self._lock:
            self.stop()
            self.start()
