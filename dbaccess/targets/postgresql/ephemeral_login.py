"""Logins that are made for one grant, on PostgreSQL 16 or newer."""

from datetime import datetime
from typing import Final

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.ports import Fence, Provisioned, Standing
from dbaccess.targets.postgresql.administrator import check_may_give
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.connect_right import check_connects
from dbaccess.targets.postgresql.identity import identity_of
from dbaccess.targets.postgresql.login import Login, logins_of, made_login, memberships_of
from dbaccess.targets.postgresql.names import ephemeral_login, role_name
from dbaccess.targets.postgresql.object_grants import give_items, meant_items
from dbaccess.targets.postgresql.role_powers import check_powers
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.statement_log import log_statements
from dbaccess.targets.postgresql.traces import traces_of_roles
from dbaccess.targets.postgresql.transaction import Session

FIRST_VERSION: Final = 16
"""Before it, CREATEROLE could reset any password, so no login is made there."""

_CONNECTION_LIMIT: Final = 10


def standing_ephemeral(cluster: Cluster, recipe: Recipe) -> Standing:
    """Return what tells at the end what was changed in the name of a role; a login to be made holds none."""
    return Standing(traces=traces_of_roles(cluster, given_roles(recipe)))


def provision_ephemeral(
    cluster: Cluster, recipe: Recipe, *, valid_until: datetime, fence: Fence, holder: str
) -> Provisioned:
    """Create the login and read it back; `holder` is the role that may grant on objects.

    Privileges on thousands of objects take several transactions. Until the last one the login is disabled.
    """
    ephemeral_login(recipe.login)
    for role in given_roles(recipe):
        role_name(role)

    def work(opened: Session) -> Provisioned | None:
        return _provision_some(opened, recipe, valid_until=valid_until, fence=fence, holder=holder)

    made: Provisioned | None = None
    while made is None:  # others get the lock between two transactions
        made = cluster.locked(work) if recipe.on is None else cluster.locked_in(recipe.database, work)
    return made


def _provision_some(
    opened: Session, recipe: Recipe, *, valid_until: datetime, fence: Fence, holder: str
) -> Provisioned | None:
    """Return what was made; None if the login stays disabled, because it lacks some of its objects still."""
    check_may_give(opened, recipe)
    _check_version(opened, recipe)
    check_powers(opened, recipe)
    tables: tuple[str, ...] = ()
    if recipe.on is not None:
        meant = meant_items(opened, recipe, recipe.on, holder=holder)
        oid = _make_login(opened, recipe, valid_until, enabled=False)
        if not give_items(opened, recipe, meant, login_oid=oid, holder=holder):
            fence()
            return None
        tables = tuple(item.label for item in meant if item.kind == "TABLE")
    oid = _make_login(opened, recipe, valid_until, enabled=True)
    log_statements(opened, recipe.login)
    opened.doing = "giving the login its roles"
    _give_roles(opened, recipe)
    opened.doing = "reading the login back"
    read_back(opened, recipe, oid, valid_until)
    check_connects(opened, recipe, oid)
    fence()
    return Provisioned(login_identity=identity_of(oid), roles=given_roles(recipe), tables=tables)


def set_ephemeral_password(cluster: Cluster, recipe: Recipe, password: str, *, fence: Fence) -> None:
    """The server gets a SCRAM verifier and never the password; no statement's text holds the verifier."""
    ephemeral_login(recipe.login)
    with cluster.session() as opened:
        verifier = opened.verifier(recipe.login, password)

    def work(opened: Session) -> None:
        check_may_give(opened, recipe)
        opened.doing = "looking for the login"
        if made_login(recipe, logins_of(opened, [recipe])) is None:
            raise TargetFailure(
                f"{recipe.cluster} has no login of this grant.", code="no_login", touched=False
            )
        opened.doing = "setting the password"
        opened.rows(statement("hide_values"))
        opened.rows(statement("hand_over_verifier"), [recipe.login, verifier])
        opened.rows(statement("set_password"))
        fence()

    cluster.locked(work)


def given_roles(recipe: Recipe) -> tuple[str, ...]:
    """Return the roles sorted, so that transactions lock them in the same order; `act_as` is one of them."""
    return tuple(sorted({*recipe.roles, *([recipe.act_as] if recipe.act_as else [])}))


def read_back(opened: Session, recipe: Recipe, oid: int, valid_until: datetime) -> None:
    """Raise `TargetFailure` unless this transaction sees the login exactly as the recipe has it."""
    as_asked = opened.rows(statement("read_back"), [valid_until, recipe.tag, oid])
    held = {
        (membership.role, membership.inherits, membership.settable)
        for membership in memberships_of(opened, [oid])
        if membership.ours
    }
    wanted = {(role, role != recipe.act_as, role == recipe.act_as) for role in given_roles(recipe)}
    if as_asked != [(True,)] or held != wanted:
        raise TargetFailure(
            f"{recipe.cluster} does not show the login as it was made.", code="read_back", touched=False
        )


def _check_version(opened: Session, recipe: Recipe) -> None:
    if opened.version < FIRST_VERSION:
        raise TargetFailure(
            f"{recipe.cluster} runs PostgreSQL {opened.version}: logins are made on {FIRST_VERSION} "
            'and newer. Use login = "personal".',
            code="version",
            touched=False,
        )


def _make_login(opened: Session, recipe: Recipe, valid_until: datetime, *, enabled: bool) -> int:
    opened.doing = "making the login"
    login = sql.Identifier(recipe.login)
    there = made_login(recipe, logins_of(opened, [recipe]))
    verb = sql.SQL("alter" if there else "create")
    make = sql.SQL("{} role {} {} inherit connection limit {} valid until {}").format(
        verb,
        login,
        sql.SQL("login" if enabled else "nologin"),
        sql.Literal(_CONNECTION_LIMIT),
        sql.Literal(valid_until.isoformat()),
    )
    mark = sql.SQL("comment on role {} is {}").format(login, sql.Literal(recipe.tag))
    opened.rows(sql.SQL("; ").join([make, mark]))
    # Its mark was looked for under this lock already; that look reads the marks of all logins.
    made: Login | None = made_login(recipe, logins_of(opened, [recipe], by_mark=False))
    if made is None:
        raise TargetFailure("The login is not there after it was made.", code="read_back", touched=False)
    return made.oid


def _give_roles(opened: Session, recipe: Recipe) -> None:
    login = sql.Identifier(recipe.login)
    for role in given_roles(recipe):
        # Inherited and never set, so that REVOKE affects a live session at its next statement. The durable
        # role the other way round, so that a holder who says SET ROLE NONE has no privilege left to create
        # with.
        options = "inherit false, set true" if role == recipe.act_as else "inherit true, set false"
        opened.rows(
            sql.SQL("grant {} to {} with admin false, {}").format(
                sql.Identifier(role), login, sql.SQL(options)
            )
        )
    if recipe.act_as:
        opened.rows(
            sql.SQL("alter role {} in database {} set role = {}").format(
                login, sql.Identifier(recipe.database), sql.Literal(recipe.act_as)
            )
        )
