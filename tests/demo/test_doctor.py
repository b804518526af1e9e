"""`dbaccess doctor` beside the demo, as an operator runs it with the workers' environment."""

import os
import subprocess
import sys

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
