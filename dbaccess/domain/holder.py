"""Holders of open grants, and the words that a person may name them by."""

from dataclasses import dataclass

from dbaccess.domain.display_name import shown_name
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.typed import bare_name


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
    """The meanings of a text: accounts, which hold grants, and targets."""

    accounts: frozenset[SlackId]
    targets: frozenset[str]
