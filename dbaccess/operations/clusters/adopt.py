"""Adoption of open grants by their cluster's new identity, for example after a major upgrade."""

from dataclasses import dataclass, replace

from dbaccess.domain.errors import Refused
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import Grant, GrantId, GrantState, Likeness
from dbaccess.domain.lifecycle import advance
from dbaccess.ports import Job, TargetDriver, UnitOfWorkFactory


class NotAdopted(Refused):
    """The server does not prove that it is the grants' cluster; nothing has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One open grant that was made under another identity; `why` says how its login differs."""

    grant: Grant
    likeness: Likeness
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The evidence for the server behind the URL. `identity` is its own."""

    cluster: str
    identity: str
    compared: tuple[Compared, ...]

    @property
    def left(self) -> tuple[Compared, ...]:
        """The grants that are not adopted: it is unknown to which person or grant a renamed login belongs."""
        return tuple(one for one in self.compared if one.likeness is Likeness.RENAMED)

    def check(self) -> None:
        """Raise `NotAdopted` unless the login of some grant exists, and none has another identity.

        A copy by dump and restore has the same names with other identities, so an end there could hit a
        stranger's role. A renamed login is no such evidence, and stops no other grant from being adopted.
        """
        others = [one.grant.label for one in self.compared if one.likeness is Likeness.OTHER]
        same = any(one.likeness is Likeness.SAME for one in self.compared)
        if self.compared and (others or not same):
            missing = "no login of an open grant has its identity and name there"
            why = f"{', '.join(others)} differ there" if others else missing
            raise NotAdopted(
                f"The server behind {self.cluster} is not shown to be the one of these grants: {why}. "
                "Point the URL to that server, or write them off: dbaccess grants write-off."
            )


def compare(begin: UnitOfWorkFactory, driver: TargetDriver, cluster: str) -> Comparison:
    """Compare the server with the open grants, without a change; raises `TargetFailure`."""
    identity = driver.facts().identity
    with begin() as uow:
        concerned = [g for g in uow.grants.open_on_cluster(cluster) if _made_elsewhere(g, identity)]
    recipes = [grant.recipe for grant in concerned if grant.recipe is not None]
    found = driver.likenesses(recipes) if recipes else []
    compared = tuple(
        Compared(grant=g, likeness=there.likeness, why=there.why)
        for g, there in zip(concerned, found, strict=True)
    )
    return Comparison(cluster=cluster, identity=identity, compared=compared)


def adopt(begin: UnitOfWorkFactory, comparison: Comparison, *, actor: str) -> list[GrantId]:
    """Set the new identity on the grants in one transaction, and return them; safe to repeat.

    Those that are `left` stay as they are. Raises `NotAdopted`. Ends that failed are due at once.
    """
    comparison.check()
    with begin() as uow:
        adopted = []
        # In the order of their ids, as everywhere that locks several grants: a common order prevents
        # deadlocks.
        following = [one for one in comparison.compared if one not in comparison.left]
        for compared in sorted(following, key=lambda one: one.grant.id):
            grant = uow.grants.lock(compared.grant.id)
            if not _made_elsewhere(grant, comparison.identity) or grant.recipe is None:
                continue
            data = {"from": grant.recipe.cluster_identity, "to": comparison.identity}
            recipe = replace(grant.recipe, cluster_identity=comparison.identity)
            moved = advance(grant, EventKind.GRANT_ADOPTED, recipe=recipe)
            if grant.state is GrantState.REVOKING:
                moved = replace(moved, next_attempt_at=uow.now)
                uow.enqueue(Job.REVOKE, grant.id)
            uow.grants.save(moved)
            uow.record(
                Event(
                    kind=EventKind.GRANT_ADOPTED,
                    actor=actor,
                    request_id=grant.request_id,
                    grant_id=grant.id,
                    data=data | {"cluster": comparison.cluster, "login": compared.likeness.value},
                )
            )
            adopted.append(grant.id)
        uow.commit()
    return adopted


def _made_elsewhere(grant: Grant, identity: str) -> bool:
    recipe = grant.recipe
    return not grant.state.is_final and recipe is not None and recipe.cluster_identity not in {"", identity}
