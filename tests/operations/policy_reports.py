"""Reports of processes, and the notices that wait after one."""

from dbaccess.domain.notice import NoticeId
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_in_use import Process
from dbaccess.operations.policy_in_use import report_policy
from tests.operations.house import House

BOT = Process(name="bot", host="one", pid=1)


def report_as(house: House, who: Process, policy: Policy | None = None, refused: str | None = None) -> None:
    begin = house.begin if who is BOT else house.work
    report_policy(begin, policy=policy or house.policy, process=who, refused=refused)


def waiting(house: House) -> list[NoticeId]:
    with house.work() as uow:
        return uow.notices.due(uow.now, limit=10)
