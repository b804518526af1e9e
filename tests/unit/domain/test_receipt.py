"""A receipt is stored as JSON and read for years."""

import json
from datetime import UTC, datetime

import pytest

from dbaccess.domain.receipt import PRIMARY, Receipt, RoleSeen, RoleState, SessionsSeen

AT = datetime(2026, 3, 10, 5, 15, tzinfo=UTC)
WHOLE = Receipt(
    seen_at=AT,
    roles=(
        RoleSeen(name="orders_read", identity="16400", state=RoleState.REMOVED, name_now="orders_read_v1"),
        RoleSeen(name="orders_write", identity=None, state=RoleState.KEPT),
    ),
    login_removed=True,
    sessions=(
        SessionsSeen(server=PRIMARY, closed=2, left=0),
        SessionsSeen(server="replica-1", closed=1, left=None),
    ),
    handed_over=("shop.returns",),
    rolled_back=("x in orders",),
    left=("y of orders_owner in orders",),
    objects_removed=("SELECT on shop.orders",),
)


def test_receipt_comes_back_as_it_was() -> None:
    assert Receipt.from_json(json.loads(json.dumps(WHOLE.as_json()))) == WHOLE


def test_fact_that_one_server_hides_is_unknown_for_all() -> None:
    assert (WHOLE.sessions_closed, WHOLE.sessions_left) == (3, None)


@pytest.mark.parametrize("handed_over", [("shop.made",), None])
def test_receipt_of_the_form_before_claims_no_more_than_was_looked_at(
    handed_over: tuple[str, ...] | None,
) -> None:
    login_gone = None if handed_over is None else True
    before = {
        "seen_at": AT.isoformat(),
        "roles_absent": ["orders_read"],
        "roles_kept": ["orders_write"],
        "login_gone": login_gone,
        "sessions_closed": 1,
        "sessions_left": 0,
        "reassigned": list(handed_over or ()),
        "looks": 4,
    }
    read = Receipt.from_json(before)
    assert (read.roles_removed, read.roles_kept) == (("orders_read",), ("orders_write",))
    assert (read.login_removed, read.handed_over) == (login_gone, handed_over)
    assert (read.sessions_closed, read.sessions_left) == (1, 0)
    assert {role.identity for role in read.roles} == {None}
