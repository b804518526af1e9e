"""The boundary of one grant's end: its trouble, expected or not, is never another's."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.targets.postgresql.cluster import DATABASE_CLOSED, WORKER_CONNECT
from dbaccess.targets.postgresql.lock_wait import CLUSTER_LOCKED
from dbaccess.targets.postgresql.revocation_state import Ending

# The server answers: one database is not there, or does not let the worker in.
_OF_ONE_DATABASE: Final = frozenset({"no_database", WORKER_CONNECT, DATABASE_CLOSED})


def isolated(endings: Sequence[Ending], work: Callable[[Sequence[Ending]], None]) -> None:
    """Do the work for all at once; where that fails, for each half, down to the one that fails alone.

    Raises only where the server does not answer: that is everybody's trouble.
    """
    if not endings:
        return
    try:
        work(endings)
    except TargetUnreachable as failure:
        if failure.code not in _OF_ONE_DATABASE:
            raise
        # Not as unreachable: the other grants of the cluster go on.
        of_one = TargetFailure(str(failure), code=failure.code, touched=True)
        _one_by_one(endings, work, of_one)
    except TargetFailure as failure:
        if failure.code == "no_answer":
            raise
        if failure.code == CLUSTER_LOCKED:  # the same for all of them: one by one, each would wait again
            for ending in endings:
                ending.failure = failure
            return
        _one_by_one(endings, work, failure)
    except Exception as error:  # noqa: BLE001 the next grant's end goes on, and this one's failure is recorded
        _one_by_one(endings, work, unexpected(endings[0], error))


def chunks(endings: Sequence[Ending], size: int) -> Iterator[Sequence[Ending]]:
    for start in range(0, len(endings), size):
        yield endings[start : start + size]


def unexpected(ending: Ending, error: Exception) -> TargetFailure:
    return TargetFailure(
        f"{ending.recipe.cluster}: an unexpected {type(error).__name__} while the grant was ended.",
        code="unexpected",
        touched=True,
    )


def _one_by_one(
    endings: Sequence[Ending], work: Callable[[Sequence[Ending]], None], failure: TargetFailure
) -> None:
    if len(endings) == 1:
        endings[0].failure = failure
        return
    middle = len(endings) // 2
    isolated(endings[:middle], work)
    isolated(endings[middle:], work)
