"""Isolation of ends: a failure of one grant, expected or not, never affects another."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.targets.postgresql.cluster import OF_ONE_DATABASE
from dbaccess.targets.postgresql.lock_wait import CLUSTER_LOCKED
from dbaccess.targets.postgresql.revocation_state import RevocationState
from dbaccess.targets.postgresql.transaction import CATALOG_LOCKED

OF_ALL: Final = frozenset({CLUSTER_LOCKED, CATALOG_LOCKED})
"""Failures of a batch that are the same for each grant in it."""


def isolated(
    revocations: Sequence[RevocationState], work: Callable[[Sequence[RevocationState]], None]
) -> None:
    """Do the work for all at once; on a failure, for each half, down to the one that fails alone.

    Raises only if the server does not answer, because that concerns every grant.
    """
    if not revocations:
        return
    try:
        work(revocations)
    except TargetUnreachable as failure:
        if failure.code not in OF_ONE_DATABASE:
            raise
        # Not as unreachable: the other grants of the cluster go on.
        of_one = TargetFailure(str(failure), code=failure.code, touched=True)
        _one_by_one(revocations, work, of_one)
    except TargetFailure as failure:
        if failure.code == "no_answer":
            raise
        if failure.code in OF_ALL:  # each would wait again on its own
            for revocation in revocations:
                revocation.failure = failure
            return
        _one_by_one(revocations, work, failure)
    except Exception as error:  # noqa: BLE001 the next grant's end goes on, and this one's failure is recorded
        _one_by_one(revocations, work, unexpected(revocations[0], error))


def chunks(revocations: Sequence[RevocationState], size: int) -> Iterator[Sequence[RevocationState]]:
    for start in range(0, len(revocations), size):
        yield revocations[start : start + size]


def unexpected(revocation: RevocationState, error: Exception) -> TargetFailure:
    return TargetFailure(
        f"{revocation.recipe.cluster}: an unexpected {type(error).__name__} while the grant was ended.",
        code="unexpected",
        touched=True,
    )


def _one_by_one(
    revocations: Sequence[RevocationState],
    work: Callable[[Sequence[RevocationState]], None],
    failure: TargetFailure,
) -> None:
    if len(revocations) == 1:
        revocations[0].failure = failure
        return
    middle = len(revocations) // 2
    isolated(revocations[:middle], work)
    isolated(revocations[middle:], work)
