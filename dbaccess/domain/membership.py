"""The groups of the configuration: their members, and the accounts of one human."""

from collections import defaultdict
from collections.abc import Mapping

from dbaccess.domain.people import Person, PersonId, SlackId, SourceId

Groups = Mapping[str, tuple[SourceId, ...]]
_NONE: frozenset[str] = frozenset()


class Membership:
    """The members of a policy's groups and the aliases of people, looked up by source and by account."""

    def __init__(self, groups: Groups, aliases: Mapping[SlackId, PersonId]) -> None:
        self._aliases = aliases
        self._by_source: dict[SourceId, set[str]] = defaultdict(set)
        for name, sources in groups.items():
            for source in sources:
                self._by_source[source].add(name)
        self.asked_of_slack = frozenset(s for s in self._by_source if not s.startswith(("U", "W")))
        """User groups and channels. Only Slack knows their members."""
        self._accounts: dict[PersonId, list[SlackId]] = defaultdict(list)
        for account, person in aliases.items():
            self._accounts[person].append(account)

    def person_id(self, slack_id: SlackId) -> PersonId:
        """Return the id of the human behind a Slack id."""
        return self._aliases.get(slack_id, PersonId(slack_id))

    def accounts(self, slack_id: SlackId) -> tuple[SlackId, ...]:
        """Return all accounts of the same human, this one first."""
        return slack_id, *self.other_accounts(slack_id)

    def other_accounts(self, slack_id: SlackId) -> tuple[SlackId, ...]:
        """Return the other accounts of the same human."""
        mine = self._accounts.get(self.person_id(slack_id), ())
        return tuple(account for account in mine if account != slack_id)

    def groups_of(self, person: Person) -> frozenset[str]:
        """Return the groups that list this account, by id or through a user group or channel."""
        return self._listed(SourceId(person.slack_id), *person.sources)

    def groups_of_any(self, person: Person) -> frozenset[str]:
        """Return the groups that list any account of the same human, or did until the last reading.

        Raises `ValueError` if the sources of the other accounts were not looked up: a decision needs the
        whole human.
        """
        accounts = self.other_accounts(person.slack_id)
        if accounts and person.others is None:
            raise ValueError(
                f"The sources that list the other accounts of {person.slack_id} were not looked up."
            )
        named = (SourceId(account) for account in accounts)
        return self.groups_of(person) | self._listed(*person.missing, *named, *(person.others or ()))

    def _listed(self, *sources: SourceId) -> frozenset[str]:
        return _NONE.union(*(self._by_source.get(source, _NONE) for source in sources))
