"""Whether a server that calls itself another one is the cluster that grants were made on."""

from collections.abc import Sequence

from dbaccess.domain.grant import Likeness, Recipe
from dbaccess.targets.cluster import Cluster
from dbaccess.targets.login import Logins, logins_of


def likenesses(cluster: Cluster, recipes: Sequence[Recipe]) -> list[Likeness]:
    """Compare each recipe's login with the server's, by oid, name and tag; one answer a recipe, in order."""
    with cluster.session() as opened:
        opened.doing = "comparing logins"
        found = logins_of(opened, recipes)
    return [_likeness(recipe, found) for recipe in recipes]


def _likeness(recipe: Recipe, found: Logins) -> Likeness:
    """A login made for the grant whose number nobody recorded yet is known by its random name and its tag."""
    ephemeral = recipe.login_kind == "ephemeral"
    some = [
        login
        for login in found.by_oid.values()
        if login.oid == recipe.login_oid
        or login.name == recipe.login
        or (ephemeral and login.tag == recipe.tag)
    ]
    if not some or (recipe.login_oid is None and not ephemeral):
        return Likeness.UNPROVED
    login = some[0]
    same = login.name == recipe.login and recipe.login_oid in {None, login.oid}
    tagged = not ephemeral or login.tag == recipe.tag
    return Likeness.SAME if len(some) == 1 and same and tagged else Likeness.OTHER
