"""A question about grants, as auditors ask it."""

from dataclasses import dataclass
from datetime import datetime

from dbaccess.domain.grant import GrantId
from dbaccess.domain.reach import TableUse
from dbaccess.domain.record_filter import Identities


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantQuestion:
    """None admits every grant; otherwise each part that is given must hold.

    A grant is held from the begin of its provisioning until its end was verified. So it is at the moment
    `at`, and at any moment of the time from `since` to before `until`. `who` holds it. `reviewer` gave a
    verdict on its request, on an extension, or on its break-glass. `ticket` is that of its request or of an
    extension.

    `table` is one that its login reached, for `use` if that is given: `orders` in any schema, `shop.orders`.
    A grant with an unknown reach is admitted too, because it may have reached the table; one that was never
    provisioned is not.
    """

    grant: GrantId | None = None
    who: Identities | None = None
    reviewer: Identities | None = None
    target: str | None = None
    role: str | None = None
    ticket: str | None = None
    table: str | None = None
    use: TableUse | None = None
    at: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
