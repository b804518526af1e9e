"""The driver's checks of a server: each raises a failure that says what is wrong there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.domain.grant import Recipe
from dbaccess.ports import Fence
from tests.engines.memory.find import made_login, personal_login
from tests.engines.memory.server import MemoryLogin, MemoryRole, MemoryServer, Work

FIX = "Take that power away, or name a role without it in the configuration."


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    cluster: str
    server: MemoryServer
    tag_prefix: str

    def reach(self) -> None:
        if not self.server.running:
            raise TargetUnreachable(f"{self.cluster} does not answer.")

    def pass_fence(self, work: Work, fence: Fence) -> None:
        """Raise what the fence raises, or `no_answer` where a worker that waited took the lock meanwhile."""
        with _silent(work):
            fence()
        if work.broken:
            raise self.failure("heard nothing from the worker in time", "no_answer")
        self.reach()

    def roles(self, recipe: Recipe) -> list[MemoryRole]:
        names = list(dict.fromkeys([*recipe.roles, *([recipe.act_as] if recipe.act_as else [])]))
        found = [(name, self.server.role(name)) for name in names]
        if absent := [name for name, role in found if role is None]:
            raise self.failure(f"has no role {', '.join(absent)}", "no_role")
        return [role for _, role in found if role is not None]

    def usable_login(self, recipe: Recipe) -> MemoryLogin:
        login = personal_login(self.server, recipe)
        if login is None or login.name != recipe.login or login.superuser or not login.can_login:
            raise self.failure(f"has no login {recipe.login} that a role can be given to", "bad_login")
        return login

    def open_login(self, recipe: Recipe) -> MemoryLogin:
        login = made_login(self.server, recipe)
        if login is None or not login.can_login:
            raise self.failure("has no open login of this grant", "no_login")
        return login

    def free(self, login: MemoryLogin) -> None:
        if self.server.is_locked(login):
            raise self.failure(f"does not let {login.name} be changed: another has its lock", "locked")

    def standing(self, recipe: Recipe, login: MemoryLogin, roles: Sequence[MemoryRole]) -> None:
        given = {one.role for one in self.server.memberships_of(login) if not one.ours}
        if any(role.identity in given and role.name not in recipe.standing for role in roles):
            raise self.failure(f"had a role given to {login.name} by another meanwhile", "standing_changed")

    def approved(self, recipe: Recipe, roles: Sequence[MemoryRole]) -> None:
        """A role by the same name, made since the recipe was drawn, is not the one that was approved."""
        if recipe.role_identities and any(role.identity not in recipe.role_identities for role in roles):
            raise self.failure("has another role by the name of an approved one", "read_back")

    def present(self, login: MemoryLogin, roles: Sequence[MemoryRole]) -> None:
        held = {role.identity for role in self.server.roles_of(login)}
        if missing := [role.name for role in roles if role.identity not in held]:
            raise self.failure(f"does not give {login.name} {', '.join(missing)}", "read_back")

    def powers(self, roles: Sequence[MemoryRole]) -> None:
        for role in roles:
            if role.power:
                raise TargetFailure(
                    f"{self.cluster}: {role.name} {role.power}. Nothing is given. {FIX}",
                    code="role_too_powerful",
                    touched=False,
                )

    def identity(self, recipe: Recipe) -> None:
        if recipe.cluster_identity not in {"", self.server.identity}:
            raise self.failure("is another server than this grant was made for", "other_cluster")

    def tag(self, tag: str) -> None:
        if not tag.startswith(self.tag_prefix):
            raise TargetFailure(
                "A login of another installation is never touched.", code="foreign_login", touched=False
            )

    def failure(self, what: str, code: str) -> TargetFailure:
        return TargetFailure(f"{self.cluster} {what}.", code=code, touched=False)


@contextmanager
def _silent(work: Work) -> Iterator[None]:
    work.silent = True
    try:
        yield
    finally:
        work.silent = False
