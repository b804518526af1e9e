"""Everything the demo consists of, started in order and stopped in reverse."""

import json
import secrets
import time
import tomllib
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from demo.databases import (
    TARGETS,
    fill_targets,
    forget_last_start,
    give_passwords,
    make_control,
    make_reader,
    people_are_known,
    set_up_worker,
    take_control,
    worker_url,
)
from demo.panel.app import Panel
from demo.panel.session import Target
from demo.program import ROOT, Environment, Program, run
from demo.progress import Progress
from demo.servers.account import Account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import PostgresBinaries, embedded_postgres
from demo.servers.valkey import Valkey, embedded_valkey
from demo.stamp import Stamp
from demo.stop import Stop

WORLD = Path(__file__).with_name("world.toml")
CONFIG = Path(__file__).with_name("dbaccess.toml")
WORKER_LOGIN = "dbaccess_worker_login_demo"
BOT_TOKEN, APP_TOKEN = "xoxb-demo-bot", "xapp-demo-app"
CONTROL_PORT, TARGET_PORT, SANDBOX_PORT = 18730, 18731, 18732
NEXT = "dbaccess_next"
TARGET_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "reserved_connections": "5",
        "logging_collector": "on",
        "log_destination": "stderr,jsonlog",
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
    }
)
"""Connections are reserved for the workers. They read the log of the target, a file for each weekday."""

INSTALLATION = "demo"
ANSWER_WITHIN = 120.0


@dataclass(slots=True)
class Stage:
    """Where everything is, once it is set up. The started processes stop with `stack`."""

    home: Path
    account: Account
    progress: Progress
    stack: ExitStack
    stop: Stop
    sandbox: str = field(init=False)
    control: Postgres = field(init=False)
    target: Postgres = field(init=False)
    programs: list[Program] = field(default_factory=list)
    _preparing: Program | None = None

    def set_up(self) -> None:
        """Returns when every process answers; raises `ServerFailed` or `RuntimeError` with the reason.

        Raises `Stopped` between two steps once `stop` is told.
        """
        logs = self.home / "logs"
        logs.mkdir(exist_ok=True)
        ready = self._begin_sandbox(logs)  # it comes up while the servers do
        binaries = embedded_postgres(self.account, self.home)
        self.control = self._postgres(binaries, "control", CONTROL_PORT)
        self.target = self._postgres(binaries, "target", TARGET_PORT, TARGET_SETTINGS)
        valkey = Valkey(embedded_valkey(self.account, self.home), self.home / "valkey", account=self.account)
        self.stack.callback(valkey.stop)
        # Again, so that they end before the servers do; the first time is for servers that do not come up.
        self.stack.callback(self._stop_programs)
        self._side_by_side(self._make_control, self._make_target, lambda: self._make_valkey(valkey))
        self._until("the sandbox answers", ready.exists)
        self.sandbox = ready.read_text()
        self._start_bot_and_workers(valkey, logs)
        self._until("the bot is connected", lambda: _sockets(self.sandbox) >= 1)
        self._until("the workers have read people and groups", lambda: people_are_known(self.control))
        self.progress.step("bot and workers answer")

    def check(self) -> None:
        """Raises `ServerFailed` where something that was started is gone."""
        for program in self.programs:
            program.check()
        if self._preparing is not None and self._preparing.exit_code is not None:
            if self._preparing.exit_code == 0:
                self._next_is_there.set()
            self._preparing = None
        if not self.target.running:
            raise RuntimeError("the target's PostgreSQL has ended by itself")

    def panel(self) -> Panel:
        """The values that the page beside the sandbox needs."""
        world = tomllib.loads(WORLD.read_text())
        return Panel(
            sandbox=self.sandbox,
            targets={
                f"{name}-prod": Target(host="127.0.0.1", port=self.target.port, database=name)
                for name in TARGETS
            },
            ledger_url=make_reader(self.control),
            people={user["id"]: user["real_name"] for user in world["users"]},
            zones={user["id"]: user.get("tz", "Etc/UTC") for user in world["users"]},
        )

    def _postgres(
        self,
        binaries: PostgresBinaries,
        name: str,
        port: int,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> Postgres:
        server = Postgres(
            binaries, self.home / name, account=self.account, settings=settings, preferred_port=port
        )
        self.stack.callback(server.stop)
        return server

    def _side_by_side(self, *lanes: Callable[[], None]) -> None:
        """Returns when all are done, or raises what one raised; none of them runs on after that."""
        with ThreadPoolExecutor(len(lanes)) as pool:
            for lane in as_completed([pool.submit(lane) for lane in lanes]):
                lane.result()

    def _answers(self, server: Postgres | Valkey) -> None:
        self.stop.go_on()
        if isinstance(server, Postgres) and not (server.data_dir / "PG_VERSION").exists():
            self._step(f"Making a PostgreSQL {server.version} cluster: {server.home.name}")
        server.start()
        self._step(f"{server.name} answers: {server.home.name}")

    def _make_control(self) -> None:
        """Every start begins with an empty ledger."""
        self._answers(self.control)
        if not self._next_is_there.take():
            self._migrate(NEXT)
        take_control(self.control, NEXT)
        self._step("Control database made, with the roles of bot and workers")

    def _make_target(self) -> None:
        self._answers(self.target)
        if rows := fill_targets(self.target):
            self._step(f"{rows:,} rows made in orders and billing")
        config = CONFIG.read_text().replace("{port}", str(self.target.port))
        self._config.write_text(config)
        self._prepare_worker()
        forget_last_start(self.target, INSTALLATION)

    def _make_valkey(self, valkey: Valkey) -> None:
        self._answers(valkey)
        valkey.flush()  # jobs of the last start name grants that are others now

    def _start_bot_and_workers(self, valkey: Valkey, logs: Path) -> None:
        urls = give_passwords(self.control)
        common = {"REDIS_URL": valkey.url(0), "SLACK_BOT_TOKEN": BOT_TOKEN}
        plain = {"DBACCESS_CONFIG": str(self._config), "SLACK_API_URL": f"{self.sandbox}/api/"}
        witness = self.home / "witness"
        witness.unlink(missing_ok=True)  # its checkpoints are of the last start's ledger
        workers = self._environment("workers").set(**plain, DBACCESS_DIRECTORY_EVERY="2")
        workers.set(DBACCESS_WITNESS_PATH=str(witness))
        workers.secret(**common, DATABASE_URL=urls["dbaccess_worker"])
        workers.secret(DBACCESS_CLUSTER_MAIN_URL=worker_url(self.target, WORKER_LOGIN))
        workers.secret(DBACCESS_LEDGER_KEY=_new_ledger_key())
        self._start("workers", "workers", env=workers, logs=logs)
        bot = self._environment("bot").set(**plain)
        bot.secret(**common, SLACK_APP_TOKEN=APP_TOKEN, DATABASE_URL=urls["dbaccess_bot"])
        self._start("bot", "bot", env=bot, logs=logs)

    def _begin_sandbox(self, logs: Path) -> Path:
        """Started; the file that is returned holds its address once it answers."""
        ready = self.home / "sandbox.address"
        ready.unlink(missing_ok=True)
        options = [
            "--manifest",
            str(ROOT / "manifest.yml"),
            "--world",
            str(WORLD),
            "--ready-file",
            str(ready),
        ]
        options += ["--port", str(SANDBOX_PORT), "--or-another-port"]
        self._start("sandbox", "sandbox", *options, env=self._environment("sandbox"), logs=logs)
        self.stack.callback(self._stop_programs)
        return ready

    def _stop_programs(self) -> None:
        """Bot and workers end side by side, then the sandbox they speak to; harmless when repeated."""
        sandbox, *others = self.programs
        others += [self._preparing] if self._preparing is not None else []
        for program in others:
            program.ask_to_stop()
        for program in [*others, sandbox]:
            program.stop()

    def prepare_next(self) -> None:
        """The control database of the next start begins to be made, so that it need not wait for it."""
        if not self._next_is_there.fits():
            env = self._owner(NEXT).as_dict()
            self._preparing = Program("migrate", "dbaccess.cli", "migrate", env=env, logs=self.home / "logs")

    @property
    def _next_is_there(self) -> Stamp:
        return Stamp(self.home / "next.stamp", ROOT / "dbaccess")

    def _migrate(self, name: str) -> None:
        self._run(["dbaccess.cli", "migrate"], self._owner(name), what="dbaccess migrate")

    def _owner(self, name: str) -> Environment:
        return self._environment("owner").secret(DBACCESS_MIGRATE_URL=make_control(self.control, name))

    def _prepare_worker(self) -> None:
        prepared = Stamp(self.home / "worker.stamp", ROOT / "dbaccess", CONFIG)
        if prepared.fits():
            return
        command = ["dbaccess.cli", "targets", "setup-sql", "--cluster", "main"]
        command += ["--version", str(self.target.version)]
        environment = self._environment("setup").set(DBACCESS_CONFIG=str(self._config))
        set_up_worker(self.target, self._run(command, environment, what="dbaccess targets setup-sql"))
        prepared.set()

    def _run(self, command: list[str], environment: Environment, *, what: str) -> str:
        return run(command, env=environment.as_dict(), what=what, stop=self.stop)

    @property
    def _config(self) -> Path:
        return self.home / "dbaccess.toml"

    def _environment(self, name: str) -> Environment:
        return Environment(self.home / "secrets" / name)

    def _start(self, name: str, *arguments: str, env: Environment, logs: Path) -> None:
        self.programs.append(Program(name, *arguments, env=env.as_dict(), logs=logs))

    def _step(self, what: str) -> None:
        self.progress.step(what)
        self.stop.go_on()

    def _until(self, what: str, look: Callable[[], bool]) -> None:
        deadline = time.monotonic() + ANSWER_WITHIN
        while not look():
            self.stop.go_on()
            self.check()
            if time.monotonic() > deadline:
                raise RuntimeError(f"not within {ANSWER_WITHIN:.0f} s: {what}. Logs: {self.home / 'logs'}")
            time.sleep(0.1)


def _new_ledger_key() -> str:
    """The key that `dbaccess ledger keygen` makes, without the second that starting it takes."""
    return f"ed25519-private:{b64encode(secrets.token_bytes(32)).decode()}"


def _sockets(sandbox: str) -> int:
    with urllib.request.urlopen(f"{sandbox}/sandbox/status", timeout=5) as answer:  # noqa: S310 our own
        return int(json.load(answer)["answer"]["sockets"])
