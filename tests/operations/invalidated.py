"""The end of a grant that is invalidated."""

from dbaccess.domain.grant import Grant
from dbaccess.operations.grants.invalidate import invalidate
from dbaccess.operations.grants.revoke import drain
from sandbox.client import plain
from tests.operations.house import PRIYA, House


def ends(house: House, grant: Grant, why: str) -> None:
    assert invalidate(house.context) == [grant.id]
    assert invalidate(house.context) == []
    leaving = house.grant(grant.id)
    assert (leaving.state, leaving.end_cause, leaving.end_note) == ("revoking", "invalidated", why)
    drain(house.context, "main")
    assert house.grant(grant.id).state == "ended"
    assert house.made_logins() == []
    house.notify(grant.request_id)
    root = next(m for m in house.slack.person(PRIYA).messages("C0APPROVALS") if not m.thread_ts)
    assert f"invalidated: {why}" in plain(root)
