"""The driver for a PostgreSQL cluster, with the worker's least-privilege role."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from psycopg import sql
from pydantic import SecretStr

from dbaccess.domain.capture import Capture
from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.domain.ledger import Expected
from dbaccess.domain.own_login import LoginLogging
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.reach import Reach
from dbaccess.domain.receipt import Receipt
from dbaccess.domain.standing_access import Covered, StandingRead, StandingRole
from dbaccess.domain.use import OpenSessions
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
from dbaccess.targets.postgresql import revoke as revocation
from dbaccess.targets.postgresql.administrator import wrong_login
from dbaccess.targets.postgresql.cluster import NO_REPLICAS, Cluster, facts
from dbaccess.targets.postgresql.connect_lines import connect_lines
from dbaccess.targets.postgresql.ephemeral_login import (
    provision_ephemeral,
    set_ephemeral_password,
    standing_ephemeral,
)
from dbaccess.targets.postgresql.examine_capture import examine_capture
from dbaccess.targets.postgresql.examine_rights import examine, shut_out
from dbaccess.targets.postgresql.examine_server import examine_age, examine_data
from dbaccess.targets.postgresql.extend import extend_ephemeral, extend_personal
from dbaccess.targets.postgresql.ledger_head import examine_head, put_head, read_head
from dbaccess.targets.postgresql.names import ephemeral_login, private_database, role_name
from dbaccess.targets.postgresql.object_rights import examine_objects
from dbaccess.targets.postgresql.objects import holder_role
from dbaccess.targets.postgresql.orphaned_logins import (
    given_roles,
    login_orphan,
    marked_roles,
    role_orphan,
    tag_prefix,
)
from dbaccess.targets.postgresql.ownership import heir_role
from dbaccess.targets.postgresql.personal_login import provision_personal, standing_personal
from dbaccess.targets.postgresql.quick_look import QUICK, QuickLook
from dbaccess.targets.postgresql.reach import read_reach
from dbaccess.targets.postgresql.replicas import examine_replicas
from dbaccess.targets.postgresql.role_powers import examine_powers, excess, outgrown
from dbaccess.targets.postgresql.same_cluster import likenesses
from dbaccess.targets.postgresql.standing_access import standing_access, take_standing
from dbaccess.targets.postgresql.statement_log import login_logging, mark_log
from dbaccess.targets.postgresql.timeouts import Timeouts

_TIMEOUTS = Timeouts()


class PostgresDriver:
    """`TargetDriver` for one cluster; safe with several threads."""

    def __init__(
        self,
        *,
        cluster: str,
        url: SecretStr,
        installation: str,
        lock_database: str | None = None,
        replicas: Mapping[str, SecretStr | None] = NO_REPLICAS,
        timeouts: Timeouts = _TIMEOUTS,
    ) -> None:
        locks_in = private_database(installation, lock_database)
        self._cluster = Cluster(
            name=cluster, url=url, timeouts=timeouts, lock_database=locks_in, replicas=replicas
        )
        self._quick_look = QuickLook(
            Cluster(name=cluster, url=url, timeouts=QUICK, lock_database=locks_in, replicas=replicas)
        )
        self._installation = installation
        self._tag_prefix = tag_prefix(installation)
        self._holder = role_name(holder_role(installation))
        self._means = revocation.Means(holder=self._holder, heir=role_name(heir_role(installation)))

    def facts(self) -> ClusterFacts:
        with self._cluster.session() as opened:
            return facts(opened, alone=True)

    def standing(self, recipe: Recipe) -> Standing:
        if _is_ephemeral(recipe):
            return standing_ephemeral(self._cluster, recipe)
        return standing_personal(self._cluster, recipe)

    def provision(self, recipe: Recipe, *, valid_until: datetime, fence: Fence) -> Provisioned:
        if _is_ephemeral(recipe):
            self._check_tag(recipe.tag)
            return provision_ephemeral(
                self._cluster, recipe, valid_until=valid_until, fence=fence, holder=self._holder
            )
        return provision_personal(self._cluster, recipe, fence=fence)

    def extend(self, recipe: Recipe, *, valid_until: datetime, fence: Fence) -> None:
        if _is_ephemeral(recipe):
            self._check_tag(recipe.tag)
            extend_ephemeral(self._cluster, recipe, valid_until=valid_until, fence=fence)
        else:
            extend_personal(self._cluster, recipe, fence=fence)

    def connect_lines(self, recipe: Recipe, connect: str) -> tuple[str, ...]:
        return connect_lines(connect or f"dbname={recipe.database}", recipe.login)

    def set_password(self, recipe: Recipe, password: str, *, fence: Fence) -> None:
        if not _is_ephemeral(recipe):
            raise TargetFailure("A person's own password is theirs.", code="personal", touched=False)
        self._check_tag(recipe.tag)
        set_ephemeral_password(self._cluster, recipe, password, fence=fence)

    def log_in(self, recipe: Recipe, password: str) -> None:
        self._check_recipe(recipe)
        self._cluster.log_in(recipe, password)

    def run_marked(self, recipe: Recipe, password: str, marker: str) -> None:
        self._check_recipe(recipe)
        self._cluster.log_in(recipe, password, marker=marker)

    def own_login(self) -> str:
        with self._cluster.session() as opened:
            return str(opened.row(sql.SQL("select session_user::text"))[0])

    def mark_log(self, marker: str) -> None:
        mark_log(self._cluster, marker)

    def login_logging(self, logins: Sequence[str], database: str) -> Mapping[str, LoginLogging]:
        return login_logging(self._cluster, logins, database)

    def cut_off(
        self, recipes: Sequence[Recipe], *, elsewhere: HeldElsewhere, log: ProgressLog
    ) -> Collection[GrantId]:
        sound, _ = self._sound(recipes)
        if not sound:
            return ()
        return revocation.cut_off(
            self._cluster, list(sound.values()), elsewhere=elsewhere, log=log, means=self._means
        )

    def revoke(
        self, recipes: Sequence[Recipe], *, elsewhere: HeldElsewhere, log: ProgressLog
    ) -> list[Receipt | TargetFailure]:
        sound, outcomes = self._sound(recipes)
        several = list(sound.values())
        if several:
            ended = revocation.revoke(self._cluster, several, elsewhere=elsewhere, log=log, means=self._means)
            outcomes.update(zip(sound, ended, strict=True))
        return [outcomes[place] for place in range(len(recipes))]

    def open_transaction_age(self, recipe: Recipe) -> timedelta | None:
        return self._quick_look.open_transaction_age(recipe)

    def open_sessions(self, recipes: Sequence[Recipe]) -> Mapping[GrantId, OpenSessions]:
        sound, _ = self._sound(recipes)
        return self._quick_look.open_sessions(list(sound.values())) if sound else {}

    def reach(self, recipe: Recipe) -> Reach:
        self._check_recipe(recipe)
        return read_reach(self._cluster, recipe)

    def made_logins(self) -> list[tuple[str, str]]:
        made, _ = marked_roles(self._cluster, self._installation)
        return made

    def decoys(self) -> list[str]:
        _, others = marked_roles(self._cluster, self._installation)
        return others

    def drop_orphan(self, login: str, tag: str) -> None:
        self._check_tag(tag)
        ephemeral_login(login)
        self._remove(login_orphan(self._cluster, login, tag), elsewhere=lambda _: {})

    def given_roles(self) -> list[GivenRole]:
        return given_roles(self._cluster)

    def take_roles(self, given: Sequence[GivenRole], *, elsewhere: HeldElsewhere) -> None:
        self._remove(role_orphan(self._cluster, list(given)), elsewhere=elsewhere)

    def standing_access(self, roles: Sequence[str], covered: Sequence[Covered] = ()) -> StandingRead:
        return standing_access(self._cluster, roles, covered, installation=self._installation)

    def take_standing(self, standing: StandingRole, *, server: str) -> StandingRole | None:
        return take_standing(self._cluster, standing, server=server)

    def _remove(self, recipe: Recipe, *, elsewhere: HeldElsewhere) -> None:
        (outcome,) = self.revoke([recipe], elsewhere=elsewhere, log=ProgressLog())
        if isinstance(outcome, TargetFailure):
            raise outcome
        if outcome.login_removed is False:
            raise TargetFailure(
                f"{recipe.cluster}: {'; '.join(outcome.left)}.", code="login_kept", touched=True
            )

    def examine(
        self,
        objects: Mapping[str, Sequence[ObjectPrivileges]],
        *,
        roles: Sequence[str] = (),
        given: Mapping[str, Sequence[str]] = NONE_GIVEN,
        capture: Capture | None = None,
    ) -> list[Finding]:
        on_objects = examine_objects(self._cluster, objects, holder=self._holder)
        try:
            on_roles = [
                *examine(self._cluster, roles),
                *examine_age(self._cluster, objects),
                *examine_powers(self._cluster, roles),
                *examine_data(self._cluster, given),
                examine_head(self._cluster),
                *examine_replicas(self._cluster),
                *examine_capture(self._cluster, capture),
            ]
        except TargetFailure as failure:
            on_roles = [shut_out(self._cluster, failure)]
        return [*on_roles, *on_objects]

    def head(self) -> Expected | None:
        return read_head(self._cluster)

    def put_head(self, head: Expected, *, back: bool = False) -> None:
        put_head(self._cluster, head, back=back)

    def wrong_login(self) -> str | None:
        return wrong_login(self._cluster)

    def likenesses(self, recipes: Sequence[Recipe]) -> list[LoginThere]:
        return likenesses(self._cluster, recipes)

    def excess(self, roles: Sequence[str]) -> Mapping[str, str]:
        return excess(self._cluster, roles)

    def outgrown(self) -> Mapping[GivenRole, str]:
        return outgrown(self._cluster)

    def _sound(
        self, recipes: Sequence[Recipe]
    ) -> tuple[dict[int, Recipe], dict[int, Receipt | TargetFailure]]:
        """Return the recipes to work on, and why the others are refused, by their place in the batch."""
        sound: dict[int, Recipe] = {}
        refused: dict[int, Receipt | TargetFailure] = {}
        for place, recipe in enumerate(recipes):
            try:
                self._check_recipe(recipe)
            except TargetFailure as failure:
                refused[place] = failure
            else:
                sound[place] = recipe
        return sound, refused

    def _check_recipe(self, recipe: Recipe) -> None:
        if _is_ephemeral(recipe):
            self._check_tag(recipe.tag)
            ephemeral_login(recipe.login)
        else:
            role_name(recipe.login)
        for role in (*recipe.roles, *([recipe.act_as] if recipe.act_as else [])):
            role_name(role)

    def _check_tag(self, tag: str) -> None:
        if not tag.startswith(self._tag_prefix):
            raise TargetFailure(
                "A login of another installation is never touched.", code="foreign_login", touched=False
            )


def _is_ephemeral(recipe: Recipe) -> bool:
    return recipe.login_kind == "ephemeral"
