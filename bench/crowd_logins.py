"""Logins on a target as the worker leaves them, made in bulk by the superuser."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from dbaccess.domain.grant import GrantId
from dbaccess.domain.policy import LoginKind
from tests.contract.postgresql.least_privilege import WorkerAccess

_BATCH = 500
"""A statement that names thousands of roles exhausts the server's lock table."""

_Dba = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdLogin:
    """`identity` is the cluster's system identifier; `role_oids` are of the roles that were given."""

    name: str
    oid: int
    tag: str
    identity: str
    role_oids: dict[str, int]


def make_logins(
    access: WorkerAccess,
    *,
    kind: LoginKind,
    grant_ids: Sequence[GrantId],
    roles: Sequence[str],
    valid_until: datetime,
) -> tuple[list[CrowdLogin], str]:
    """Return a login for each grant, and the password that all of them have.

    The worker itself would need minutes: each of its statements is linear in the logins it has made.
    """
    made = kind is LoginKind.EPHEMERAL
    prefix = f"jit_{access.installation}_crowd_" if made else f"person_{access.installation}_"
    names = [f"{prefix}{grant_id:06}" for grant_id in grant_ids]
    tags = [f"dbaccess:{access.installation}:grant:{grant_id}" for grant_id in grant_ids]
    password = secrets.token_urlsafe(18)
    with psycopg.connect(access.database.superuser_url, autocommit=True) as dba:
        verifier = _quick_verifier(password)
        for start in range(0, len(names), _BATCH):
            some = names[start : start + _BATCH]
            with dba.transaction():
                _create(dba, some, verifier, valid_until if made else None)
                if made:
                    _mark_as_made(dba, some, tags[start : start + _BATCH], access.admin)
                _grant(dba, some, roles, access.admin)
        oids = _oids(dba, [*names, *roles])
        (identity,) = dba.execute("select system_identifier::text from pg_control_system()").fetchall()[0]
    role_oids = {role: oids[role] for role in roles}
    logins = [
        CrowdLogin(name=name, oid=oids[name], tag=tag, identity=identity, role_oids=role_oids)
        for name, tag in zip(names, tags, strict=True)
    ]
    return logins, password


def _quick_verifier(password: str) -> str:
    """Return a SCRAM verifier of one round; it names no login, so that one serves all.

    CREATE ROLE computes each verifier once, to refuse an empty password: 4,096 rounds take 3 ms a login.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    client, server = (hmac.digest(salted, key, "sha256") for key in (b"Client Key", b"Server Key"))
    stored = hashlib.sha256(client).digest()
    encoded = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256$1:{encoded[0]}${encoded[1]}:{encoded[2]}"


def _create(dba: _Dba, names: Sequence[str], verifier: str, valid_until: datetime | None) -> None:
    options: sql.Composable = sql.SQL("")
    if valid_until is not None:
        options = sql.SQL(" connection limit 10 valid until {}").format(sql.Literal(valid_until.isoformat()))
    create = sql.SQL("create role {} login inherit password {}{}")
    _several(dba, [create.format(sql.Identifier(name), sql.Literal(verifier), options) for name in names])


def _mark_as_made(dba: _Dba, names: Sequence[str], tags: Sequence[str], admin: str) -> None:
    """Comment each login as the worker does, and make it one that the worker has created."""
    comment = sql.SQL("comment on role {} is {}")
    _several(
        dba,
        [comment.format(sql.Identifier(n), sql.Literal(t)) for n, t in zip(names, tags, strict=True)],
    )
    # CREATE ROLE gives a CREATEROLE role exactly this, in the name of the bootstrap superuser.
    made_by = sql.SQL("grant {} to {} with admin true, inherit false, set false")
    dba.execute(made_by.format(_list(names), sql.Identifier(admin)))


def _grant(dba: _Dba, names: Sequence[str], roles: Sequence[str], admin: str) -> None:
    # PostgreSQL 15 has no options; `granted by` names the worker, as if it had done it.
    options = " with admin false, inherit true, set false" if dba.info.server_version >= 160_000 else ""  # noqa: PLR2004 its number
    grant = sql.SQL("grant {} to {}{} granted by {}").format(
        _list(roles), _list(names), sql.SQL(options), sql.Identifier(admin)
    )
    dba.execute(grant)


def _oids(dba: _Dba, names: Sequence[str]) -> dict[str, int]:
    query = "select rolname::text, oid::bigint from pg_roles where rolname = any(%s)"
    return dict(dba.execute(query, [list(names)]).fetchall())


def _several(dba: _Dba, statements: Sequence[sql.Composable]) -> None:
    dba.execute(sql.SQL("; ").join(statements))


def _list(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
