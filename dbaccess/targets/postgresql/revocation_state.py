"""The state of one revocation."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.receipt import PRIMARY, Receipt, RoleSeen, RoleState, SessionsSeen
from dbaccess.targets.postgresql.identity import identity_of, oid_of
from dbaccess.targets.postgresql.lock_table import EndedLogin
from dbaccess.targets.postgresql.login import Login, Membership
from dbaccess.targets.postgresql.session_sweep import Termination

_ONLY_INHERITED: Final = 16
"""From this version on, a person's login inherits the roles of a grant, and cannot set them."""

_NOT_OURS: Final = frozenset({"other_cluster", "foreign_login"})


@dataclass(slots=True, kw_only=True, eq=False)
class RevocationState:
    """`kept` are roles that were held before or another open grant gave.

    With `failure` the end is not proved.

    `taken`: the login is disabled, or lacks the roles; `took_nothing`: it lacked them before. `role_names`:
    the present names of the recipe's roles, by oid. `held`: its memberships after that. `terminations`:
    the sessions on each server. `unproved`: why nothing is proved there, by replica. `lent_to`: logins (by
    oid) that may become this one. `kept_by`: what others gave the login, so that it is disabled and cannot be
    dropped.
    """

    recipe: Recipe
    log: ProgressLog
    login: Login | None = None
    taken: bool = False
    took_nothing: bool = False
    role_names: Mapping[int, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    held: tuple[Membership, ...] = ()
    lent_to: frozenset[int] = frozenset()
    terminations: dict[str, Termination] = field(default_factory=dict)
    unproved: dict[str, str] = field(default_factory=dict)
    gone: bool = False
    kept_by: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    failure: TargetFailure | None = None

    @property
    def progress(self) -> EndProgress:
        return self.log.of(self.recipe.grant_id)

    def did(self, more: EndProgress) -> None:
        self.log.add(self.recipe.grant_id, more)

    @property
    def is_ephemeral(self) -> bool:
        return self.recipe.login_kind == "ephemeral"

    @property
    def oid(self) -> int | None:
        """The oid of the login now, or of the one that was: its sessions outlive it."""
        return self.login.oid if self.login else oid_of(self.recipe.login_identity)

    @property
    def has_recorded_login(self) -> bool:
        """Whether the login was made for the grant, and its oid was recorded then."""
        return self.is_ephemeral and bool(oid_of(self.recipe.login_identity))

    @property
    def name(self) -> str:
        """The present name of the login, as far as it is known."""
        return self.login.name if self.login else self.recipe.login

    @property
    def logins(self) -> frozenset[int]:
        """The logins (by oid) with sessions that may have the access."""
        return self.lent_to | ({self.oid} if self.oid is not None else set())

    def settable(self, version: int) -> bool:
        """Return whether the login could become a role of the grant: such a session keeps the role."""
        return bool(self.recipe.act_as) if self.is_ephemeral else version < _ONLY_INHERITED

    @property
    def to_take(self) -> frozenset[str]:
        """The roles that the login has because of this grant alone."""
        given = {*self.recipe.roles, *([self.recipe.act_as] if self.recipe.act_as else [])}
        return frozenset(given - set(self.kept))

    def role_oid(self, name: str) -> int | None:
        """Return the role's oid; None if it was not recorded."""
        recorded = dict(zip(self.recipe.roles, self.recipe.role_identities, strict=False))
        return oid_of(recorded.get(name))

    def takes(self, held: Membership) -> bool:
        """Return whether this membership must be removed.

        A known oid of the role decides, because names move.
        """
        if self.recipe.role_identities:
            return held.role_oid in {self.role_oid(name) for name in self.to_take}
        return held.role in self.to_take

    @property
    def closes_sessions(self) -> bool:
        """Whether sessions are terminated; a personal login that keeps all its roles keeps them."""
        return self.oid is not None and (self.is_ephemeral or bool(self.to_take))

    @property
    def loses_access(self) -> bool:
        """Whether the end takes anything, by the recipe alone: another grant may give the same role."""
        return self.is_ephemeral or bool(set(self.recipe.roles) - set(self.recipe.standing))

    @property
    def is_cut_off(self) -> bool:
        """Whether access is gone from every server, with the sessions that had it."""
        clean = all(termination.is_clean for termination in self.terminations.values())
        return self.taken and clean and not self.unproved and not self.failure

    @property
    def is_known(self) -> bool:
        """Whether its login is told from all others, so that it may be worked on."""
        return self.failure is None or self.failure.code not in _NOT_OURS

    def fail(self, text: str, *, code: str) -> None:
        self.failure = TargetFailure(f"{self.recipe.cluster}: {text}", code=code, touched=True)

    def outcome(self, seen_at: datetime) -> Receipt | TargetFailure:
        if self.failure is not None:
            return self.failure
        did = self.progress
        examined = self.is_ephemeral and self.login is not None
        return Receipt(
            seen_at=seen_at,
            roles=self._roles_seen(),
            login_removed=self.gone if self.is_ephemeral else None,
            sessions=tuple(self._sessions_seen()),
            # A login that was dropped by another role was never examined.
            handed_over=tuple(sorted(did.handed_over)) if examined or did.handed_over else None,
            rolled_back=tuple(sorted(did.rolled_back)),
            left=self.left,
            objects_removed=self.recipe.on.said if self.recipe.on else (),
        )

    def _roles_seen(self) -> tuple[RoleSeen, ...]:
        """Return the roles' states; a dropped login loses every membership, by whatever name."""
        return tuple(self._role_seen(name) for name in sorted({*self.kept, *self.to_take}))

    def _role_seen(self, name: str) -> RoleSeen:
        if self.login is None:  # it went with its memberships, and the role was not looked for
            return RoleSeen(name=name, identity=None, state=RoleState.REMOVED)
        oid = None if self.is_ephemeral else self.role_oid(name)
        name_now = self.role_names.get(oid) if oid else name
        state = RoleState.KEPT if name in self.kept and self._holds(name) else RoleState.REMOVED
        if name_now is None:
            state = RoleState.DROPPED
        renamed = name_now if name_now != name else None
        identity = None if oid is None else identity_of(oid)
        return RoleSeen(name=name, identity=identity, state=state, name_now=renamed)

    def _holds(self, name: str) -> bool:
        oid = self.role_oid(name)
        return any(m.usable and (m.role == name if oid is None else m.role_oid == oid) for m in self.held)

    def _sessions_seen(self) -> Iterator[SessionsSeen]:
        """Yield the servers; none if no session had to end, or no login ever existed."""
        for server, termination in sorted(
            self.terminations.items(), key=lambda seen: (seen[0] != PRIMARY, seen[0])
        ):
            closed = len(self.progress.closed.get(server, ()))
            yield SessionsSeen(server=server, closed=closed, left=termination.left)


def ended_logins(revocations: Iterable[RevocationState]) -> list[EndedLogin]:
    return [
        EndedLogin(cluster=one.recipe.cluster_identity, oid=one.oid, loses_access=one.loses_access)
        for one in revocations
        if one.oid is not None
    ]
