"""Which grants people are shown, and what to remind of."""

from collections.abc import Collection

from dbaccess.domain.grant import Grant
from dbaccess.domain.request import RequestId
from tests.fakes.database import Transaction
from tests.fakes.tables import EXTENSIONS, REQUESTS


def is_reviewed_by(transaction: Transaction, grant: Grant, groups: Collection[str]) -> bool:
    """Whether one of these groups was asked; of a break-glass, whether one is asked afterwards."""
    requests = transaction.rows(REQUESTS)
    given = [request for request in requests if request.id == grant.request_id]
    if any(request.terms.break_glass for request in given):
        given = [request for request in requests if request.terms.of_grant == grant.id]
    return any(group in groups for request in given for group, _ in request.terms.approvals)


def request_to_remind_of(transaction: Transaction, grant: Grant) -> RequestId:
    """Return what set the end last: an extension that was carried out, or the request."""
    moved = [
        extension.request_id
        for extension in transaction.rows(EXTENSIONS)
        if extension.grant_id == grant.id and extension.expires_at is not None
    ]
    return max(moved, default=grant.request_id)
