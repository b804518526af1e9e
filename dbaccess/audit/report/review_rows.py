"""The reviews of a request as data: who, for which groups, what they were shown, and the verdict."""

from typing import Any

from dbaccess.audit.report.columns import NO, UNKNOWN, YES
from dbaccess.audit.report.values import of, texts
from dbaccess.domain.events import EventKind
from dbaccess.domain.recorded_facts import Fact, RequestFacts

_VERDICTS = {EventKind.REVIEW_APPROVED: "approved", EventKind.REVIEW_DENIED: "denied"}


def reviews_of(recorded: RequestFacts) -> list[dict[str, Any]]:
    """Return every review in order, with those of extensions; a void one says since when and why."""
    voided = list(recorded.all(EventKind.REVIEW_VOIDED))
    return [_review(recorded, fact, voided) for fact in recorded.all(*_VERDICTS)]


def approvers(reviews: list[dict[str, Any]], request: str) -> list[str]:
    """Return who approved the request itself, each with the groups; void approvals do not count."""
    return [
        f"{_shown(review)} ({', '.join(review['groups'])})"
        for review in reviews
        if review["request"] == request and review["verdict"] == "approved" and review["voided_at"] is None
    ]


def _shown(review: dict[str, Any]) -> str:
    return str(review["reviewer"] if review["name"] == UNKNOWN else review["name"])


def reviewed_own(reviews: list[dict[str, Any]]) -> str:
    """Return whether any review is by the person who asked."""
    found = {review["self"] for review in reviews}
    return YES if YES in found else UNKNOWN if UNKNOWN in found else NO


def review_in_words(review: dict[str, Any]) -> str:
    """`Priya Nair (priya, U0PRIYA) approved R-1001 for dba at 2026-…`."""
    who = f"{review['name']} ({review['reviewer']}, {review['slack_id']})"
    said = (
        f"{who} {review['verdict']} {review['request']} for {', '.join(review['groups'])} at {review['at']}"
    )
    said += f", membership read {review['membership_read_at']}"
    said += f", shown {review['shown_hash']}, self: {review['self']}"
    said += f': "{review["note"]}"' if review["note"] else ""
    return f"{said}, void since {review['voided_at']}" if review["voided_at"] else said


def _review(recorded: RequestFacts, fact: Fact, voided: list[Fact]) -> dict[str, Any]:
    account = of(fact, "slack_id")
    void = next((one for one in voided if _voids(one, fact)), None)
    return {
        "request": f"R-{fact.request}",
        "reviewer": fact.actor,
        "slack_id": account,
        "name": recorded.people.names.get(account, UNKNOWN),
        "groups": _groups(fact),
        "membership_read_at": of(fact, "membership_read_at"),
        "verdict": _VERDICTS[EventKind(fact.kind)],
        "shown_hash": of(fact, "fingerprint"),
        "policy_hash": of(fact, "policy_hash"),
        "self": _is_own(recorded, fact.actor, account),
        "role": fact.data.get("role"),
        "seconds": fact.data.get("duration_seconds"),
        "note": of(fact, "note"),
        "at": fact.at,
        "voided_at": void.at if void else None,
        "voided_why": of(void, "why") if void else None,
        "sequence": fact.seq,
    }


def _groups(fact: Fact) -> list[str]:
    groups = texts(of(fact, "groups"))
    return groups if isinstance(groups, list) else [UNKNOWN]


def _voids(void: Fact, review: Fact) -> bool:
    return void.request == review.request and void.data.get("reviewer") == review.actor


def _is_own(recorded: RequestFacts, reviewer: str, account: Any) -> str:
    """The same name under [people], or the same account, is the same person."""
    if recorded.asked is None:
        return UNKNOWN
    own = reviewer == recorded.asked.actor or account == recorded.asked.data.get("slack_id")
    return YES if own else NO
