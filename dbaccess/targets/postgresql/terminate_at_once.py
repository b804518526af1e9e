"""The sessions of a batch of ends on one server: terminated, and noted for each grant."""

from collections.abc import Collection, Sequence

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.postgresql.cluster import is_of
from dbaccess.targets.postgresql.revocation_state import RevocationState
from dbaccess.targets.postgresql.session_sweep import SessionSweep, Termination, told
from dbaccess.targets.postgresql.starting_sessions import REFUSED
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session, SessionKey


def terminate_known(opened: Session, revocations: Sequence[RevocationState], *, server: str) -> None:
    """Terminate each session of logins with a recorded identity, before any other look.

    The statement tells each login from all others by itself. Looking first would cost the end of a session
    another answer of the server. The sessions of a login that was renamed end after that look.
    """
    known = [e for e in revocations if e.has_recorded_login and is_of(e.recipe, opened.identity)]
    values = [[e.oid for e in known], [e.recipe.login for e in known]]
    _terminate(opened, known, "terminate_known", values, server=server)


def terminate_made(opened: Session, revocations: Sequence[RevocationState], *, server: str) -> None:
    """Terminate each session of the logins made for grants, in one statement that waits for no lock."""
    made = [e for e in revocations if e.is_ephemeral and e.oid and e.is_known]
    _terminate(opened, made, "terminate_all", [[e.oid for e in made]], server=server)


def _terminate(
    opened: Session,
    revocations: Sequence[RevocationState],
    how: str,
    values: Sequence[object],
    *,
    server: str,
) -> None:
    if not revocations:
        return
    opened.doing = "terminating sessions"
    try:
        rows = opened.at_once(statement(how), values)
    except TargetFailure as failure:
        if failure.code != REFUSED:
            raise
        return  # the sweep reports each login that is refused
    sessions = [(pid, oid, began) for pid, oid, began, is_parallel, _ in rows if not is_parallel]
    note_closed(revocations, sessions, server=server)


def note_closed(
    revocations: Sequence[RevocationState], sessions: Sequence[SessionKey], *, server: str
) -> None:
    """Each ending has these sessions of its login among those that were closed."""
    by_login = {revocation.oid: revocation for revocation in revocations}
    for session in sessions:
        revocation = by_login.get(session[1])
        closed = frozenset({told(session)})
        if revocation and not closed <= revocation.progress.closed.get(server, frozenset()):
            revocation.did(EndProgress(closed={server: closed}))


def sweep_sessions(
    opened: Session,
    revocations: Sequence[RevocationState],
    *,
    server: str,
    without_access: Collection[int],
    seconds: float,
) -> SessionSweep:
    """Terminate the sessions of all revocations, and note the result for each.

    `without_access` are the logins (by oid) that have no access on this server now. Sessions that a personal
    login opens after it lost its roles stay, and so do those of a login that another one was lent to. So a
    grant is swept this way only once.
    """
    closable = [e for e in revocations if e.closes_sessions and e.is_known]
    without = frozenset(without_access)
    gone = {e for e in closable if e.oid in without}
    earlier = {e for e in gone if not e.is_ephemeral or e.lent_to}
    again = {e for e in earlier if (e.is_ephemeral or e.took_nothing) and server in e.progress.swept}
    own = {e.oid for e in closable if e.is_ephemeral and e.oid is not None}
    sweep = SessionSweep(
        every=own | {oid for e in closable if e not in gone for oid in e.logins},
        earlier={oid for e in earlier - again for oid in e.logins} - own,
    )
    terminations = sweep.run(opened, seconds=seconds)
    for revocation in closable:
        found = Termination.of(terminations[oid] for oid in revocation.logins if oid in terminations)
        revocation.terminations[server] = found
        found.unidentified = 0 if revocation in again and not revocation.is_ephemeral else sweep.unidentified
        clean = revocation in earlier and found.is_clean and server not in revocation.progress.swept
        # A session that takes its time to go is counted once, and not at each call.
        closed = found.closed - revocation.progress.closed.get(server, frozenset())
        if closed or clean:
            swept = frozenset({server} if clean else ())
            revocation.did(EndProgress(closed={server: closed}, swept=swept))
    return sweep
