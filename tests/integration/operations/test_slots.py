"""Several slots: the slot of each approval is decided anew at each click."""

from dbaccess.operations.requests.recheck_approvals import recheck_approvals
from tests.integration.operations.house import House
from tests.operations.edited_policies import edit, two_groups, with_groups
from tests.operations.house import PRIYA, SAM, TOM


def test_snapshot_too_old_takes_no_approval_away(house: House) -> None:
    two_groups(house, dba=[PRIYA, SAM], owners=[TOM])
    request = house.submit()
    house.review(request, PRIYA)
    edit(house, with_groups(house.policy, dba=[SAM], owners=[TOM]))
    with house.worker.begin() as connection:
        connection.exec_driver_sql("update directory_reads set read_at = read_at - interval '1 h'")
    assert recheck_approvals(house.context) == []
    assert "review.voided" not in house.kinds()
