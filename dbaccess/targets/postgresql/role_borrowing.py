"""Borrowing of another role's privileges for one transaction; between transactions the worker has none."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from psycopg import sql

from dbaccess.targets.postgresql.transaction import Session


def borrow(opened: Session, role: str) -> None:
    """Give the worker's role that role's privileges, inside this transaction only."""
    opened.rows(sql.SQL("grant {} to current_user with inherit true, set true").format(sql.Identifier(role)))


def give_back(opened: Session, role: str) -> None:
    opened.rows(sql.SQL("revoke {} from current_user granted by current_user").format(sql.Identifier(role)))


@contextmanager
def acting_as(opened: Session, role: str) -> Iterator[None]:
    """Grant as that role; if the body raises, the transaction is lost anyway."""
    (before,) = opened.row(sql.SQL("select current_user::text"))
    borrow(opened, role)
    opened.rows(sql.SQL("set local role {}").format(sql.Identifier(role)))
    yield
    opened.rows(sql.SQL("set local role {}").format(sql.Identifier(before)))
    give_back(opened, role)


@contextmanager
def lent(opened: Session, roles: Sequence[str], to: str) -> Iterator[None]:
    """Let that role have the privileges of these meanwhile; if the body raises, the part is lost anyway."""
    for role in roles:
        opened.rows(_of_two("grant {} to {} with inherit true, set false", role, to))
    yield
    for role in roles:
        opened.rows(_of_two("revoke {} from {} granted by current_user", role, to))


def _of_two(statement: str, role: str, other: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(role), sql.Identifier(other))
