"""Records of people and groups, as Slack told of them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.team import Team


class KnownTeam(Protocol):
    """The workspace that the workers' token belongs to, as Slack said last (worker only)."""

    def get(self) -> Team | None:
        """Return the workspace; None if it was never stored."""

    def put(self, team: Team) -> None: ...


class ChangedNames(Protocol):
    """The pinned names that Slack uses otherwise now (worker only)."""

    def put(self, name: str, what: str, *, at: datetime) -> datetime:
        """Store how the name changed; return since when it has been so, which is `at` for another change."""

    def keep(self, names: Iterable[str]) -> None:
        """Forget all others."""

    def count(self) -> int: ...


class DirectorySnapshot(Protocol):
    """The last reading of people and groups from Slack."""

    def person(self, slack_id: SlackId) -> Person | None:
        """Return the account with the sources that list it; None if the snapshot lacks it.

        The sources of the human's other accounts are not looked up.
        """

    def listing(self, slack_ids: Iterable[SlackId]) -> frozenset[SourceId]:
        """Return the sources that list any of these accounts, or did until their last reading."""

    def people(self, slack_ids: Iterable[SlackId]) -> dict[SlackId, Person]: ...

    def names(self, slack_ids: Iterable[SlackId]) -> dict[SlackId, str]:
        """Return the displayed names of those of these accounts that the snapshot has."""

    def guests(self, slack_ids: Iterable[SlackId]) -> dict[SlackId, bool]:
        """Return whether each of these accounts is a guest; accounts that the snapshot lacks are left out."""

    def accounts_named(self, name: str) -> set[SlackId]:
        """Return the accounts with this displayed name, in any case."""

    def read_at(self) -> datetime | None:
        """Return when all groups were last read; None if never."""

    def oldest_reading(self, sources: Collection[SourceId]) -> datetime | None:
        """Return when the one of these sources was read that was read longest ago; None without sources."""

    def unread(self, sources: Collection[SourceId], *, since: datetime) -> bool:
        """Return whether any of these sources was not read since then."""

    def replace_sources(
        self,
        members: Mapping[SourceId, frozenset[SlackId]],
        *,
        read_at: datetime,
        keep_others: bool = False,
    ) -> bool:
        """Store these sources with these members; keep others only if asked (worker only).

        A member whom a source no longer lists is missing from it. It is removed once a second reading,
        `CONFIRMED_AFTER` later, does not list it either. A source itself is removed at once. Returns False,
        with no change, if a later reading is already stored.
        """

    def told_groups(self) -> dict[str, frozenset[SlackId]]:
        """Return the reviewing groups with the members that the channels were told of (worker only)."""

    def put_told_groups(self, groups: Mapping[str, frozenset[SlackId]]) -> None:
        """Store exactly these groups as told (worker only)."""

    def put_people(self, people: Iterable[Person]) -> None:
        """Store each person, except for `sources`, which follow from the stored sources (worker only)."""

    def members(self) -> set[SlackId]:
        """Return the accounts that some source lists, or did until its last reading."""

    def listed(self, sources: Collection[SourceId], *, after: SlackId | None, limit: int) -> list[SlackId]:
        """Return the next accounts after that one that some of these sources list now, by id.

        A source may be an account.
        """

    def never_read(self, slack_ids: Iterable[SlackId]) -> set[SlackId]:
        """Return those of these accounts that the snapshot lacks."""

    def reviewers(
        self, sources: Collection[SourceId], *, team_id: str, but: Collection[SlackId], limit: int
    ) -> list[SlackId]:
        """Return accounts of these sources that may review, as far as is known; a source may be an account.

        Without guests, bots, deactivated accounts and other teams. An account that was never read may review.
        """

    def unfit_holders(self, team_id: str) -> list[SlackId]:
        """Return holders who left, are bots, of another team, or guests; guests may be allowed."""

    def involved(self, slack_ids: Iterable[SlackId]) -> set[SlackId]:
        """Return those of these accounts that wait for a decision or hold a grant."""

    def stale_involved(self, *, before: datetime, limit: int) -> list[SlackId]:
        """Return involved accounts that are known and were not read since `before`."""

    def stale_people(self, *, before: datetime, limit: int) -> list[SlackId]:
        """Return members of some source that were not read since `before`; those never read come first."""

    def list_cursor(self) -> str | None:
        """Return where to continue reading the list of accounts, empty for its start; None if it is read."""

    def want_list(self, *, begun_before: datetime, now: datetime) -> None:
        """Plan to read the list from its start, unless a reading is under way or began since then.

        Worker only, as is `list_read_to`.
        """

    def list_read_to(self, cursor: str | None) -> None:
        """Plan to continue the list at the cursor; None means that it is read to its end."""
