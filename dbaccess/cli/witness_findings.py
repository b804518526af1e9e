"""The witnesses' part of `dbaccess doctor`: each is tried, and nothing is stored."""

from collections.abc import Iterator

from dbaccess.cli.control import control
from dbaccess.domain.errors import WitnessFailure
from dbaccess.domain.witness import WitnessState
from dbaccess.ports import Finding, Witness
from dbaccess.settings import SettingsError, WitnessSettings
from dbaccess.sinks.witnesses.choose import choose_witnesses

_NONE = Finding(
    what="No witness keeps the ledger's checkpoints outside the control database",
    ok=False,
    fix="Set one of DBACCESS_WITNESS_PATH, DBACCESS_WITNESS_SYSLOG, DBACCESS_WITNESS_S3 and "
    "DBACCESS_WITNESS_SLACK for the workers. Without one, its owner can replace the ledger without a trace.",
    is_advice=True,
)


def configured_witnesses() -> list[Witness]:
    """Return the witnesses of this environment that can be tried here; raises `SettingsError`.

    The one in Slack is not among them: only a message would try it.
    """
    given = WitnessSettings.load()
    try:
        return list(
            choose_witnesses(
                path=given.dbaccess_witness_path,
                syslog=given.dbaccess_witness_syslog,
                bucket=given.dbaccess_witness_s3,
                endpoint=given.dbaccess_witness_s3_endpoint,
            )
        )
    except ValueError as error:
        raise SettingsError(str(error)) from None


def witness_findings() -> Iterator[Finding]:
    """Yield what is wrong with the witnesses of the workers' environment."""
    try:
        channel, tried = WitnessSettings.load().dbaccess_witness_slack, configured_witnesses()
    except SettingsError as error:
        yield Finding(what="Witnesses cannot be used", ok=False, fix=str(error))
        return
    if channel is None and not tried:
        yield _NONE
        return
    with control() as begin, begin() as uow:
        states = {state.place: state for state in uow.witnesses.all()}
    for witness in tried:
        yield _tried(witness, states.get(witness.place))
    if channel is not None:
        yield _of_state(f"Witness slack: channel {channel}", states.get(f"slack:{channel}"))


def _tried(witness: Witness, state: WitnessState | None) -> Finding:
    try:
        said = witness.check()
    except WitnessFailure as error:
        return Finding(what=f"Witness {witness.kind} takes no checkpoint", ok=False, fix=str(error))
    return _of_state(f"Witness {witness.kind}: {said}", state)


def _of_state(what: str, state: WitnessState | None) -> Finding:
    if state is not None and state.failing_since is not None:
        return Finding(what=f"{what}, but the workers cannot use it", ok=False, fix=state.failure)
    last = f"last checkpoint at entry {state.seq}" if state is not None and state.seq else "no checkpoint yet"
    return Finding(what=f"{what}; {last}", ok=True)
