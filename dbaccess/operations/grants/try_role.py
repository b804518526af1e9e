"""A trial of a role on its target, by the steps of a grant: made, used, ended, verified."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from dbaccess.domain.errors import DbaccessError, LostLease, Refused, TargetFailure
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.domain.policy import LoginKind, Policy
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.receipt import Receipt
from dbaccess.domain.trial import LONGEST, Trial, trial_tag
from dbaccess.operations.grants.credentials import new_password
from dbaccess.operations.lockdown_effect import refuse_in_lockdown
from dbaccess.operations.recipe import new_login
from dbaccess.ports import TargetDriver, UnitOfWork, UnitOfWorkFactory

PERSON = "doctor"
"""Stands for the person in the name of the login."""

INTERRUPTED = "Interrupted."
_BROKE = "An unexpected error broke the trial off."


def try_role(
    begin: UnitOfWorkFactory,
    driver: TargetDriver,
    policy: Policy,
    *,
    target: str,
    role: str,
    actor: str,
    report: Callable[[str], None],
    stopped: Callable[[], bool],
) -> Trial:
    """Make a login with the role, log in with it, and end it; return what was verified.

    It gives what a grant of the role gives. The password leaves this process for the login alone. Intent and
    result are ledger entries of `actor`. `report` hears each step that passed. `stopped` is asked between two
    steps; then the login ends at once. Raises `Refused`, with nothing changed, where no grant would be given,
    and `TargetFailure` if the cluster does not answer before the first step.
    """
    recipe, until = _plan(begin, driver, policy, target, role)
    of: dict[str, object] = {"target": target, "cluster": recipe.cluster, "role": role, "login": recipe.login}
    started = {"expires_at": until.isoformat(), "recipe": recipe.as_json()}
    _record(begin, EventKind.TRY_STARTED, actor, of | started)

    def fence() -> None:
        _check(begin, policy, target, until, stopped)

    failure: DbaccessError | None = None
    try:
        recipe = _use(driver, recipe, until, fence=fence, report=report)
    except DbaccessError as error:
        failure = error
    except BaseException:
        # Whatever it was: a trial that breaks off leaves nothing on the target.
        receipt, _ = _end(driver, recipe)
        _record(
            begin,
            EventKind.TRY_FAILED,
            actor,
            of | _result(receipt, TargetFailure(_BROKE, code="unexpected", touched=True)),
        )
        raise
    receipt, left = _end(driver, recipe)
    failure = failure or left
    kind = EventKind.TRY_FAILED if failure else EventKind.TRY_ENDED
    _record(begin, kind, actor, of | _result(receipt, failure))
    if receipt is not None:
        report("Ended, and verified that nothing is left")
    return Trial(recipe=recipe, expires_at=until, receipt=receipt, failure=str(failure) if failure else None)


def _plan(
    begin: UnitOfWorkFactory, driver: TargetDriver, policy: Policy, target: str, role: str
) -> tuple[Recipe, datetime]:
    on, gives = policy.target(target), policy.role(target, role)
    if on.login is not LoginKind.EPHEMERAL:
        raise Refused(
            f"People have logins of their own on {target}, with passwords of their own: nothing can be tried "
            "with one. Request the role instead."
        )
    identity = driver.facts().identity
    with begin() as uow:
        _refuse(uow, policy, target, on.cluster)
        until = uow.now + LONGEST
    login = new_login(policy.installation, PERSON)
    recipe = Recipe(
        grant_id=GrantId(0),
        cluster=on.cluster,
        cluster_identity=identity,
        database=on.database,
        login_kind=on.login.value,
        login=login,
        login_identity=None,
        tag=trial_tag(policy.installation, until, login),
        roles=tuple(sorted(gives.grants)),
        act_as=gives.act_as,
        standing=(),
        on=gives.on,
    )
    return recipe, until


def _refuse(uow: UnitOfWork, policy: Policy, target: str, cluster: str) -> None:
    """Raise `Refused` where a worker would give nothing."""
    refuse_in_lockdown(uow, policy, target, break_glass=False)
    if any(seen.why is not None and seen.cluster == cluster for seen in uow.observations.all()):
        raise Refused(f"Nothing is given on {cluster} in observe mode. See: dbaccess doctor")


def _use(
    driver: TargetDriver,
    recipe: Recipe,
    until: datetime,
    *,
    fence: Callable[[], None],
    report: Callable[[str], None],
) -> Recipe:
    """Give the role, and log in with it; return the recipe with the identity of its login."""
    made = driver.provision(recipe, valid_until=until, fence=fence)
    gives = ", ".join([*made.roles, *made.tables]) or "no role"
    report(f"Made {recipe.login}, and read back: {gives}")
    password = new_password()
    driver.set_password(recipe, password, fence=fence)
    fence()
    driver.log_in(recipe, password)
    report("Logged in with a new password, which is forgotten now")
    return replace(recipe, login_identity=made.login_identity)


def _check(
    begin: UnitOfWorkFactory,
    policy: Policy,
    target: str,
    until: datetime,
    stopped: Callable[[], bool],
) -> None:
    """Raise `LostLease` once the trial must stop; a lockdown that was committed before wins."""
    if stopped():
        raise LostLease(INTERRUPTED)
    with begin() as uow:
        refuse_in_lockdown(uow, policy, target, break_glass=False)
        if uow.now >= until:
            raise LostLease("The minute was over before the trial was.")


def _end(driver: TargetDriver, recipe: Recipe) -> tuple[Receipt | None, TargetFailure | None]:
    """Remove the login, and return what was verified, or why it could not be."""
    try:
        (outcome,) = driver.revoke([recipe], elsewhere=lambda _: {}, log=ProgressLog())
    except TargetFailure as failure:
        return None, failure
    if isinstance(outcome, TargetFailure):
        return None, outcome
    return outcome, None


def _result(receipt: Receipt | None, failure: DbaccessError | None) -> dict[str, object]:
    found: dict[str, object] = {"receipt": receipt.as_json() if receipt else None}
    if failure is not None:
        found["said"] = str(failure)
    if isinstance(failure, TargetFailure):
        found["code"] = failure.code
    return found


def _record(begin: UnitOfWorkFactory, kind: EventKind, actor: str, data: dict[str, object]) -> None:
    with begin() as uow:
        uow.record(Event(kind=kind, actor=actor, data=data))
        uow.commit()
