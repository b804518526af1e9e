"""A policy decides nothing by groups that were not read from Slack: unread is not empty."""

from dataclasses import replace

import pytest

from dbaccess.domain.errors import DirectoryTooOld
from dbaccess.domain.people import SourceId
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_in_use import Process
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.policy_in_use import report_policy
from tests.integration.operations.house import House
from tests.operations.edited_policies import edit
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, TOM

UNREAD = "groups that the workers have not read"


def moved(house: House) -> Policy:
    """Two have to approve, and everybody is in their group by another user group than before."""
    house.sandbox.add_group(id="S0ENG2", handle="eng2", name="Eng 2", users=[MAYA, TOM])
    house.sandbox.add_group(id="S0DBA2", handle="dba2", name="DBA 2", users=[PRIYA, SAM, MAYA, SECOND_MAYA])
    named = {"engineers": (SourceId("S0ENG2"),), "dba": (SourceId("S0DBA2"),)}
    return replace(house.policy, groups={**house.policy.groups, **named})


def test_group_that_only_another_file_names_grows_too_old(house: House) -> None:
    report_policy(house.begin, policy=house.policy, process=Process(name="bot", host="one", pid=1))
    old = house.policy
    edit(house, moved(house))
    refresh_directory(house.context)
    house.policy = old
    house.submit()
    with house.worker.begin() as connection:
        aged = "update directory_sources set read_at = read_at - interval '3 min' where source_id = 'S0DBA'"
        connection.exec_driver_sql(aged)
    with pytest.raises(DirectoryTooOld, match=UNREAD):
        house.submit(role="write")
