"""The recipe of a grant, from the worker's own configuration."""

import re
import secrets
from collections import defaultdict
from collections.abc import Sequence

from dbaccess.domain.grant import Grant, GrantId, GrantState, Recipe
from dbaccess.domain.policy import LoginKind, Policy
from dbaccess.domain.request import Request
from dbaccess.ports import UnitOfWork


def draft_recipe(policy: Policy, grant: Grant, request: Request, *, person_name: str) -> Recipe:
    """Return the recipe, apart from what only the target knows: its identity and the standing roles."""
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
        login_identity=None,
        tag=f"dbaccess:{policy.installation}:grant:{grant.id}",
        roles=tuple(sorted(role.grants)),
        act_as=role.act_as,
        standing=(),
        on=role.on,
    )


def new_login(installation: str, person_name: str) -> str:
    """Return a name for a login: `jit_acme_maya_7f3a91`, at most 54 characters of a-z, 0-9 and _."""
    words = re.sub(r"[^a-z0-9]+", "_", person_name.lower()).strip("_").split("_")
    return f"jit_{installation}_{(words[0] or 'x')[:20]}_{secrets.token_hex(3)}"


def given_by_active_grants(uow: UnitOfWork, recipes: Sequence[Recipe]) -> dict[GrantId, frozenset[str]]:
    """Return for each grant of one cluster its roles that another active grant gives the same login.

    Such a grant was begun and is not revoking.
    """
    # A storm asks this about thousands, under the cluster's lock: what ends with them is not even read.
    return _given_by_others(uow, recipes, but=GrantState.REVOKING)


def given_by_open_grants(uow: UnitOfWork, recipe: Recipe) -> frozenset[str]:
    """Return the same, including revoking grants: their roles do not stand by themselves."""
    return _given_by_others(uow, [recipe], but=None)[recipe.grant_id]


def _given_by_others(
    uow: UnitOfWork, recipes: Sequence[Recipe], *, but: GrantState | None
) -> dict[GrantId, frozenset[str]]:
    giving: dict[str, list[Recipe]] = defaultdict(list)
    for cluster in {recipe.cluster for recipe in recipes}:
        for grant in uow.grants.open_with(cluster, {recipe.login for recipe in recipes}, but=but):
            if grant.recipe is not None:
                giving[grant.recipe.login].append(grant.recipe)
    return {
        recipe.grant_id: frozenset(
            role
            for other in giving[recipe.login]
            if other.grant_id != recipe.grant_id
            for role in (set(other.roles) - set(other.standing)) & set(recipe.roles)
        )
        for recipe in recipes
    }
