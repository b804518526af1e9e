"""Twenty seconds of kills, stalls, lying links and hostile holders, judged by an independent checker."""

import subprocess
import sys

from tests.acceptance.stack import ROOT

SEED = 7
"""A campaign with another seed is another campaign: `make faults`."""


def test_no_fault_ends_a_grant_early_keeps_it_open_or_makes_a_receipt_false() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.faults", "--minutes", "0.3", "--seed", str(SEED), "--hard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=380,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    figures = dict(line.rsplit(maxsplit=1) for line in done.stdout.splitlines() if line.count("  ") > 1)
    assert int(figures["faults"]) > 2
    assert int(figures["ended"]) > 5
