"""Holders of open grants, and the words that a person may name them by."""

import re
from dataclasses import dataclass
from typing import Final

from dbaccess.domain.display_name import shown_name
from dbaccess.domain.people import PersonId, SlackId

_DASHES: Final = re.compile("[\u2010-\u2015\u2212]+")
_AROUND: Final = re.compile(r"^[\W_]+|[\W_]+$")


def bare_name(text: str) -> str:
    """Return the name in one case, without the marks around it and with plain dashes, as people type it."""
    plain = _DASHES.sub("-", text.casefold())
    return _AROUND.sub("", plain) or plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The holder of open grants on one target.

    `person` is the name at the time of the grant; `name` is what Slack displays, empty if it is not known.
    """

    account: SlackId
    person: PersonId
    target: str
    name: str

    def is_called(self, named: str) -> bool:
        """Return whether the text is the account, the person's name, or the displayed name.

        Of the latter the first word is enough; the name as a list shows it is one too.
        """
        listed = {shown_name(self.name, self.person), shown_name(self.name, self.account)}
        names = {self.account, self.person, self.name, self.name.partition(" ")[0], *listed}
        return bare_name(named) in {bare_name(name) for name in names if name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a text names: accounts, which hold grants, and targets."""

    accounts: frozenset[SlackId]
    targets: frozenset[str]
