"""The channel is told."""

from dbaccess.domain.notice import NoticeId
from dbaccess.operations.post_notice import post_notice
from workers.wiring import of_this_process


def run(notice_id: int) -> None:
    post_notice(of_this_process().hands, NoticeId(notice_id))
