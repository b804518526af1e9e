"""`dbaccess doctor` beside the demo, as an operator runs it with the workers' environment."""

import os
import subprocess
import sys
import tomllib

from demo.stage import CONFIG, WORLD
from tests.demo.running import ROOT, Demo


def test_doctor_finds_no_fault(demo: Demo) -> None:
    secrets = {f"{path.name}_FILE": str(path) for path in (demo.home / "secrets/workers").iterdir()}
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(demo.home),
        "DBACCESS_CONFIG": str(demo.home / "dbaccess.toml"),
        "DBACCESS_WITNESS_PATH": str(demo.home / "witness"),
        "SLACK_API_URL": f"{(demo.home / 'sandbox.address').read_text()}/api/",
        **secrets,
    }
    command = [sys.executable, "-m", "dbaccess.cli", "doctor"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "may use the 5 reserved connections" in done.stdout


def test_one_operator_locks_down_and_another_is_there_to_lift_it() -> None:
    policy, world = (tomllib.loads(path.read_text(encoding="utf-8")) for path in (CONFIG, WORLD))
    members = {group["id"]: group["users"] for group in world["user_groups"]}
    operators = {
        person
        for source in policy["groups"]["operators"]
        for person in members.get(source, [source])
        if any(user["id"] == person for user in world["users"])
    }
    assert len(operators) > 1
    assert "U0OLGA" in operators, "the tutorial locks down as Olga"
