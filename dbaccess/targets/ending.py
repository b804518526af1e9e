"""One grant on its way out, as far as it has come."""

from dataclasses import dataclass, field
from datetime import datetime

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Receipt, Recipe
from dbaccess.targets.closing import Closing
from dbaccess.targets.login import Login


@dataclass(slots=True, kw_only=True)
class Ending:
    """`kept` are roles that stood before or are owed to another grant. `failure` set: not proved ended.

    `not_taken`: why what it had on objects may be there still.
    """

    recipe: Recipe
    login: Login | None = None
    absent: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    closing: Closing = field(default_factory=Closing)
    reassigned: tuple[str, ...] = ()
    gone: bool = False
    not_taken: TargetFailure | None = None
    failure: TargetFailure | None = None

    @property
    def is_ephemeral(self) -> bool:
        return self.recipe.login_kind == "ephemeral"

    @property
    def oid(self) -> int | None:
        """Of the login now, or of the one that was: its sessions outlive it."""
        return self.login.oid if self.login else self.recipe.login_oid

    @property
    def closes_sessions(self) -> bool:
        """A personal login whose roles all stay keeps its sessions."""
        return self.is_ephemeral or bool(self.absent)

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
            sessions_closed=self.closing.closed,
            sessions_left=self.closing.left,
            reassigned=self.reassigned,
            looks=self.closing.looks,
            objects_absent=self.recipe.on.said if self.recipe.on else (),
        )
