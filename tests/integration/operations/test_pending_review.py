"""The review of a break-glass: another person closes it, with a note, and it never closes by itself."""

from functools import partial

from dbaccess.operations.break_glass.pending_review import escalate_overdue_reviews
from tests.integration.operations.house import House
from tests.operations.break_glass import invoke, review_of
from tests.operations.house import at_once, later


def test_overdue_is_called_once_by_however_many_hosts(glass: House) -> None:
    pending = review_of(glass, invoke(glass))
    call = partial(escalate_overdue_reviews, later(glass, minutes=60 * 24 + 1))
    called = at_once(*[call] * 4)
    assert sorted(map(str, called)) == [f"[{pending.request.id}]", "[]", "[]", "[]"]
    assert len(glass.ledger("break_glass.overdue")) == 1
