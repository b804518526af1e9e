"""Readings of the groups, and the notices that wait after one."""

from dbaccess.domain.notice import NoticeId
from dbaccess.operations.directory.refresh import refresh_directory
from tests.operations.house import House


def waiting(house: House) -> list[NoticeId]:
    with house.work() as uow:
        return uow.notices.due(uow.now, limit=10)


def read(house: House) -> None:
    refresh_directory(house.context)
