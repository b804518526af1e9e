"""Which grants people are shown, and what to remind of."""

from collections.abc import Collection, Iterable

from dbaccess.domain.grant import Grant
from dbaccess.domain.holder import Holder
from dbaccess.domain.request import RequestId
from tests.fakes.database import Transaction
from tests.fakes.tables import BREAK_GLASS_REVIEWS, EXTENSIONS, PEOPLE, REQUESTS


def is_reviewed_by(transaction: Transaction, grant: Grant, groups: Collection[str]) -> bool:
    """Return whether one of these groups was asked; of a break-glass, whether one is asked afterwards."""
    given = transaction.get(REQUESTS, grant.request_id)
    if given is not None and given.terms.break_glass:
        review = transaction.get(BREAK_GLASS_REVIEWS, given.id)
        return review is not None and review.review_by in groups
    return given is not None and any(group in groups for group, _ in given.terms.approvals)


def request_to_remind_of(transaction: Transaction, grant: Grant) -> RequestId:
    """Return what set the end last: an extension that was carried out, or the request."""
    moved = [
        extension.request_id
        for extension in transaction.rows(EXTENSIONS)
        if extension.grant_id == grant.id and extension.expires_at is not None
    ]
    return max(moved, default=grant.request_id)


def holders_of(transaction: Transaction, grants: Iterable[Grant]) -> set[Holder]:
    """Return each holder, with each target."""
    return {
        Holder(
            account=grant.holder_slack_id,
            person=grant.holder,
            target=grant.target,
            name=_name(transaction, grant),
        )
        for grant in grants
    }


def _name(transaction: Transaction, grant: Grant) -> str:
    person = transaction.get(PEOPLE, grant.holder_slack_id)
    return person.name if person else ""
