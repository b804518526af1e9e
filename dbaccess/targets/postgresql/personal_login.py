"""Personal logins: they get roles and lose them, and are never changed otherwise."""

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.ports import Fence, Provisioned, Standing
from dbaccess.targets.postgresql.administrator import check_may_give
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.connect_right import check_connects
from dbaccess.targets.postgresql.ephemeral_login import FIRST_VERSION
from dbaccess.targets.postgresql.identity import identity_of, oid_of
from dbaccess.targets.postgresql.login import Login, logins_of, memberships_of, personal_login
from dbaccess.targets.postgresql.names import role_name
from dbaccess.targets.postgresql.role_powers import INTERRUPTS, check_powers
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.traces import traced_since
from dbaccess.targets.postgresql.transaction import Session


def provision_personal(cluster: Cluster, recipe: Recipe, *, fence: Fence) -> Provisioned:
    """Grant only roles that are absent and were not held before."""
    _check_recipe(recipe)

    def work(opened: Session) -> Provisioned:
        check_may_give(opened, recipe)
        check_powers(opened, recipe)
        opened.doing = "looking at the person's login"
        login = _usable_login(opened, recipe)
        held = _held(opened, login, recipe)
        opened.doing = "giving the person's login its roles"
        for role in sorted(set(recipe.roles) - held - set(recipe.standing)):
            opened.rows(_grant(opened, role, login.name))
        opened.doing = "reading the person's login back"
        _check_complete(opened, login, recipe)
        check_connects(opened, recipe, login.oid)
        fence()
        return Provisioned(login_identity=identity_of(login.oid), roles=tuple(sorted(recipe.roles)))

    return cluster.locked(work)


def standing_personal(cluster: Cluster, recipe: Recipe) -> Standing:
    """Return the standing roles; a role that the worker granted belongs to a grant, and never stands.

    Raises `TargetFailure` `no_role` if a role does not exist on the cluster.
    """
    _check_recipe(recipe)
    with cluster.session() as opened:
        check_may_give(opened, recipe)
        login = _usable_login(opened, recipe)
        held = memberships_of(opened, [login.oid])
        since = traced_since(opened, login.oid)
        names = {name: oid for oid, name in opened.rows(statement("role_names"), [[], list(recipe.roles)])}
    if absent := [role for role in recipe.roles if role not in names]:
        raise TargetFailure(
            f"{recipe.cluster} has no role {', '.join(absent)}.", code="no_role", touched=False
        )
    return Standing(
        roles=tuple(sorted({m.role for m in held if m.role in recipe.roles and m.usable and not m.ours})),
        role_identities=tuple(identity_of(names[role]) for role in recipe.roles),
        traces=(str(since),),
    )


def check_held(opened: Session, recipe: Recipe) -> None:
    """Raise `TargetFailure` unless the person's login has all the roles of the recipe now."""
    _check_recipe(recipe)
    _check_complete(opened, _usable_login(opened, recipe), recipe)


def _check_complete(opened: Session, login: Login, recipe: Recipe) -> None:
    missing = set(recipe.roles) - _held(opened, login, recipe)
    if missing:
        raise TargetFailure(
            f"{recipe.cluster}: {login.name} does not hold {', '.join(sorted(missing))}, which stood "
            "before or should have been given.",
            code="read_back",
            touched=False,
        )


def _check_recipe(recipe: Recipe) -> None:
    for name in (recipe.login, *recipe.roles):
        role_name(name)
    if recipe.on is not None:
        raise TargetFailure(
            "Privileges on single objects go to a login made for the grant. "
            'Use login = "ephemeral", or a role without on.',
            code="on",
            touched=False,
        )
    if recipe.act_as:
        raise TargetFailure(
            "A personal login cannot act as another role: what it makes is the person's. "
            'Use login = "ephemeral", or a role without act_as.',
            code="act_as",
            touched=False,
        )


def _usable_login(opened: Session, recipe: Recipe) -> Login:
    login = personal_login(recipe, logins_of(opened, [recipe]))
    *workers_own, interrupts = opened.row(statement("login_powers"), [login.oid if login else 0])
    why = ""
    if login is None or login.name != recipe.login:
        why = "is not there, or is another one by that name"
    elif login.is_superuser:
        why = "is a superuser, from whom nothing can be taken again"
    elif not login.can_login:
        why = "is a group and not a person's login"
    elif login.name in workers_own:
        why = "is the worker's own"
    elif interrupts:
        # In a loop it would terminate, or lock out, each session that comes to take the role again.
        why = f"may {INTERRUPTS}, and could keep what it is given"
    if login is None or why:
        raise TargetFailure(
            f"{recipe.cluster}: {recipe.login} {why}. Nothing is given to it.",
            code="bad_login",
            touched=False,
        )
    return login


def _held(opened: Session, login: Login, recipe: Recipe) -> set[str]:
    """Return the login's roles; raises if another grantor gave it a role since `standing` was read."""
    found = [m for m in memberships_of(opened, [login.oid]) if m.usable]
    others = {m.role for m in found if not m.ours} & set(recipe.roles) - set(recipe.standing)
    if others:
        raise TargetFailure(
            f"{recipe.cluster}: another role gave {login.name} {', '.join(sorted(others))} meanwhile. Read "
            "again which roles stand there.",
            code="standing_changed",
            touched=False,
        )
    # A role of the same name, made since the recipe was drawn up, is not the one that was approved.
    approved = {oid_of(identity) for identity in recipe.role_identities}
    return {m.role for m in found if not approved or m.role_oid in approved}


def _grant(opened: Session, role: str, login: str) -> sql.Composed:
    # Before version 16 a membership has no options and SET ROLE is always possible. There, as here, every
    # session of the login is terminated at the end.
    options = " with admin false, inherit true, set false" if opened.version >= FIRST_VERSION else ""
    return sql.SQL("grant {} to {}{}").format(sql.Identifier(role), sql.Identifier(login), sql.SQL(options))
