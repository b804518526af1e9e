"""How a grant is to be made, from the worker's own configuration."""

import re
import secrets
from collections import defaultdict
from collections.abc import Sequence

from dbaccess.domain.grant import Grant, GrantId, GrantState, Recipe
from dbaccess.domain.policy import LoginKind, Policy
from dbaccess.domain.request import Request
from dbaccess.ports import UnitOfWork


def draft_recipe(policy: Policy, grant: Grant, request: Request, *, person_name: str) -> Recipe:
    """The recipe, but for what only the target can say: its identity and what stands there already."""
    target = policy.target(grant.target)
    role = policy.role(grant.target, grant.role)
    ephemeral = target.login is LoginKind.EPHEMERAL
    login = (
        new_login(policy.installation, person_name) if ephemeral else policy.logins[request.terms.requester]
    )
    return Recipe(
        grant_id=grant.id,
        cluster=target.cluster,
        cluster_identity="",
        database=target.database,
        login_kind=target.login.value,
        login=login,
        login_oid=None,
        tag=f"dbaccess:{policy.installation}:grant:{grant.id}",
        roles=tuple(sorted(role.grants)),
        act_as=role.act_as,
        standing=(),
        on=role.on,
    )


def new_login(installation: str, person_name: str) -> str:
    """A name for a login: `jit_acme_maya_7f3a91`, at most 54 characters of a-z, 0-9 and _."""
    words = re.sub(r"[^a-z0-9]+", "_", person_name.lower()).strip("_").split("_")
    return f"jit_{installation}_{(words[0] or 'x')[:20]}_{secrets.token_hex(3)}"


def owed_by_others(uow: UnitOfWork, recipes: Sequence[Recipe]) -> dict[GrantId, frozenset[str]]:
    """For each grant of one cluster, its roles that another gives the same login, begun and not revoking."""
    owing: dict[str, list[Grant]] = defaultdict(list)
    for cluster in {recipe.cluster for recipe in recipes}:
        for other in uow.grants.open_on_cluster(cluster):
            if other.recipe is not None and other.state is not GrantState.REVOKING:
                owing[other.recipe.login].append(other)
    return {
        recipe.grant_id: frozenset(
            role
            for other in owing[recipe.login]
            if other.recipe and other.id != recipe.grant_id
            for role in (set(other.recipe.roles) - set(other.recipe.standing)) & set(recipe.roles)
        )
        for recipe in recipes
    }


def owned_by_others(uow: UnitOfWork, recipe: Recipe) -> frozenset[str]:
    """The same with those on their way out: what they gave does not stand by itself."""
    owned: set[str] = set()
    for other in uow.grants.open_on_cluster(recipe.cluster):
        if other.id != recipe.grant_id and other.recipe and other.recipe.login == recipe.login:
            owned.update(set(other.recipe.roles) - set(other.recipe.standing))
    return frozenset(owned & set(recipe.roles))
