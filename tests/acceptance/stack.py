"""The whole of dbaccess as it is run: bot, workers and sandbox, each a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TypeVar

from demo.servers.valkey import Valkey
from sandbox.client import Message, Person, Sandbox, buttons, plain
from tests.acceptance.config import RULES, configuration
from tests.contract.postgresql.least_privilege import worker_access
from tests.databases import ControlDatabase, TargetDatabase

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
CHANNEL = "C0APPROVALS"
T = TypeVar("T")


@dataclass(slots=True)
class Stack:
    """Starts, stops and kills the processes; what they wrote is under `home`.

    `of_workers` is what only the workers' environment holds, beside what it always does.
    """

    home: Path
    control: ControlDatabase
    redis_url: str
    cluster_url: str
    lock_database: str
    config: Path
    world: Path = HERE / "world.toml"
    of_workers: dict[str, str] = field(default_factory=dict)
    sandbox: Sandbox = field(init=False)
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

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
        access, config = worker_access(target), home / "dbaccess.toml"
        config.write_text(configuration(target, access.installation, login=login, rules=rules))
        return cls(
            home=home,
            control=control,
            redis_url=valkey.url(0),
            cluster_url=access.url.get_secret_value(),
            lock_database=access.lock_database,
            config=config,
        )

    def start_sandbox(self) -> None:
        ready = self.home / "sandbox.address"
        options = ["--manifest", str(ROOT / "manifest.yml"), "--world", str(self.world)]
        self._spawn("sandbox", "sandbox", *options, "--ready-file", str(ready), env={})
        wait(lambda: ready.exists() or self._alive("sandbox"), 20)
        self.sandbox = Sandbox(wait(lambda: ready.read_text() if ready.exists() else None, 20))

    def start_bot(self) -> None:
        self._spawn("bot", "bot", env=self.environment("bot"))
        self.sandbox.wait_connected(timeout=40)

    def start_workers(self, *without: str) -> None:
        options = [word for part in without for word in ("--without", part)]
        self._spawn("workers", "workers", *options, env=self.environment("workers"))

    def stop(self, name: str) -> None:
        """As an operator stops it."""
        process = self.processes.pop(name)
        process.terminate()
        process.wait(20)

    def kill(self, name: str) -> None:
        """`kill -9` of every process of the group."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def close(self) -> None:
        for name in ("bot", "workers", "sandbox"):
            if name in self.processes:
                self.stop(name)

    def logs(self) -> str:
        return "\n".join(f"== {path.name}\n{path.read_text()}" for path in sorted(self.home.glob("*.log")))

    def person(self, slack_id: str) -> Person:
        return self.sandbox.person(slack_id)

    def cli(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        env = self._environment(self.control.worker_url)
        return subprocess.run(
            [sys.executable, "-m", "dbaccess.cli", *arguments],
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=self.home,
        )

    def environment(self, program: str) -> dict[str, str]:
        """What the program is started with, as an operator would set it."""
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
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", module, *options],
                env={**keep, "PYTHONPATH": str(ROOT), **env},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self.home,
            )

    def _alive(self, name: str) -> bool:
        assert self.processes[name].poll() is None, self.logs()
        return False


@contextmanager
def running(stack: Stack) -> Iterator[Stack]:
    """Sandbox, workers and bot are up; everything is gone afterwards."""
    try:
        stack.start_sandbox()
        stack.start_workers()
        stack.start_bot()
        yield stack
    except BaseException:
        sys.stderr.write(stack.logs()[-20_000:])
        raise
    finally:
        stack.close()


def wait(look: Callable[[], T | None], seconds: float) -> T:
    """The first truthy thing `look` returns; fails when there is none in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {look}")


def wait_message(read: Callable[[], list[Message]], *texts: str, seconds: float = 20) -> Message:
    """The newest message that shows all the texts, once there is one."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for message in reversed(read()):
            if all(text in plain(message) for text in texts):
                return message
        time.sleep(0.05)
    shown = "\n---\n".join(plain(message) for message in read())
    raise AssertionError(f"no message with {texts} within {seconds} s; there are:\n{shown}")


def button(message: Message, text: str) -> bool:
    return any(b.text == text for b in buttons(message))
