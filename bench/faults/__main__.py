"""`make faults`: a campaign of faults over grants that come and go; exits 1 where a promise is broken."""

import argparse
import random
import secrets
import sys
import tempfile
from pathlib import Path

from bench.faults.campaign import Campaign
from bench.faults.checker import Checker, Watched
from bench.faults.compare import compare
from bench.faults.site import Place, site
from bench.faults.verdict import Verdict

MINUTES = 10.0
PEOPLE, PEOPLE_15 = 20, 10


def main(arguments: list[str] | None = None) -> int:
    """Print what was seen; the seed repeats which faults and holders there are, not their timing."""
    options = _parser().parse_args(arguments)
    seed = options.seed if options.seed is not None else secrets.randbelow(1_000_000)
    _say(f"seed {seed}, {options.minutes:g} minutes of faults")
    with tempfile.TemporaryDirectory(prefix="dbaccess-faults-") as home:
        verdict = _run(Path(home), seed, options.minutes * 60, keep=options.logs)
    broken = verdict.hard if options.hard else verdict.broken
    for what in broken:
        _say(f"BROKEN {what}")
    return 1 if broken else 0


def _run(home: Path, seed: int, seconds: float, *, keep: Path | None) -> Verdict:
    with site(home, people=PEOPLE, people_15=PEOPLE_15) as built:
        watched = {place.name: _watched(place) for place in built.places}
        with Checker(home / "seen.json", watched) as checker:
            campaign = Campaign(built, random.Random(seed), _say)  # noqa: S311 repeatable on purpose
            campaign.run(seconds)
            verdict = compare(campaign, checker.stop())
        _say(verdict.table())
        if keep is not None:
            keep.write_text(built.logs())
        return verdict


def _watched(place: Place) -> Watched:
    database = place.database
    names = [f"jit\\_{place.access.installation}\\_%", *(person.lower() for person in place.people)]
    roles = [database.read_role, database.write_role, database.owner_role]
    return Watched(url=database.superuser_url, roles=roles, logins=names)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of faults (default: %(default)s)")
    parser.add_argument("--seed", type=int, help="which faults and holders there are (default: a new one)")
    parser.add_argument("--logs", type=Path, help="write the processes' logs there")
    parser.add_argument(
        "--hard", action="store_true", help="compare only what holds however busy the machine is"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
