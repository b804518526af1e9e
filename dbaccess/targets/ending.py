"""One grant on its way out, as far as it has come."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Receipt, Recipe
from dbaccess.targets.closing import Closing
from dbaccess.targets.login import Login
from dbaccess.targets.progress import Progress

_NOT_OURS: Final = frozenset({"other_cluster", "foreign_login"})


@dataclass(slots=True, kw_only=True)
class Ending:
    """`kept` are roles that stood before or are owed to another grant. `failure` set: not proved ended.

    `taken`: the login is disabled, or lacks the roles; `took_nothing`: it lacked them before.
    """

    recipe: Recipe
    progress: Progress = field(default_factory=Progress)
    login: Login | None = None
    taken: bool = False
    took_nothing: bool = False
    absent: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    closing: Closing = field(default_factory=Closing)
    gone: bool = False
    failure: TargetFailure | None = None

    @property
    def is_ephemeral(self) -> bool:
        return self.recipe.login_kind == "ephemeral"

    @property
    def oid(self) -> int | None:
        """Of the login now, or of the one that was: its sessions outlive it."""
        return self.login.oid if self.login else self.recipe.login_oid

    @property
    def to_take(self) -> frozenset[str]:
        """The roles that the login has because of this grant alone."""
        given = {*self.recipe.roles, *([self.recipe.act_as] if self.recipe.act_as else [])}
        return frozenset(given - set(self.kept))

    @property
    def closes_sessions(self) -> bool:
        """A personal login whose roles all stay keeps its sessions."""
        return self.oid is not None and (self.is_ephemeral or bool(self.to_take))

    @property
    def is_known(self) -> bool:
        """Whether its login is told from all others, so that it may be acted on."""
        return self.failure is None or self.failure.code not in _NOT_OURS

    def fail(self, text: str, *, code: str) -> None:
        self.failure = TargetFailure(f"{self.recipe.cluster}: {text}", code=code, touched=True)

    def outcome(self, seen_at: datetime) -> Receipt | TargetFailure:
        if self.failure is not None:
            return self.failure
        return Receipt(
            seen_at=seen_at,
            roles_absent=self.absent,
            roles_kept=self.kept,
            login_gone=self.gone if self.is_ephemeral else None,
            sessions_closed=self.progress.sessions_closed,
            sessions_left=self.closing.left,
            reassigned=tuple(sorted(self.progress.reassigned)),
            looks=self.closing.looks,
            objects_absent=self.recipe.on.said if self.recipe.on else (),
        )
