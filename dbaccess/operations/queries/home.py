"""The content of one person's Home tab."""

from collections import Counter
from datetime import datetime

from dbaccess.domain.grant import Grant, GrantState
from dbaccess.domain.limits import SHOWN
from dbaccess.domain.overview import Overview
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.operations.activity.use import uses_of
from dbaccess.operations.identity import Workspace, identify
from dbaccess.operations.queries.mine import break_glass_to_review, to_review, to_revoke
from dbaccess.operations.queries.who import lockdowns_seen
from dbaccess.operations.requests.eligibility import reviews_for
from dbaccess.operations.requests.request_extension import may_extend
from dbaccess.ports import UnitOfWork

ENDED_SHOWN = 5


def home(uow: UnitOfWork, *, policy: Policy, workspace: Workspace, slack_id: SlackId) -> Overview:
    """Return what is open for this person in this transaction; raises if the account may not act."""
    person = identify(uow, slack_id, policy, workspace)
    accounts = policy.accounts(slack_id)
    holds = sorted(uow.grants.open_of(accounts), key=_end)
    detailed = holds[:SHOWN]  # each of these takes a few statements, and the tab has no more rows
    waits = uow.requests.pending_of(accounts)
    ended = tuple(uow.grants.ended_of(accounts, limit=ENDED_SHOWN))
    return Overview(
        now=uow.now,
        groups=policy.groups_of(person),
        reviews_for=reviews_for(policy, person, policy.rules),
        reviews=to_review(uow, policy, workspace, person),
        revocable=to_revoke(uow, policy, person, others_only=True),
        holds=tuple(holds),
        credentials_shown=frozenset(
            grant.id for grant in detailed if uow.credential_views.shown_before(grant.id) is not None
        ),
        waits=tuple(sorted(waits, key=lambda request: request.decide_by)),
        refusals=uow.messages.refusals_of([request.id for request in waits]),
        break_glass_reviews=tuple(
            sorted(break_glass_to_review(uow, policy, person), key=lambda one: one.review.due_at)
        ),
        ended=ended,
        with_statements=frozenset(grant.id for grant in ended if _has_statements(uow, grant)),
        uses=uses_of(uow, policy, [grant for grant in detailed if grant.state is GrantState.ACTIVE]),
        extendable=frozenset(grant.id for grant in detailed if may_extend(uow, policy, person, grant)),
        lockdowns=lockdowns_seen(uow, policy, person),
        possible=_possible(policy, person, uow.now),
    )


def _has_statements(uow: UnitOfWork, grant: Grant) -> bool:
    kept = uow.activity.summary_of(grant.id)
    return kept is not None and kept.purged_at is None and kept.summary.first_at is not None


def _end(grant: Grant) -> datetime:
    """Return the end; for a grant without one, the earliest possible end."""
    return grant.expires_at or grant.created_at + grant.duration


def _possible(policy: Policy, person: Person, now: datetime) -> tuple[tuple[str, int], ...]:
    """Return the roles that the person may request, the most widely offered first."""
    names = Counter(role for target in policy.targets for role in policy.possible(person, target, now=now))
    return tuple(sorted(names.items(), key=lambda item: (-item[1], item[0])))
