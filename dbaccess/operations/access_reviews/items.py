"""The items of an access review: requests that are possible, and standing access."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dbaccess.domain.access_review import Asked, AskedKey, ItemKind, ReviewItem
from dbaccess.domain.names import unknown_name
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.policy import Policy, Rule
from dbaccess.domain.rule_match import covers
from dbaccess.domain.standing_access import EVERYWHERE, FoundRole, How, Reading, StandingRole, objects_role
from dbaccess.operations.identity import look_up, look_up_all
from dbaccess.ports import UnitOfWork

_Signature = tuple[frozenset[str], frozenset[str], bool, bool]
_Possible = tuple[tuple[str, str, tuple[Rule, ...]], ...]


@dataclass(slots=True, kw_only=True)
class ReviewScope:
    """The access that a review looks at: all of the policy, or that of one group.

    A group's is what its members may request, and what stands of the roles that their rules lead to.
    `since` is the begin of the time in which requests count.
    """

    policy: Policy
    since: datetime
    group: str | None = None
    _by_signature: dict[_Signature, _Possible] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.group is not None and self.group not in self.policy.groups:
            raise unknown_name("group", self.group, self.policy.groups)

    @property
    def sources(self) -> frozenset[SourceId]:
        groups = self.policy.groups
        wanted = [self.group] if self.group is not None else list(groups)
        return frozenset(source for name in wanted for source in groups[name])

    def possible(self, person: Person) -> _Possible:
        """Return each target and role that the person may request at some hour, with the rules."""
        membership = self.policy.membership
        key = (
            membership.groups_of(person),
            membership.groups_of_any(person),
            person.is_guest,
            self.policy.person_id(person.slack_id) in self.policy.logins,
        )
        if key not in self._by_signature:
            self._by_signature[key] = tuple(self._possible(person))
        return self._by_signature[key]

    def _possible(self, person: Person) -> Iterator[tuple[str, str, tuple[Rule, ...]]]:
        for name in sorted(self.policy.targets):
            for role in sorted(self.policy.targets[name].roles):
                rules = self.policy.rules_at_any_time(person, name, role)
                if self.group is not None:  # a rule without requesters is for everyone, so for the group too
                    rules = tuple(r for r in rules if not r.requester or self.group in r.requester)
                if rules:
                    yield name, role, rules

    def named_roles(self) -> frozenset[tuple[str, str]]:
        """Return the cluster of each role that these requests could give, and the name it is found by."""
        found = set()
        for target in self.policy.targets.values():
            for role in target.roles.values():
                if self.group is None or self._leads_to(target.name, role.name):
                    on = objects_role(target.name, role.name) if role.on else None
                    found |= {(target.cluster, name) for name in (*role.grants, role.act_as, on) if name}
        return frozenset(found)

    def _leads_to(self, target: str, role: str) -> bool:
        there = self.policy.target(target)
        return any(
            not rule.denies and covers(rule, there, there.roles[role])
            for rule in self.policy.rules
            if not rule.requester or self.group in rule.requester
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """Items by account, then target and role. `last` is the last account, None after the last page.

    `unread` are accounts that Slack lists and that were never read: what they may request is unknown.
    """

    items: tuple[ReviewItem, ...]
    unread: tuple[SlackId, ...]
    last: SlackId | None


def requestable(uow: UnitOfWork, scope: ReviewScope, *, after: SlackId | None, limit: int) -> ItemPage:
    """Return what the next `limit` accounts may request. The rules count as they are at any hour."""
    accounts = uow.directory.listed(scope.sources, after=after, limit=limit + 1)
    page = accounts[:limit]
    people = look_up_all(uow, page, scope.policy)
    asked = uow.requests.asked_since(page, since=scope.since)
    found = [
        item
        for account in page
        if (person := _whole(uow, people.get(account), scope.policy)) is not None and person.may_act
        for item in _items(scope, person, asked)
    ]
    return ItemPage(
        items=tuple(found),
        unread=tuple(account for account in page if account not in people),
        last=page[-1] if len(accounts) > limit else None,
    )


def all_requestable(
    uow: UnitOfWork, scope: ReviewScope, *, page: int = 500, progress: Callable[[int], None] = lambda _: None
) -> Iterator[ItemPage]:
    """Yield page after page of all accounts; `progress` is told how many were looked at."""
    after, looked_at = None, 0
    while True:
        found = requestable(uow, scope, after=after, limit=page)
        yield found
        looked_at += page
        progress(looked_at)
        if found.last is None:
            return
        after = found.last


def standing(uow: UnitOfWork, scope: ReviewScope) -> tuple[ReviewItem, ...]:
    """Return the standing access, and each cluster of which it is unknown, by cluster, login and role."""
    named, now = scope.named_roles(), uow.now
    readings = {one.cluster: one for one in uow.standing_roles.readings()}
    people = {login: person for person, login in scope.policy.logins.items()}
    found: list[ReviewItem] = []
    for cluster in sorted({cluster for cluster, _ in named}):
        reading = readings.get(cluster, Reading(cluster=cluster))
        if not reading.counts(now):
            found.append(_unknown(reading))
        here = [one for one in uow.standing_roles.on(cluster) if _concerns(one.standing, cluster, named)]
        found.extend(_standing(one, people) for one in here)
    return tuple(found)


def _concerns(one: StandingRole, cluster: str, named: Collection[tuple[str, str]]) -> bool:
    """Return whether it reaches what these roles give; a database that was not read may hide what does."""
    return one.how in EVERYWHERE or one.how is How.UNREAD or (cluster, one.role) in named


def _whole(uow: UnitOfWork, person: Person | None, policy: Policy) -> Person | None:
    """Return the person with the groups of their other accounts, which only few have."""
    if person is None or not policy.membership.other_accounts(person.slack_id):
        return person
    return look_up(uow, person.slack_id, policy)


def _items(scope: ReviewScope, person: Person, asked: Mapping[AskedKey, Asked]) -> Iterator[ReviewItem]:
    for target, role, rules in scope.possible(person):
        count = asked.get((person.slack_id, target, role), Asked())
        yield ReviewItem(
            kind=ItemKind.MAY_REQUEST,
            person=scope.policy.person_id(person.slack_id),
            slack_id=person.slack_id,
            name=person.name,
            guest=person.is_guest,
            target=target,
            cluster=scope.policy.targets[target].cluster,
            role=role,
            access=scope.policy.role(target, role).access.value,
            rules=tuple(rule.id for rule in rules),
            asked=count.times,
            approved=count.approved,
            last_asked_at=count.last_at.isoformat(timespec="seconds") if count.last_at else None,
        )


def _standing(one: FoundRole, people: Mapping[str, str]) -> ReviewItem:
    standing_ = one.standing
    if standing_.how is How.UNREAD:
        since = one.found_at.isoformat(timespec="seconds")
        return ReviewItem(
            kind=ItemKind.UNKNOWN, cluster=one.cluster, database=standing_.database, since=since
        )
    return ReviewItem(
        kind=ItemKind.STANDING,
        person=people.get(standing_.login),
        cluster=one.cluster,
        server=one.server,
        role=standing_.role,
        role_identity=standing_.role_identity,
        login=standing_.login,
        login_identity=standing_.login_identity,
        path=standing_.path,
        usable=standing_.is_usable,
        how=standing_.how.value,
        database=standing_.database or None,
        since=one.found_at.isoformat(timespec="seconds"),
    )


def _unknown(reading: Reading) -> ReviewItem:
    return ReviewItem(
        kind=ItemKind.UNKNOWN,
        cluster=reading.cluster,
        since=reading.read_at.isoformat(timespec="seconds") if reading.read_at else None,
    )
