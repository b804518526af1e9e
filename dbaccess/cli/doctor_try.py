"""`dbaccess doctor --try TARGET ROLE`: a real login with the role, for a few seconds, without Slack."""

import signal
from collections.abc import Callable
from typing import Any

import typer

from dbaccess.cli.control import control
from dbaccess.cli.environment import cluster_driver
from dbaccess.cli.output import actor, show_json
from dbaccess.cli.words import receipt_in_words
from dbaccess.domain.trial import LONGEST, Trial
from dbaccess.operations.grants.try_role import try_role
from dbaccess.policy_file import load_policy
from dbaccess.settings import ConfigSettings, DatabaseSettings
from dbaccess.signals import Signal


def try_on_target(target: str, role: str, *, yes: bool, as_json: bool) -> bool:
    """Ask, run the trial, and show its receipt; return whether each step passed.

    It needs the workers' environment, which has the target already: it gives no person more than they have.
    Raises `CannotStart` with another login to the control database than the workers'.
    """
    from dbaccess.storage.first_connection import look_first

    policy = load_policy(ConfigSettings.load().dbaccess_config)
    policy.role(target, role)
    look_first(DatabaseSettings.load().database_url, process="worker")
    driver = cluster_driver(policy.target(target).cluster)
    if as_json and not yes:
        raise typer.BadParameter("--json does not ask: write --yes too")
    if not yes:
        typer.echo(_asked(target, role))
        typer.confirm("Go on?", abort=True)
    interrupted = Signal(signal.SIGINT, signal.SIGTERM)
    said = (lambda _: None) if as_json else _say
    with control() as begin:
        trial = try_role(
            begin,
            driver,
            policy,
            target=target,
            role=role,
            actor=actor(),
            report=said,
            stopped=_once(interrupted),
        )
    _show(trial, as_json=as_json)
    return trial.passed


def _once(interrupted: Signal) -> Callable[[], bool]:
    """Return a question that stays answered: a signal is heard once, and asked for several times."""
    heard = False

    def ask() -> bool:
        nonlocal heard
        heard = heard or interrupted.wait(0)
        return heard

    return ask


def _asked(target: str, role: str) -> str:
    seconds = int(LONGEST.total_seconds())
    return (
        f"This makes a login with the role {role} on {target}, logs in with it, and removes it. "
        f"The login works for {seconds} s at most. The ledger records it under {actor()}."
    )


def _say(step: str) -> None:
    typer.secho(f"✓ {step}", fg=typer.colors.GREEN)


def _show(trial: Trial, *, as_json: bool) -> None:
    if as_json:
        show_json(_as_json(trial))
        return
    if trial.failure is not None:
        typer.secho(f"✗ {trial.failure}", fg=typer.colors.RED)
    if trial.receipt is None:
        typer.echo(
            f"    The end is not verified. {trial.recipe.login} cannot log in after "
            f"{trial.expires_at:%H:%M:%S} UTC, and the workers' sweep removes it. See: dbaccess ledger tail"
        )
        return
    typer.echo(f"Receipt: {', '.join(receipt_in_words(trial.receipt))}")


def _as_json(trial: Trial) -> dict[str, Any]:
    return {
        "passed": trial.passed,
        "login": trial.recipe.login,
        "expires_at": trial.expires_at.isoformat(),
        "failure": trial.failure,
        "receipt": trial.receipt.as_json() if trial.receipt else None,
    }
