"""The comparison of a server of another identity with the cluster of the grants."""

from collections.abc import Sequence

from dbaccess.domain.grant import Likeness, Recipe
from dbaccess.ports import LoginThere
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.identity import oid_of
from dbaccess.targets.postgresql.login import Logins, logins_of


def likenesses(cluster: Cluster, recipes: Sequence[Recipe]) -> list[LoginThere]:
    """Compare each recipe's login with the server's, by oid, name and tag.

    Return one answer each, in order.
    """
    with cluster.session() as opened:
        opened.doing = "comparing logins"
        found = logins_of(opened, recipes)
    return [_there(recipe, found) for recipe in recipes]


def _there(recipe: Recipe, found: Logins) -> LoginThere:
    """Compare by oid, with the name or, for a login made for the grant, with its tag.

    A copy by dump and restore has the same names and tags with other oids. So a name at another oid speaks
    against the server. An oid with another name only shows that the login was renamed, or that it is a
    stranger's.
    """
    number = oid_of(recipe.login_identity)
    if number is None:
        return LoginThere(Likeness.UNPROVED, "its number was never recorded")
    numbered = found.numbered(number)
    if numbered is not None and numbered.name == recipe.login:
        return LoginThere(Likeness.SAME)
    for other in found.named(recipe.login):
        return LoginThere(Likeness.OTHER, f"{recipe.login} has number {other.oid} there, and had {number}")
    if numbered is None:
        return LoginThere(Likeness.UNPROVED, f"neither {recipe.login} nor number {number} is there")
    if recipe.login_kind == "ephemeral" and numbered.tag == recipe.tag:
        return LoginThere(Likeness.SAME, f"{recipe.login} is named {numbered.name} there")
    return LoginThere(Likeness.RENAMED, f"number {number} is {numbered.name} there, and was {recipe.login}")
