"""Slack shows the request's present state."""

from dbaccess.domain.request import RequestId
from dbaccess.operations.notify import notify
from workers.wiring import of_this_process


def run(request_id: int) -> None:
    notify(of_this_process().hands, RequestId(request_id))
