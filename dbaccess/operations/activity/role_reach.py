"""How deep a granted role reaches, and on which objects, to compare with what was run."""

from collections.abc import Collection

from dbaccess.domain.activity import StatementKind
from dbaccess.domain.activity_summary import ActivitySummary
from dbaccess.domain.grant import Grant
from dbaccess.domain.policy import Access, Policy
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.ports import UnitOfWork


def access_of(uow: UnitOfWork, policy: Policy | None, grant: Grant) -> str:
    """Return the depth of the granted role: of the policy now, or as requested if it has no such role."""
    terms = uow.requests.get(grant.request_id).terms
    if grant.role == terms.role:
        return terms.access
    target = policy.targets.get(grant.target) if policy is not None else None
    role = target.roles.get(grant.role) if target else None
    return role.access.value if role else terms.access


def objects_of(grant: Grant) -> ObjectPrivileges | None:
    """Return the objects that the role covers; None where roles of the cluster may reach more."""
    return grant.recipe.on if grant.recipe is not None and not grant.recipe.roles else None


def suspect_kinds(
    summary: ActivitySummary, access: str, on: ObjectPrivileges | None
) -> Collection[StatementKind]:
    """Return the kinds of statements that ran and may not fit the role."""
    kinds = {StatementKind.DDL} if access != Access.DDL else set()
    kinds |= {StatementKind.WRITE} if access == Access.READ or on is not None else set()
    kinds |= {StatementKind.READ} if on is not None else set()
    return kinds & summary.by_kind.keys()
