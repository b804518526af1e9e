"""A ledger entry in plain words."""

from collections.abc import Callable, Mapping
from typing import Any

Fields = Mapping[str, Any]
People = Mapping[str, str]


def told(entry: Fields, people: People) -> dict[str, Any]:
    """Return what the page shows of an entry, and what it needs to know which step of a story this was."""
    data: Fields = entry["data"]
    kind, actor = str(entry["kind"]), str(entry["actor"])
    recipe: Fields = data.get("recipe") or {}
    terms: Fields = data.get("terms") or {}
    words = WORDS.get(kind)
    return {
        "seq": entry["seq"],
        "at": entry["at"],
        "kind": kind,
        "actor": actor,
        "who": _who(actor, people),
        "what": words(data) if words else kind.replace(".", " ").replace("_", " "),
        "request": _label("R", entry["request"]),
        "grant": _label("G", entry["grant"]),
        "login": data.get("login") or recipe.get("login"),
        "database": recipe.get("database"),
        "until": data.get("expires_at") if kind in _ENDS else None,
        "says_until": kind in _SAY_UNTIL,
        "asks": terms.get("kind"),
        "role": terms.get("role"),
    }


def _who(actor: str, people: People) -> str:
    programs = {"system": "dbaccess", "worker": "A worker", "bot": "The bot"}
    return people.get(actor) or programs.get(actor.partition("@")[0], actor)


def _label(letter: str, number: int | None) -> str | None:
    return None if number is None else f"{letter}-{number}"


def _submitted(data: Fields) -> str:
    terms: Fields = data.get("terms", {})
    what = f"{terms.get('role', 'a role')} on {terms.get('target', 'a target')}"
    seconds, reason = terms.get("duration_seconds"), terms.get("reason")
    length = _length(seconds) if isinstance(seconds, int) else ""
    if terms.get("kind") == "extension":
        asked = f"requested {length} more of {what}" if length else f"requested more time for {what}"
    else:
        asked = f"requested {what}" + (f" for {length}" if length else "")
    return asked + (f": “{reason}”" if reason else "")


def _length(seconds: int) -> str:
    parts = []
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, seconds = divmod(seconds, unit)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts)


def _noted(verdict: str) -> Callable[[Fields], str]:
    def say(data: Fields) -> str:
        groups, note = ", ".join(data.get("groups") or []), data.get("note")
        return verdict + (f", as {groups}" if groups else "") + (f": “{note}”" if note else "")

    return say


def _stale(data: Fields) -> str:
    return f"closed the request: {_STALE.get(str(data.get('why')), 'it can no longer be decided')}"


def _auto_approved(data: Fields) -> str:
    rule = f"rule {data['rule']}" if data.get("rule") else "its rule"
    return f"approved the request: {rule} requires no approval"


def _reviewed(data: Fields) -> str:
    verdict = {True: ": justified", False: ": not justified"}.get(data.get("justified"), "")  # type: ignore[arg-type]  # None finds nothing
    note = data.get("note")
    return f"reviewed the break-glass{verdict}" + (f", “{note}”" if note else "")


def _activated(data: Fields) -> str:
    held = ", ".join([*(data.get("roles") or []), *(data.get("tables") or [])])
    return "verified on the target that " + (
        f"{data.get('login')} holds {held}" if held else "the grant is active"
    )


def _ended(data: Fields) -> str:
    receipt: Fields = data.get("receipt") or {}
    if not receipt:
        return "ended the grant; the target was never touched"
    removed = ", login removed" if receipt.get("login_removed") else ""
    said = "".join(_sessions(seen) for seen in receipt.get("sessions") or [])
    return f"verified the end on the target: role removed{removed}{said}"


def _sessions(seen: Fields) -> str:
    closed, left = seen.get("closed", 0), seen.get("left")
    still = "left: not known" if left is None else f"{left or 'none'} left"
    return f", {closed} session{'' if closed == 1 else 's'} closed, {still}"


def _failed(what: str) -> Callable[[Fields], str]:
    return lambda data: (
        f"{what} at try {data.get('attempt', '?')} and retries: {data.get('code', 'no answer')}"
    )


def _just(text: str) -> Callable[[Fields], str]:
    return lambda _data: text


_STALE = {
    "policy_changed": "the policy changed, and asks for other terms now",
    "policy_forbids": "the policy changed, and no rule allows this now",
    "other_rule": "another rule decides at this hour, with other terms",
    "no_rule": "no rule allows this at this hour",
    "grant_ended": "the grant that was to be extended has ended",
}
REFUSALS = {
    "AlreadyDecided": "it is decided already",
    "AlreadyOpen": "the same is open already",
    "AlreadyReviewed": "they reviewed it before",
    "Ambiguous": "the name fits several",
    "BadDuration": "the duration cannot be read",
    "BadQuestion": "the question cannot be read",
    "BadReason": "the reason is too short or too long",
    "BadTicket": "the ticket is missing or does not match",
    "BadTime": "the time cannot be read",
    "Changed": "it changed after it was shown",
    "DirectoryTooOld": "people and groups were not read lately",
    "DuplicateRequest": "it was done before",
    "InLockdown": "the target is in lockdown",
    "NoAccessReview": "the access review cannot start like this",
    "NotAdopted": "the server does not prove that it is the same cluster",
    "NotAllowed": "no rule allows it",
    "NotCaptured": "the statements would not be captured",
    "NotEligible": "they may not review or lift it",
    "NotFound": "it does not exist",
    "NotLess": "it is not less than was asked",
    "NotReviewable": "too few people could approve it",
    "NotYours": "only other people may do it",
    "OwnRequest": "it is their own request",
    "ReviewPending": "an earlier break-glass is not reviewed yet",
    "TooLong": "the duration is over the maximum",
    "TooMany": "they are over a limit",
    "UnknownName": "there is no target or role of that name",
    "UnknownPerson": "they are in no group of the policy",
}
"""Words for the kinds of refusal, which the ledger has by the names of the code."""

_ENDS = frozenset({"grant.provision_started", "grant.activated", "grant.extended"})
"""Entries with the end that holds; the others name one that is only intended."""

_SAY_UNTIL = frozenset({"grant.provision_started", "grant.extended"})
"""The page completes these with the moment, as the reader's clock shows it."""

WORDS: Mapping[str, Callable[[Fields], str]] = {
    "request.submitted": _submitted,
    "review.approved": _noted("approved the request"),
    "review.denied": _noted("denied the request"),
    "review.voided": _just("stopped counting an approval: its reviewer may no longer review"),
    "request.approved": _just("gave the last approval that the rule requires"),
    "request.auto_approved": _auto_approved,
    "request.denied": _just("closed the request with a denial"),
    "request.withdrawn": _just("withdrew the request"),
    "request.lapsed": _just("let the request lapse: no reviewer decided in time"),
    "request.stale": _stale,
    "request.break_glass_invoked": _just("invoked break-glass: access first, a review afterwards"),
    "break_glass.review_opened": lambda data: f"owes a review of the break-glass by {_group(data)}",
    "break_glass.announced": _just("announced the break-glass in Slack"),
    "break_glass.overdue": _just("marked the review of the break-glass as overdue"),
    "break_glass.reviewed": _reviewed,
    "grant.created": _just("created the grant"),
    "grant.provision_started": _just("is about to create the login and to grant the role, until"),
    "grant.provision_failed": _failed("could not provision the grant"),
    "grant.activated": _activated,
    "grant.reach_read": _just("read which tables the login reaches"),
    "grant.extended": _just("extended the grant and verified it on the target, until"),
    "grant.extend_started": _just("is about to set a later end on the target"),
    "grant.extend_failed": _failed("could not extend the grant"),
    "grant.not_extended": _just("dropped the extension: the grant ends as it was granted"),
    "grant.abandoned": _just("gave the grant up, and removes what it created"),
    "grant.expired": _just("expired the grant: its time is over"),
    "grant.surrendered": _just("ended the grant early"),
    "grant.revoked": _noted("revoked the grant"),
    "grant.invalidated": _just("invalidated the grant: what allowed it is gone"),
    "grant.revoke_started": _just("is about to revoke it on the target"),
    "grant.revoke_failed": _failed("could not revoke it"),
    "grant.idle": _just("ended the grant: it was not used"),
    "grant.locked_down": _just("ended the grant: its target is in lockdown"),
    "grant.ended": _ended,
    "grant.write_off_proposed": _noted("proposed to write the grant off"),
    "grant.written_off": _just("wrote the grant off: its end is not verified"),
    "grant.adopted": _just("moved the grant to its cluster's new identity"),
    "control.adopted": _just("declared this control database the truth"),
    "lockdown.declared": _just("declared a lockdown"),
    "lockdown.lifted": _just("lifted the lockdown"),
    "credentials.requested": _just("asked for a password"),
    "credentials.started": _just("is about to set a password on the target"),
    "credentials.set": _just("set a password on the target and showed it to the holder"),
    "attempt.refused": lambda data: (
        f"tried what is refused: {REFUSALS.get(str(data.get('why')), 'it is not allowed')}"
    ),
    "attempts.left_out": lambda data: f"counted {data.get('attempts', 0)} more refused attempts",
    "ledger.key_introduced": _just("introduced the key that signs the ledger"),
    "report.made": _just("prepared a report"),
    "workers.away": _just("returned after a time without a report of any worker"),
    "policy.loaded": lambda data: f"loaded the policy {str(data.get('hash', ''))[:12]}".rstrip(),
    "group.changed": lambda data: f"read other members of {data.get('group', 'a group')} from Slack",
    "target.try_started": _just("is about to test a role on the target"),
    "target.try_ended": _just("ended the test of the role, and verified that its login is removed"),
    "target.try_failed": _just("could not complete the test of the role"),
    "target.stray_found": _just("found a login on the target that no open grant accounts for"),
    "standing.found": lambda data: f"found that {data.get('login')} holds {data.get('role')} without a grant",
    "standing.gone": lambda data: f"found that {data.get('login')} no longer holds {data.get('role')}",
    "standing.read": lambda data: f"read who holds roles without a grant on {data.get('cluster')}",
    "standing.unread": lambda data: f"could not read who holds roles of {data.get('cluster')} by no grant",
    "standing.removal_requested": lambda data: f"asked to remove {data.get('role')} from {data.get('login')}",
    "standing.removal_started": _just("is about to remove a membership on the target"),
    "standing.removed": lambda data: (
        f"removed {data.get('role')} from {data.get('login')}, and verified that"
    ),
    "standing.not_removed": _just("could not remove a membership on the target"),
    "access_review.started": lambda data: f"started the access review of {data.get('group', 'a group')}",
    "access_review.asked": _just("asked the owners of a group to answer its access review"),
    "access_review.answered": lambda data: f"answered an item of an access review: {data.get('answer')}",
    "access_review.reminded": _just("reminded the operators of an access review"),
    "access_review.ended": _just("ended an access review: it takes no more answers"),
    "access_review.unanswered": _just("recorded an item of an access review without an answer"),
    "access_review.closed": _just("closed an access review"),
    "activity.summarized": _just("counted the statements of the grant"),
    "activity.imported": _just("stored statements of an exported log"),
    "activity.viewed": _just("looked at the statements of the grant"),
    "activity.purged": _just("deleted statements after their retention"),
}


def _group(data: Fields) -> str:
    return str(data.get("review_by") or "another person")
