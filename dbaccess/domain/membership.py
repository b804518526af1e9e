"""Who is in which group of the configuration, and whose accounts are one human's."""

from collections import defaultdict
from collections.abc import Mapping

from dbaccess.domain.people import Person, PersonId, SlackId, SourceId

Groups = Mapping[str, tuple[SourceId, ...]]
_NONE: frozenset[str] = frozenset()


class Membership:
    """What a policy's groups and aliases say of people, looked up by source and by account."""

    def __init__(self, groups: Groups, aliases: Mapping[SlackId, PersonId]) -> None:
        self._aliases = aliases
        self._by_source: dict[SourceId, set[str]] = defaultdict(set)
        for name, sources in groups.items():
            for source in sources:
                self._by_source[source].add(name)
        self.asked_of_slack = frozenset(s for s in self._by_source if not s.startswith(("U", "W")))
        """The user groups and channels: who is in them only Slack knows."""
        self._accounts: dict[PersonId, list[SlackId]] = defaultdict(list)
        for account, person in aliases.items():
            self._accounts[person].append(account)

    def person_id(self, slack_id: SlackId) -> PersonId:
        """The one human behind a Slack id."""
        return self._aliases.get(slack_id, PersonId(slack_id))

    def accounts(self, slack_id: SlackId) -> tuple[SlackId, ...]:
        """All of the same human's, this one first."""
        return slack_id, *self.other_accounts(slack_id)

    def other_accounts(self, slack_id: SlackId) -> tuple[SlackId, ...]:
        """The same human's, without this one."""
        mine = self._accounts.get(self.person_id(slack_id), ())
        return tuple(account for account in mine if account != slack_id)

    def groups_of(self, person: Person) -> frozenset[str]:
        """The groups that list this account, by name or through a user group or channel."""
        return self._listed(SourceId(person.slack_id), *person.sources)

    def groups_of_any(self, person: Person) -> frozenset[str]:
        """The groups that list any account of the same human, or did until the last reading.

        Raises `ValueError` where nobody looked up what lists the others: half a human is not decided on.
        """
        accounts = self.other_accounts(person.slack_id)
        if accounts and person.others is None:
            raise ValueError(f"What lists the other accounts of {person.slack_id} was not looked up.")
        named = (SourceId(account) for account in accounts)
        return self.groups_of(person) | self._listed(*person.missing, *named, *(person.others or ()))

    def _listed(self, *sources: SourceId) -> frozenset[str]:
        return _NONE.union(*(self._by_source.get(source, _NONE) for source in sources))
