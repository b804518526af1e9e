"""Find all names and accounts under which the records have one person."""

from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.record_filter import Identities
from dbaccess.ports import UnitOfWork


def find_identities(uow: UnitOfWork, text: str) -> Identities:
    """Return the identities of the person whom the text names.

    It is a name under `[people]`, a Slack id, a displayed name, or a login on a target. A person may have had
    several accounts, and an account several names: all of these are found. Two people with one displayed
    name are both found. A name and an account belong together where one request or review has both.
    """
    theirs = uow.grants.holders_by_login(text)
    found = Identities(
        persons=frozenset([PersonId(text), *(person for person, _ in theirs)]),
        accounts=frozenset(
            [SlackId(text), *uow.directory.accounts_named(text), *(account for _, account in theirs)]
        ),
    )
    while (more := _further(uow, found)) != found:
        found = more
    return found


def _further(uow: UnitOfWork, found: Identities) -> Identities:
    known = uow.requests.requesters(found) | uow.reviews.reviewers(found)
    known |= uow.break_glass_reviews.reviewers(found)
    return Identities(
        persons=found.persons | {person for person, _ in known},
        accounts=found.accounts | {account for _, account in known},
    )
