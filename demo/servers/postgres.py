"""A PostgreSQL server of our own on 127.0.0.1."""

import re
import secrets
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg

from demo.servers.account import Account
from demo.servers.ports import free_port
from demo.servers.postgres_binaries import PostgresBinaries
from demo.servers.process import ServerFailed, ServerProcess, server_failed
from demo.servers.server import Server

SUPERUSER = "postgres"
_START_SECONDS = 60.0
_ANSWERS = ("ready", "standby")
_ATTEMPTS = 10
_TAIL = 4_000
_PORT_TAKEN = ("could not create any TCP/IP sockets", "Address already in use")
# A backend of a server killed with -9 may need a moment to notice and let go of the shared memory.
_LAST_ONE_LINGERS = ("is still in use", "already exists")


class Postgres(Server):
    """One cluster, below `home`: `data/`, `server.log`, `superuser.password`.

    `durable=False` trades safety at a power cut for speed; a killed process loses nothing either way.
    `preferred_port` is taken where it is free.
    """

    name = "PostgreSQL"

    def __init__(
        self,
        binaries: PostgresBinaries,
        home: Path,
        *,
        account: Account | None = None,
        durable: bool = False,
        settings: Mapping[str, str] | None = None,
        preferred_port: int | None = None,
    ) -> None:
        super().__init__(home, account=account)
        self.binaries = binaries
        self.data_dir = self.home / "data"
        self._config = self.home / "postgresql.conf"
        self._durable = durable
        self.settings = dict(settings or {})
        self._preferred_port = preferred_port

    @property
    def version(self) -> int:
        return self.binaries.version

    def url(self, user: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """A `postgresql://` URL; without a password, the superuser's."""
        secret = self._password if password is None else password
        return (
            f"postgresql://{quote(user, safe='')}:{quote(secret, safe='')}@127.0.0.1:{self.port}"
            f"/{quote(database, safe='')}"
        )

    def start(self) -> None:
        """Make the cluster if there is none, and wait until it answers; does nothing if it runs."""
        with self._lock:
            if self.running:
                return
            if not (self.data_dir / "PG_VERSION").exists():
                self._create()
            self._password = (self.home / "superuser.password").read_text().strip()
            if self._process is None:
                self._end_orphan()
            self._start_with_retry()

    def stop(self) -> None:
        """Shut down in order; open sessions are closed."""
        with self._lock:
            if self._process is not None:
                self._process.stop((signal.SIGINT, 20), (signal.SIGQUIT, 5))

    def pause(self) -> None:
        """Take connections but never answer, as a server behind a silent network does."""
        with self._lock:
            self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        with self._lock:
            self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None or not self._process.alive:
            raise ServerFailed("this PostgreSQL does not run")
        self._process.signal(number)

    def _create(self) -> None:
        self._account.make_home(self.home)
        password_file = self.home / "superuser.password"
        self._account.write(password_file, secrets.token_urlsafe(24) + "\n")
        locale = ["--locale=C"]
        if self.version >= 17:  # noqa: PLR2004 the first with a locale that needs nothing from the system
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        argv = [self.binaries.program("initdb"), "-D", str(self.data_dir), "-U", SUPERUSER]
        argv += ["-A", "scram-sha-256", f"--pwfile={password_file}", "-E", "UTF8", *locale]
        argv += [] if self._durable else ["--no-sync"]
        if iterations := self.settings.get("scram_iterations"):  # the superuser's password is hashed here
            argv += ["-c", f"scram_iterations={iterations}"]
        done = self._account.run(argv, env=_ENVIRONMENT, cwd=self.home)
        if done.returncode != 0:
            raise ServerFailed(f"initdb failed in {self.data_dir}:\n{done.stdout}{done.stderr}")

    def _start_with_retry(self) -> None:
        for attempt in range(_ATTEMPTS):
            port = self._port or (self._preferred_port if attempt == 0 else None) or free_port()
            self._configure(port)
            offset = self.log.stat().st_size if self.log.exists() else 0
            if self._start_once():
                self._port = port
                return
            said = self.log.read_bytes()[offset:].decode(errors="replace") + self._collected()
            # A server that collects its own log may die before the reason is in it.
            is_told = self.settings.get("logging_collector") != "on"
            if is_told and not any(sign in said for sign in (*_PORT_TAKEN, *_LAST_ONE_LINGERS)):
                break
            time.sleep(0.1 * attempt)
        raise server_failed(f"PostgreSQL {self.version} did not start in {self.data_dir}", self.log)

    def _collected(self) -> str:
        """Return the end of the newest file of the server's own log, where it collects one."""
        files = sorted((self.data_dir / "log").glob("*.log"), key=lambda file: file.stat().st_mtime)
        return files[-1].read_bytes()[-_TAIL:].decode(errors="replace") if files else ""

    def _start_once(self) -> bool:
        self._process = ServerProcess(
            [self.binaries.program("postgres"), "-D", str(self.data_dir), f"--config-file={self._config}"],
            account=self._account,
            env=_ENVIRONMENT,
            cwd=self.home,
            log=self.log,
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self._ready(self._process.pid):
            if self._process.wait(0.02):
                return False
            if time.monotonic() > deadline:
                self._process.stop()
                raise server_failed(f"PostgreSQL did not answer within {_START_SECONDS:.0f} s", self.log)
        return True

    def _ready(self, pid: int) -> bool:
        status = self._pid_file()
        return len(status) > 7 and status[0] == str(pid) and status[7].strip() in _ANSWERS  # noqa: PLR2004 line 8

    def _pid_file(self) -> list[str]:
        try:
            return (self.data_dir / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _configure(self, port: int) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "32MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self._durable:
            # Not synchronous_commit: without it a killed server forgets what it had already confirmed.
            settings |= {"fsync": "off", "full_page_writes": "off"}
        settings |= self.settings
        lines = [f"{name} = {_quoted(value)}\n" for name, value in settings.items()]
        self._account.write(self._config, "".join(lines))

    def _end_orphan(self) -> None:
        # If the kernel cannot end a server with its parent, one from an earlier run may still be here. It is
        # ended only if it answers to our password for our data: another process may have the pid by this
        # time.
        status = self._pid_file()
        if len(status) <= 3 or not status[0].isdigit() or not status[3].isdigit():  # noqa: PLR2004 line 4: the port
            return
        self._port = int(status[3])
        try:
            with psycopg.connect(self.url(), connect_timeout=3, autocommit=True) as connection:
                row = connection.execute("show data_directory").fetchone()
                if row is None or Path(row[0]).resolve() != self.data_dir:
                    return
        except psycopg.OperationalError:
            return
        finally:
            self._port = None
        done = self._account.run(
            [self.binaries.program("pg_ctl"), "stop", "-D", str(self.data_dir), "-m", "fast", "-w"],
            env=_ENVIRONMENT,
            cwd=self.home,
        )
        if done.returncode != 0:
            raise ServerFailed(
                f"an earlier PostgreSQL in {self.data_dir} does not stop: {done.stderr.strip()}"
            )


_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _quoted(value: str) -> str:
    if re.search(r"[\n\r\0]", value):
        raise ValueError("a setting's value must be one line")
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
