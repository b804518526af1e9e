"""Tables of allowed state changes, and of which process may record which event."""

from sqlalchemy import PrimaryKeyConstraint
from sqlalchemy.orm import Mapped

from dbaccess.storage.models.base import Base


class _Rule:
    """One row of a table that only migrations write."""

    writer: Mapped[str]


class _Transition(_Rule):
    from_state: Mapped[str]
    event: Mapped[str]
    to_state: Mapped[str]


class RequestTransitionRow(_Transition, Base):
    __tablename__ = "request_transitions"
    __table_args__ = (PrimaryKeyConstraint("from_state", "event", name="request_transitions_pk"),)


class GrantTransitionRow(_Transition, Base):
    __tablename__ = "grant_transitions"
    __table_args__ = (PrimaryKeyConstraint("from_state", "event", name="grant_transitions_pk"),)


class BreakGlassReviewTransitionRow(_Transition, Base):
    """The same event may lead to either verdict."""

    __tablename__ = "break_glass_review_transitions"
    __table_args__ = (
        PrimaryKeyConstraint("from_state", "event", "to_state", name="break_glass_review_transitions_pk"),
    )


class LedgerKindRow(_Rule, Base):
    __tablename__ = "ledger_kinds"
    __table_args__ = (PrimaryKeyConstraint("kind", name="ledger_kinds_pk"),)

    kind: Mapped[str]
