"""`TargetDriver` for a server in memory, without transactions: each step leaves nothing usable behind."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dbaccess.domain.capture import Capture
from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.domain.ledger import Expected
from dbaccess.domain.own_login import LoginLogging
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.reach import Reach
from dbaccess.domain.receipt import Receipt
from dbaccess.domain.standing_access import Covered, How, StandingRead, StandingRole
from dbaccess.domain.use import OpenSessions, merged
from dbaccess.ports import (
    NONE_GIVEN,
    ClusterFacts,
    Fence,
    Finding,
    GivenRole,
    HeldElsewhere,
    LoginThere,
    Provisioned,
    Standing,
)
from tests.engines.memory.checks import FIX, Checks
from tests.engines.memory.end import End
from tests.engines.memory.find import made_login, personal_login
from tests.engines.memory.looks import (
    SUPERUSER,
    given_roles,
    likeness,
    reach_of,
    standing_access,
    standing_now,
)
from tests.engines.memory.objects import examine_objects, tables_of
from tests.engines.memory.server import MemoryLogin, MemoryRole, MemoryServer, Refused, Work

WORKER = "worker"
"""The worker's own login."""


class MemoryDriver:
    """One cluster in memory; `server` is what a DBA and the people connect to."""

    def __init__(self, *, cluster: str, server: MemoryServer, installation: str) -> None:
        self._cluster = cluster
        self.server = server
        self._tag_prefix = f"dbaccess:{installation}:"
        self._checks = Checks(cluster=cluster, server=server, tag_prefix=self._tag_prefix)
        self._name_prefix = f"jit_{installation}_"

    def facts(self) -> ClusterFacts:
        self._checks.reach()
        return ClusterFacts(identity=self.server.identity, version=1, now=self.server.now())

    def standing(self, recipe: Recipe) -> Standing:
        self._checks.reach()
        if _is_ephemeral(recipe):
            return Standing()
        _check_personal(recipe)
        login, roles = self._checks.usable_login(recipe), self._checks.roles(recipe)
        others = {one.role for one in self.server.memberships_of(login) if not one.ours}
        return Standing(
            roles=tuple(role.name for role in roles if role.identity in others),
            role_identities=tuple(role.identity for role in roles),
            traces=tuple(self.server.owned_by(login.identity)),
        )

    def provision(self, recipe: Recipe, *, valid_until: datetime, fence: Fence) -> Provisioned:
        self._checks.reach()
        if _is_ephemeral(recipe):
            self._checks.tag(recipe.tag)
        else:
            _check_personal(recipe)
        with self.server.work() as work:
            self._checks.identity(recipe)
            roles = self._checks.roles(recipe)
            self._checks.powers(roles)
            if _is_ephemeral(recipe):
                return self._make(work, recipe, roles, valid_until, fence)
            return self._give(work, recipe, roles, fence)

    def _make(
        self, work: Work, recipe: Recipe, roles: Sequence[MemoryRole], valid_until: datetime, fence: Fence
    ) -> Provisioned:
        """Made disabled, enabled after the fence, read back: a worker that dies in between gave no access."""
        tables = tables_of(self.server, recipe.on) if recipe.on else []
        there = made_login(self.server, recipe)
        login = there or self.server.add_login(
            MemoryLogin(name=recipe.login, tag=recipe.tag, made=True, can_login=False)
        )
        try:
            self._checks.pass_fence(work, fence)
        except BaseException:
            if there is None:
                self.server.drop_login(login)
            raise
        for role in roles:
            self.server.give(role, login, ours=True)
        if recipe.on is not None:
            self.server.give_on(tables, recipe.on.privileges, login)
        login.valid_until, login.can_login = valid_until, True
        self._checks.present(login, roles)
        return Provisioned(
            login_identity=login.identity,
            roles=tuple(sorted(role.name for role in roles)),
            tables=tuple(tables),
        )

    def _give(self, work: Work, recipe: Recipe, roles: Sequence[MemoryRole], fence: Fence) -> Provisioned:
        login = self._checks.usable_login(recipe)
        self._checks.approved(recipe, roles)
        self._checks.free(login)
        self._checks.standing(recipe, login, roles)
        held = {role.identity for role in self.server.roles_of(login)}
        self._checks.present(login, [role for role in roles if role.name in recipe.standing])
        self._checks.pass_fence(work, fence)
        for role in roles:
            if role.identity not in held:
                self.server.give(role, login, ours=True)
        self._checks.present(login, roles)
        return Provisioned(login_identity=login.identity, roles=tuple(sorted(recipe.roles)))

    def extend(self, recipe: Recipe, *, valid_until: datetime, fence: Fence) -> None:
        self._checks.reach()
        if _is_ephemeral(recipe):
            self._checks.tag(recipe.tag)
        else:
            _check_personal(recipe)
        with self.server.work() as work:
            self._checks.identity(recipe)
            roles = self._checks.roles(recipe)
            self._checks.powers(roles)
            login = (
                self._checks.open_login(recipe)
                if _is_ephemeral(recipe)
                else self._checks.usable_login(recipe)
            )
            self._checks.free(login)
            self._checks.present(login, roles)
            self._checks.pass_fence(work, fence)
            if _is_ephemeral(recipe):
                login.valid_until = valid_until

    def connect_lines(self, recipe: Recipe, connect: str) -> tuple[str, ...]:
        return (f"memory://{recipe.login}@{connect or recipe.database}",)

    def set_password(self, recipe: Recipe, password: str, *, fence: Fence) -> None:
        self._checks.reach()
        if not _is_ephemeral(recipe):
            raise TargetFailure("A person's own password is theirs.", code="personal", touched=False)
        self._checks.tag(recipe.tag)
        with self.server.work() as work:
            self._checks.identity(recipe)
            login = made_login(self.server, recipe)
            if login is None:
                raise self._checks.failure("has no login of this grant", "no_login")
            self._checks.free(login)
            self._checks.pass_fence(work, fence)
            login.password = password

    def log_in(self, recipe: Recipe, password: str) -> None:
        self._checks.reach()
        try:
            self.server.open_session(recipe.login, password).close()
        except Refused as refused:
            raise self._checks.failure(str(refused), "login_refused") from None

    def run_marked(self, recipe: Recipe, password: str, marker: str) -> None:
        self.log_in(recipe, password)
        self.server.marked.append((recipe.login, marker))

    def own_login(self) -> str:
        self._checks.reach()
        return WORKER

    def mark_log(self, marker: str) -> None:
        self._checks.reach()
        self.server.marked.append((WORKER, marker))

    def login_logging(self, logins: Sequence[str], database: str) -> Mapping[str, LoginLogging]:
        self._checks.reach()
        assert database
        return {login: self._look_at(login) for login in logins}

    def _look_at(self, login: str) -> LoginLogging:
        opened = [one.began_at for one in self.server.sessions.values() if one.login.name == login]
        return LoginLogging(
            unlogged=self._why_unlogged(login),
            looked_at=self.server.now(),
            oldest_session_at=min(opened, default=None),
        )

    def _why_unlogged(self, login: str) -> str:
        if self.server.login(login) is None:
            return f"{login} is no login there"
        return "" if login in self.server.logged else f"{login}'s login does not log statements"

    def cut_off(
        self, recipes: Sequence[Recipe], *, elsewhere: HeldElsewhere, log: ProgressLog
    ) -> Collection[GrantId]:
        self._checks.reach()
        ends = [End(self.server, recipe, log, self._tag_prefix) for recipe in recipes]
        with self.server.work():
            kept = _kept(recipes, elsewhere)
            for end in ends:
                end.cut(kept[end.recipe.grant_id])
        return {end.recipe.grant_id for end in ends if end.failure is None}

    def revoke(
        self, recipes: Sequence[Recipe], *, elsewhere: HeldElsewhere, log: ProgressLog
    ) -> list[Receipt | TargetFailure]:
        try:
            self._checks.reach()
        except TargetFailure as failure:
            return [failure for _ in recipes]
        ends = [End(self.server, recipe, log, self._tag_prefix) for recipe in recipes]
        with self.server.work():
            kept = _kept(recipes, elsewhere)
            for end in ends:
                end.cut(kept[end.recipe.grant_id])
                end.remove()
        return [end.outcome() for end in ends]

    def open_transaction_age(self, recipe: Recipe) -> timedelta | None:
        self._checks.reach()
        self._checks.identity(recipe)
        find = made_login if _is_ephemeral(recipe) else personal_login
        login = find(self.server, recipe)
        sessions = self.server.sessions_of(login.identity) if login else []
        began = [session.wrote_at for session in sessions if session.wrote_at is not None]
        return self.server.now() - min(began) if began else None

    def open_sessions(self, recipes: Sequence[Recipe]) -> Mapping[GrantId, OpenSessions]:
        self._checks.reach()
        if not self.server.shows_sessions:
            raise self._checks.failure("does not let the worker see sessions of others", "sessions_hidden")
        found: dict[GrantId, OpenSessions] = {}
        for recipe in recipes:
            try:
                self._checks.identity(recipe)
                login = (made_login if _is_ephemeral(recipe) else personal_login)(self.server, recipe)
            except TargetFailure:
                continue
            if login is not None:
                clients = [one.client for one in self.server.sessions_of(login.identity)]
                found[recipe.grant_id] = OpenSessions(count=len(clients), clients=merged(clients))
        return found

    def reach(self, recipe: Recipe) -> Reach:
        self._checks.reach()
        self._checks.identity(recipe)
        login = (made_login if _is_ephemeral(recipe) else personal_login)(self.server, recipe)
        if login is None:
            raise self._checks.failure("has no login of this grant", "no_login")
        return reach_of(self.server, login)

    def made_logins(self) -> list[tuple[str, str]]:
        self._checks.reach()
        return sorted((login.name, login.tag) for login in self._marked() if login.made)

    def decoys(self) -> list[str]:
        self._checks.reach()
        return sorted(login.name for login in self._marked() if not login.made)

    def drop_orphan(self, login: str, tag: str) -> None:
        self._checks.tag(tag)
        self._remove(self._orphan("ephemeral", login, tag=tag), elsewhere=lambda _: {})

    def given_roles(self) -> list[GivenRole]:
        self._checks.reach()
        return list(given_roles(self.server, to_made=False))

    def take_roles(self, given: Sequence[GivenRole], *, elsewhere: HeldElsewhere) -> None:
        recipe = self._orphan("personal", given[0].login, identity=given[0].login_identity)
        roles, identities = zip(*sorted((one.role, one.role_identity) for one in given), strict=True)
        self._remove(replace(recipe, roles=roles, role_identities=identities), elsewhere=elsewhere)

    def standing_access(self, roles: Sequence[str], covered: Sequence[Covered] = ()) -> StandingRead:
        self._checks.reach()
        return standing_access(self.server, roles, covered)

    def take_standing(self, standing: StandingRole, *, server: str) -> StandingRole | None:
        self._checks.reach()
        with self.server.work():
            if server != self.server.identity:
                raise self._checks.failure("is another server than the one that was read", "other_cluster")
            if standing.how is How.PRIVILEGE:
                raise self._checks.failure("leaves privileges to who granted them", "beyond_rights")
            if standing_now(self.server, standing) != standing:
                raise self._checks.failure("has another path of that login now", "path_changed")
            if standing.path[-1] == SUPERUSER:
                raise self._checks.failure(f"has {standing.login} as a superuser", "superuser")
            login, role = self.server.login(standing.login), self.server.role(standing.path[1])
            if login is None or role is None:  # another login lends what it was granted
                raise self._checks.failure("does not let the worker remove this membership", "beyond_rights")
            if login.superuser:
                raise self._checks.failure(f"has {login.name} as a superuser", "superuser")
            self.server.take(role, login)
            return standing_now(self.server, standing)

    def _remove(self, recipe: Recipe, *, elsewhere: HeldElsewhere) -> None:
        (outcome,) = self.revoke([recipe], elsewhere=elsewhere, log=ProgressLog())
        if isinstance(outcome, TargetFailure):
            raise outcome

    def _orphan(self, kind: str, login: str, *, tag: str = "", identity: str | None = None) -> Recipe:
        return Recipe(
            grant_id=GrantId(0),
            cluster=self._cluster,
            cluster_identity="",
            database="",
            login_kind=kind,
            login=login,
            login_identity=identity,
            tag=tag,
            roles=(),
            act_as=None,
            standing=(),
        )

    def examine(
        self,
        objects: Mapping[str, Sequence[ObjectPrivileges]],
        *,
        roles: Sequence[str] = (),
        given: Mapping[str, Sequence[str]] = NONE_GIVEN,
        capture: Capture | None = None,  # noqa: ARG002 this engine logs nothing
    ) -> list[Finding]:
        self._checks.reach()
        nothing = [
            role
            for name in sorted({name for several in given.values() for name in several})
            if (role := self.server.role(name)) is not None and not role.reads | role.writes
        ]
        missing = [role for role in roles if self.server.role(role) is None]
        return [
            *(one for several in objects.values() for one in examine_objects(self.server, several)),
            *(Finding(what=f"no role {role}", ok=False, fix=f"Make the role {role}.") for role in missing),
            *(
                Finding(what=f"{said}: nothing is granted with it", ok=False, fix=FIX)
                for said in self.excess(roles).values()
            ),
            *(Finding(what=f"{role.name} gives nothing", ok=False, fix="Let it read.") for role in nothing),
            Finding(what="one server in memory", ok=True),
        ]

    def head(self) -> Expected | None:
        self._checks.reach()
        return self.server.head

    def wrong_login(self) -> str | None:
        self._checks.reach()
        return None

    def put_head(self, head: Expected, *, back: bool = False) -> None:
        self._checks.reach()
        last = self.server.head
        if back or last is None or (last.seq or 0) < (head.seq or 0):
            self.server.head = head

    def likenesses(self, recipes: Sequence[Recipe]) -> list[LoginThere]:
        self._checks.reach()
        return [likeness(self.server, recipe) for recipe in recipes]

    def excess(self, roles: Sequence[str]) -> Mapping[str, str]:
        self._checks.reach()
        found = [role for name in roles if (role := self.server.role(name)) is not None]
        return {role.name: f"{role.name} {role.power}" for role in found if role.power}

    def outgrown(self) -> Mapping[GivenRole, str]:
        self._checks.reach()
        powers = {role.identity: role.power for role in self.server.roles.values() if role.power}
        return {
            one: f"{one.role} {powers[one.role_identity]}"
            for one in given_roles(self.server, to_made=True)
            if one.role_identity in powers
        }

    def _marked(self) -> list[MemoryLogin]:
        return [
            login
            for login in list(self.server.logins.values())
            if login.name.startswith(self._name_prefix) or login.tag.startswith(self._tag_prefix)
        ]


def _kept(recipes: Sequence[Recipe], elsewhere: HeldElsewhere) -> dict[GrantId, frozenset[str]]:
    """The roles that stay, by grant: those that stood before, and those that another open grant gives."""
    personal = [recipe for recipe in recipes if not _is_ephemeral(recipe)]
    held = elsewhere(personal) if personal else {}
    return {
        recipe.grant_id: frozenset({*recipe.standing, *held.get(recipe.grant_id, ())} & set(recipe.roles))
        for recipe in recipes
    }


def _check_personal(recipe: Recipe) -> None:
    for code, asked in (("on", recipe.on), ("act_as", recipe.act_as)):
        if asked is not None:
            raise TargetFailure(f"A personal login takes no {code}.", code=code, touched=False)


def _is_ephemeral(recipe: Recipe) -> bool:
    return recipe.login_kind == "ephemeral"
