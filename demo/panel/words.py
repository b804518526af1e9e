"""A ledger entry in plain words."""

from collections.abc import Callable, Mapping
from typing import Any

Fields = Mapping[str, Any]
People = Mapping[str, str]


def told(entry: Fields, people: People) -> dict[str, Any]:
    """Return what the page shows of an entry."""
    data: Fields = entry["data"]
    kind = str(entry["kind"])
    words = _WORDS.get(kind)
    return {
        "seq": entry["seq"],
        "at": entry["at"],
        "kind": kind,
        "who": _who(str(entry["actor"]), people),
        "what": words(data) if words else kind.replace(".", " ").replace("_", " "),
        "request": _label("R", entry["request"]),
        "grant": _label("G", entry["grant"]),
        "login": data.get("login"),
        "until": data.get("expires_at"),
        "says_until": kind in _SAY_UNTIL,
    }


def _who(actor: str, people: People) -> str:
    return people.get(actor, {"system": "dbaccess", "worker": "worker"}.get(actor, actor))


def _label(letter: str, number: int | None) -> str | None:
    return None if number is None else f"{letter}-{number}"


def _submitted(data: Fields) -> str:
    terms: Fields = data.get("terms", {})
    role, target = terms.get("role", "a role"), terms.get("target", "a target")
    seconds, reason = terms.get("duration_seconds"), terms.get("reason")
    asked = f"asked for {role} on {target}" + (f", {_length(seconds)}" if isinstance(seconds, int) else "")
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
    return _STALE.get(str(data.get("why")), "it can no longer be decided")


def _activated(data: Fields) -> str:
    held = ", ".join([*(data.get("roles") or []), *(data.get("tables") or [])])
    return f"read back from the target: {data.get('login')}" + (f" holds {held}" if held else "")


def _ended(data: Fields) -> str:
    receipt: Fields = data.get("receipt") or {}
    if not receipt:
        return "ended; the target was never touched"
    removed = ", login removed" if receipt.get("login_removed") else ""
    said = "".join(_sessions(seen) for seen in receipt.get("sessions") or [])
    return f"verified on the target: role removed{removed}{said}"


def _sessions(seen: Fields) -> str:
    closed, left = seen.get("closed", 0), seen.get("left")
    still = "left: not known" if left is None else f"{left or 'none'} left"
    return f", {closed} session{'' if closed == 1 else 's'} closed, {still}"


def _failed(what: str) -> Callable[[Fields], str]:
    return lambda data: f"{what}, try {data.get('attempt', '?')}: {data.get('code', 'no answer')}"


def _just(text: str) -> Callable[[Fields], str]:
    return lambda _data: text


_STALE = {
    "policy_changed": "the policy changed: it asks for other terms now",
    "policy_forbids": "the policy changed: no rule allows this now",
    "other_rule": "another rule decides at this hour, with other terms",
    "no_rule": "no rule allows this at this hour",
    "grant_ended": "the grant that was to be extended has ended",
}
_SAY_UNTIL = frozenset({"grant.provision_started", "grant.extended"})
"""The page completes these with the moment, as the reader's clock shows it."""

_WORDS: Mapping[str, Callable[[Fields], str]] = {
    "request.submitted": _submitted,
    "review.approved": _noted("approved"),
    "review.denied": _noted("denied"),
    "review.voided": _just("an approval stopped counting: its reviewer may no longer review"),
    "request.approved": _just("the request has the approvals that its rule wants"),
    "request.auto_approved": _just("the rule needs no approval"),
    "request.denied": _just("the request is denied"),
    "request.withdrawn": _just("withdrew the request"),
    "request.lapsed": _just("not decided in time: no access was granted"),
    "request.stale": _stale,
    "request.break_glass_invoked": _just("broke the glass: access first, a review after"),
    "break_glass.review_opened": _just("the break-glass owes a review by another person"),
    "break_glass.announced": _just("the break-glass is announced; now it may be given"),
    "break_glass.overdue": _just("the review of the break-glass is overdue"),
    "break_glass.reviewed": _noted("closed the review of the break-glass"),
    "grant.created": _just("a grant is to be made"),
    "grant.provision_started": _just("about to make the login, until"),
    "grant.provision_failed": _failed("the target did not confirm"),
    "grant.activated": _activated,
    "grant.extended": _just("may hold it longer, until"),
    "grant.extend_started": _just("about to set a later end on the target"),
    "grant.extend_failed": _failed("could not set the later end"),
    "grant.not_extended": _just("the end stays as it was"),
    "grant.abandoned": _just("given up; whatever may be there is removed"),
    "grant.expired": _just("the time is over"),
    "grant.surrendered": _just("is done, before the time was over"),
    "grant.revoked": _noted("revoked it"),
    "grant.invalidated": _just("the ground for it is gone"),
    "grant.revoke_started": _just("about to take it away"),
    "grant.revoke_failed": _failed("could not take it away yet"),
    "grant.locked_down": _just("the target is in lockdown: the grant ends"),
    "grant.ended": _ended,
    "grant.write_off_proposed": _noted("proposed to write the grant off"),
    "grant.written_off": _just("wrote the grant off: its end is not verified"),
    "grant.adopted": _just("the grant follows its cluster to a new identity"),
    "control.adopted": _just("took this control database for the truth"),
    "lockdown.declared": _just("declared a lockdown"),
    "lockdown.lifted": _just("lifted the lockdown"),
    "credentials.requested": _just("asked to see a password"),
    "credentials.started": _just("about to set a new password"),
    "credentials.set": _just("set a new password on the target"),
    "policy.loaded": lambda data: f"goes by the policy {str(data.get('hash', ''))[:12]}",
    "group.changed": lambda data: f"another membership of {data.get('group', 'a group')} was read from Slack",
    "target.try_started": _just("an operator tests a role on the target"),
    "target.try_ended": _just("the login of the test is gone, verified on the target"),
    "target.try_failed": _just("the operator's test of the role failed"),
    "activity.summarized": _just("counted the statements of the grant"),
    "activity.viewed": _just("looked at the statements of the grant"),
    "activity.purged": _just("deleted statements after their retention"),
    "target.stray_found": _just("a login of ours that no grant owns was found on the target"),
}
