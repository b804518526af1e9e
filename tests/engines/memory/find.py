"""The login of a grant, told from all others by name, mark and identity."""

from collections.abc import Sequence

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from tests.engines.memory.server import MemoryLogin, MemoryServer


def made_login(server: MemoryServer, recipe: Recipe) -> MemoryLogin | None:
    """Return the login made for this grant; raise where name, mark and identity do not all agree."""
    found = _candidates(server, recipe)
    if not found:
        return None
    login = found[0]
    same = login.name == recipe.login and login.tag == recipe.tag
    if len(found) > 1 or not same or recipe.login_identity not in {None, login.identity}:
        raise _foreign(recipe)
    return login


def ending_login(server: MemoryServer, recipe: Recipe) -> MemoryLogin | None:
    """Return the login to end, None where it is gone; it may have lost its name or its mark, not both."""
    found = _candidates(server, recipe)
    for login in found:
        same = login.name == recipe.login or login.tag == recipe.tag
        known = recipe.login_identity == login.identity
        if (known and same) or (recipe.login_identity is None and login.tag == recipe.tag):
            return login
    if any(recipe.login_identity in {None, login.identity} or login.tag == recipe.tag for login in found):
        raise _foreign(recipe)
    return None


def personal_login(server: MemoryServer, recipe: Recipe) -> MemoryLogin | None:
    """Return the person's login: by identity where that is known, whatever its name is now."""
    if recipe.login_identity is not None:
        return server.logins.get(recipe.login_identity)
    return server.login(recipe.login)


def _candidates(server: MemoryServer, recipe: Recipe) -> Sequence[MemoryLogin]:
    named = server.login(recipe.login)
    known = server.logins.get(recipe.login_identity or "")
    return [one for one in (named, known if known is not named else None) if one is not None]


def _foreign(recipe: Recipe) -> TargetFailure:
    return TargetFailure(
        f"{recipe.cluster} has a login with the name, mark or identity of this grant's, but not all three. "
        "It is left alone: look at it by hand.",
        code="foreign_login",
        touched=False,
    )
