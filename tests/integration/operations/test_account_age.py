"""Groups may be fresh while an account was not read for long: then it is unknown whether it may still act."""

from dataclasses import replace
from datetime import timedelta
from typing import Self

import pytest

from dbaccess.domain.errors import DirectoryTooOld
from dbaccess.operations.identity import ACCOUNT_MAX_AGE, identify
from dbaccess.operations.requests.recheck_approvals import recheck
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.integration.operations.house import House
from tests.operations.house import MAYA


class HalfAnHourLater(SqlUnitOfWork):
    def __enter__(self) -> Self:
        super().__enter__()
        self.now += ACCOUNT_MAX_AGE
        return self


def test_account_not_read_for_half_an_hour_may_not_act(house: House) -> None:
    fresh_groups = replace(house.workspace, snapshot_max_age=timedelta(days=1))
    with house.begin() as uow:
        assert identify(uow, MAYA, house.policy, fresh_groups).slack_id == MAYA
    with HalfAnHourLater(house.bot, None) as uow, pytest.raises(DirectoryTooOld, match="could not be read"):
        identify(uow, MAYA, house.policy, fresh_groups)


def test_account_not_read_for_half_an_hour_carries_no_approval(house: House) -> None:
    grant = house.approved()
    fresh_groups = replace(house.workspace, snapshot_max_age=timedelta(days=1))
    request = house.request(grant.request_id)
    with house.work() as uow:
        recheck(uow, house.policy, fresh_groups, request)
    with HalfAnHourLater(house.worker, None) as uow, pytest.raises(DirectoryTooOld):
        recheck(uow, house.policy, fresh_groups, request)
