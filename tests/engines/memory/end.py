"""One grant on its way out: access cut off, the login removed, all of it looked at again."""

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.receipt import PRIMARY, Receipt, RoleSeen, RoleState, SessionsSeen
from tests.engines.memory.find import ending_login, personal_login
from tests.engines.memory.server import Membership, MemoryLogin, MemoryServer


class End:
    """`failure` set: the grant is not proved ended, and what it says is left to do."""

    def __init__(self, server: MemoryServer, recipe: Recipe, log: ProgressLog, tag_prefix: str) -> None:
        self.recipe = recipe
        self.failure: TargetFailure | None = None
        self._server = server
        self._log = log
        self._tag_prefix = tag_prefix
        self._login: MemoryLogin | None = None
        self._kept: frozenset[str] = frozenset()
        self._took: list[Membership] = []

    def cut(self, kept: frozenset[str]) -> None:
        """Sessions first: no lock keeps one alive. Once more after the access is gone."""
        self._kept = kept
        try:
            self._login = self._find()
        except TargetFailure as failure:
            self.failure = failure
            return
        if self._is_ephemeral:
            self._close_sessions()
        if self._login is not None:
            self._take(self._login)
        self._close_sessions()

    def remove(self) -> None:
        """A login made for the grant hands over what it owns, and goes."""
        if self.failure is not None or self._login is None or not self._is_ephemeral:
            return
        if not self._hand_over(self._login):
            return
        if self._server.is_locked(self._login):
            self._fail(f"{self._login.name} is locked", "locked")
            return
        self._server.drop_login(self._login)

    def outcome(self) -> Receipt | TargetFailure:
        if self.failure is not None:
            return self.failure
        did = self._progress
        examined = self._is_ephemeral and self._login is not None
        return Receipt(
            seen_at=self._server.now(),
            roles=tuple(self._role_seen(name) for name in sorted({*self._kept, *self._to_take})),
            login_removed=self._gone if self._is_ephemeral else None,
            sessions=self._sessions_seen(),
            handed_over=tuple(sorted(did.handed_over)) if examined or did.handed_over else None,
            left=() if self._is_ephemeral else self._new_objects(),
            objects_removed=self.recipe.on.said if self.recipe.on else (),
        )

    @property
    def _is_ephemeral(self) -> bool:
        return self.recipe.login_kind == "ephemeral"

    @property
    def _identity(self) -> str | None:
        return self._login.identity if self._login else self.recipe.login_identity

    @property
    def _progress(self) -> EndProgress:
        return self._log.of(self.recipe.grant_id)

    @property
    def _to_take(self) -> frozenset[str]:
        given = {*self.recipe.roles, *([self.recipe.act_as] if self.recipe.act_as else [])}
        return frozenset(given - self._kept)

    @property
    def _gone(self) -> bool:
        if self._identity is None:
            return self._server.login(self.recipe.login) is None
        return self._identity not in self._server.logins

    def _find(self) -> MemoryLogin | None:
        if self.recipe.cluster_identity not in {"", self._server.identity}:
            raise TargetFailure(
                f"{self.recipe.cluster} is another server than this grant was made for.",
                code="other_cluster",
                touched=False,
            )
        if not self._is_ephemeral:
            return personal_login(self._server, self.recipe)
        if not self.recipe.tag.startswith(self._tag_prefix):
            raise TargetFailure(
                "A login of another installation is never touched.", code="foreign_login", touched=False
            )
        return ending_login(self._server, self.recipe)

    def _take(self, login: MemoryLogin) -> None:
        """The login is disabled, or lacks the roles; a `failure` says why not."""
        if self._server.is_locked(login):
            self._fail(f"{login.name} still has access: another has its lock", "locked")
            return
        if self._is_ephemeral:
            login.can_login = False
            return
        held = self._server.memberships_of(login)
        self._took = [one for one in held if one.ours and self._takes(one)]
        for one in self._took:
            self._server.take(self._server.roles[one.role], login, ours=True)
        self._check_taken(login)

    def _check_taken(self, login: MemoryLogin) -> None:
        held = self._server.memberships_of(login)
        names = {role.name for role in self._server.roles.values()}
        recorded = set(self.recipe.roles) if self.recipe.role_identities else set()
        if (self._to_take - recorded - names) and any(one.ours for one in held):
            self._fail(f"a role that {login.name} was given has another name now", "role_unknown")
        elif any(self._takes(one) for one in held):
            self._fail(f"{login.name} still holds a role, given by another since", "still_held")

    def _takes(self, held: Membership) -> bool:
        """By identity where that was recorded, because names move."""
        if self.recipe.role_identities:
            return held.role in {self._role_identity(name) for name in self._to_take}
        return self._server.roles[held.role].name in self._to_take

    def _role_identity(self, name: str) -> str | None:
        return dict(zip(self.recipe.roles, self.recipe.role_identities, strict=False)).get(name)

    def _close_sessions(self) -> None:
        """A personal login that has lost its roles keeps what it opens later: a grant is swept once."""
        if self._identity is None or not (self._is_ephemeral or self._to_take):
            return
        if not self._is_ephemeral and not self._took and PRIMARY in self._progress.swept:
            return
        sessions = self._server.sessions_of(self._identity)
        closed = {session.id for session in sessions}
        for session in sessions:
            session.close()
        clean = not self._is_ephemeral and self.failure is None
        if closed or clean:
            done = EndProgress(
                closed={PRIMARY: frozenset(closed)}, swept=frozenset({PRIMARY} if clean else ())
            )
            self._log.add(self.recipe.grant_id, done)

    def _hand_over(self, login: MemoryLogin) -> bool:
        owned = self._server.owned_by(login.identity)
        if not owned:
            return True
        heir = self._server.role(self.recipe.act_as) if self.recipe.act_as else None
        if heir is None:
            self._fail(f"{login.name} owns {', '.join(owned)}, and no role may own it", "owns_objects")
            return False
        for name in owned:
            self._server.owners[name] = heir.identity
        self._log.add(self.recipe.grant_id, EndProgress(handed_over=frozenset(owned)))
        return True

    def _new_objects(self) -> tuple[str, ...]:
        login = self._login
        if login is None or not self._to_take:
            return ()
        if self.recipe.traces is None:
            return (f"{login.name}: what it had before was not recorded, so what is new is unknown",)
        new = set(self._server.owned_by(login.identity)) - set(self.recipe.traces)
        return tuple(f"{login.name} owns {name}" for name in sorted(new))

    def _role_seen(self, name: str) -> RoleSeen:
        if self._login is None:
            return RoleSeen(name=name, identity=None, state=RoleState.REMOVED)
        identity = None if self._is_ephemeral else self._role_identity(name)
        held = {one.role for one in self._server.memberships_of(self._login)}
        state = RoleState.KEPT if name in self._kept and identity in held else RoleState.REMOVED
        role = self._server.roles.get(identity) if identity else None
        if identity is not None and role is None:
            state = RoleState.DROPPED
        renamed = role.name if role is not None and role.name != name else None
        return RoleSeen(name=name, identity=identity, state=state, name_now=renamed)

    def _sessions_seen(self) -> tuple[SessionsSeen, ...]:
        if self._identity is None or not (self._is_ephemeral or self._to_take):
            return ()
        closed = len(self._progress.closed.get(PRIMARY, ()))
        left = len(self._server.sessions_of(self._identity)) if self._is_ephemeral else 0
        return (SessionsSeen(server=PRIMARY, closed=closed, left=left),)

    def _fail(self, why: str, code: str) -> None:
        self.failure = TargetFailure(f"{self.recipe.cluster}: {why}.", code=code, touched=True)
