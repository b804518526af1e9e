"""The whole of dbaccess as it is run: bot, workers and sandbox, each a process of its own."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

import psycopg

from demo.servers.valkey import Valkey
from sandbox.client import Message, Person, Sandbox, plain
from sandbox.waiting import PATIENCE
from tests.acceptance.config import RULES, configuration
from tests.contract.postgresql.least_privilege import worker_access
from tests.databases import ControlDatabase, TargetDatabase
from tests.forked import Ran, run_forked, start_forked
from tests.programs import Program, Start

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
CHANNEL = "C0APPROVALS"
PATIENT = f"""
[limits]
acknowledge_within = {PATIENCE}
trigger_within = {PATIENCE}
"""
"""More than the three seconds that Slack gives an app: no test fails because the machine is busy."""

T = TypeVar("T")


@dataclass(slots=True)
class Stack:
    """Starts, stops and kills the processes; what they wrote is under `home`.

    `of_workers` is what only the workers' environment holds, beside what it always does. `start` starts each
    program: a fork of what is imported already, unless the imports are part of what is measured.
    """

    bots: ClassVar[tuple[str, ...]] = ("bot",)
    home: Path
    control: ControlDatabase
    redis_url: str
    cluster_url: str
    lock_database: str
    config: Path
    installation: str
    world: Path = HERE / "world.toml"
    of_workers: dict[str, str] = field(default_factory=dict)
    start: Start = start_forked
    _as_first: str = ""
    _without: tuple[str, ...] = ()
    _session: "psycopg.Connection[tuple[Any, ...]] | None" = None
    sandbox: Sandbox = field(init=False)
    processes: dict[str, Program] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        target: TargetDatabase,
        control: ControlDatabase,
        valkey: Valkey,
        *,
        home: Path,
        login: str = "ephemeral",
        rules: str = RULES,
    ) -> Self:
        """One target; its configuration is written, nothing runs yet."""
        access, config, world = worker_access(target), home / "dbaccess.toml", home / "world.toml"
        config.write_text(configuration(target, access.installation, login=login, rules=rules))
        world.write_text((HERE / "world.toml").read_text() + PATIENT)
        return cls(
            home=home,
            control=control,
            redis_url=valkey.url(0),
            cluster_url=access.url.get_secret_value(),
            lock_database=access.lock_database,
            config=config,
            installation=access.installation,
            world=world,
        )

    def start_sandbox(self) -> None:
        ready = self.home / "sandbox.address"
        options = ["--manifest", str(ROOT / "manifest.yml"), "--world", str(self.world)]
        self._spawn("sandbox", "sandbox", *options, "--ready-file", str(ready), env={})
        wait(lambda: ready.exists() or self._alive("sandbox"))
        self.sandbox = Sandbox(ready.read_text())

    def start_bot(self) -> None:
        self._spawn("bot", "bot", env=self.environment("bot"))
        self.sandbox.wait_connected()

    def start_workers(self, *without: str) -> None:
        options = [word for part in without for word in ("--without", part)]
        self._without = without
        self._spawn("workers", "workers", *options, env=self.environment("workers"))

    def stop(self, name: str) -> None:
        """As an operator stops it."""
        process = self.processes.pop(name)
        process.terminate()
        process.wait(PATIENCE)

    def kill(self, name: str) -> None:
        """`kill -9` of every process of the group."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)

    def keep_configuration(self, text: str | None = None) -> None:
        """`put_configuration_back` comes to this one, or back to that of this moment."""
        self._as_first = self.config.read_text() if text is None else text

    def put_configuration_back(self) -> bool:
        """Return whether the file was another; what runs has not read it yet."""
        changed = self.config.read_text() != self._as_first
        if changed:
            self.config.write_text(self._as_first)
        return changed

    def start_again(self) -> list[str]:
        """All runs, as it is started by default; return the names of those that ran on."""
        if self.of_workers or self._without or not self._lives("workers"):
            self.of_workers.clear()
            self._end("workers")
        if not all(map(self._lives, self.bots)):
            for name in self.bots:
                self._end(name)
        lasting = [name for name in (*self.bots, "workers") if name in self.processes]
        if "workers" not in lasting:
            self.start_workers()
        if self.bots[0] not in lasting:
            self.start_bot()
        return lasting

    def empty_logs(self) -> None:
        for log in self.home.glob("*.log"):
            os.truncate(log, 0)  # each program appends to its own

    def _end(self, name: str) -> None:
        if self._lives(name):
            self.stop(name)
        self.processes.pop(name, None)

    def _lives(self, name: str) -> bool:
        return name in self.processes and self.processes[name].poll() is None

    def close(self) -> None:
        for name in (*self.bots, "workers", "sandbox"):
            if name in self.processes:
                self.stop(name)
        if self._session is not None:
            self._session.close()

    def session(self) -> "psycopg.Connection[tuple[Any, ...]]":
        """The superuser's session on the control database: most tests ask again and again."""
        if self._session is None or self._session.closed:
            self._session = psycopg.connect(self.control.superuser_url, autocommit=True)
        return self._session

    def logs(self) -> str:
        return "\n".join(f"== {path.name}\n{path.read_text()}" for path in sorted(self.home.glob("*.log")))

    def person(self, slack_id: str) -> Person:
        return self.sandbox.person(slack_id)

    def cli(self, *arguments: str) -> Ran:
        """`dbaccess` with these arguments, as an operator runs it."""
        environment = self._environment(self.control.worker_url)
        return run_forked("dbaccess.cli.app:main", arguments, environment, self.home)

    def environment(self, program: str) -> dict[str, str]:
        """The settings of the program, as an operator would set them."""
        keep = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        keep["PYTHONPATH"] = str(ROOT)
        if program == "bot":
            own = {"SLACK_APP_TOKEN": "xapp-acceptance-app-token"}
            return keep | self._environment(self.control.bot_url) | own
        own = {"DBACCESS_CLUSTER_MAIN_URL": self.cluster_url, **self.of_workers}
        return keep | self._environment(self.control.worker_url) | own

    def _environment(self, database_url: str) -> dict[str, str]:
        return {
            "DATABASE_URL": database_url,
            "REDIS_URL": self.redis_url,
            "SLACK_BOT_TOKEN": "xoxb-acceptance-bot-token",
            "SLACK_API_URL": self.sandbox.api_url,
            "DBACCESS_CONFIG": str(self.config),
            "DBACCESS_DIRECTORY_EVERY": "1",
        }

    def _spawn(self, name: str, module: str, *options: str, env: Mapping[str, str]) -> None:
        keep = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        log = self.home / f"{name}.log"
        environment = {**keep, "PYTHONPATH": str(ROOT), **env}
        self.processes[name] = self.start(module, options, environment, self.home, log)

    def _alive(self, name: str) -> bool:
        assert self.processes[name].poll() is None, self.logs()
        return False


AnyStack = TypeVar("AnyStack", bound=Stack)


@contextmanager
def running(stack: AnyStack) -> Iterator[AnyStack]:
    """Sandbox, workers and bot are up; everything is gone afterwards."""
    try:
        stack.start_sandbox()
        stack.start_workers()
        stack.start_bot()
        stack.keep_configuration()
        yield stack
    except BaseException:
        sys.stderr.write(stack.logs()[-20_000:])
        raise
    finally:
        stack.close()


def wait(look: Callable[[], T | None], seconds: float = PATIENCE) -> T:
    """The first truthy thing `look` returns; fails when there is none in time."""
    until = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds} s: {look}")
        time.sleep(0.05)


def wait_message(read: Callable[[], list[Message]], *texts: str) -> Message:
    """The newest message that shows all the texts, once there is one."""

    def shown() -> Message | None:
        return next((m for m in reversed(read()) if all(text in plain(m) for text in texts)), None)

    try:
        return wait(shown)
    except AssertionError as late:
        there = "\n---\n".join(plain(message) for message in read())
        raise AssertionError(f"no message with {texts}; there are:\n{there}") from late
