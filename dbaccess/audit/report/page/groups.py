"""The columns of a row that are not in the table of the page, grouped as its details show them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from dbaccess.audit.report.columns import Column, Section

GROUPS: Final[Mapping[str, Sequence[str]]] = {
    "Person": ("person", "slack_id", "name", "guest", "login", "login_kind"),
    "Asked": (
        "request", "kind", "state", "target", "cluster", "database", "env", "access", "role", "reason",
        "ticket", "rule", "policy_hash", "quorum", "reach",
    ),
    "Reviews": ("approved_by", "self_review", "reviews"),
    "Time": (
        "asked_seconds", "approved_seconds", "extended_seconds", "given_seconds", "extensions",
        "requested_at", "approved_at", "active_at", "planned_end_at", "due_at", "closed_at",
    ),
    "End": (
        "ended_at", "lag_ms", "late", "cause", "ended_by", "end_note", "verified", "roles_removed",
        "roles_kept", "login_removed", "sessions_closed", "sessions_left", "objects", "left",
    ),
    "Use": (
        "passwords_set", "connected_from", "minutes_used", "capture", "gaps", "statements", "ddl", "errors",
        "statements_digest", "mismatch",
    ),
    "Break-glass": (
        "break_glass", "announced_at", "review_by", "review_due_at", "reviewed_by", "reviewed_at",
        "membership_read_at", "verdict", "review_overdue",
    ),
    "Proof": ("sequences", "digest"),
}  # fmt: skip


def details(section: Section) -> Iterator[tuple[str, list[Column]]]:
    """Yield each group with its columns that the table does not show; a column without a group comes last."""
    hidden = {one.name: one for one in section.columns if not one.is_main}
    for group, names in GROUPS.items():
        found = [hidden.pop(name) for name in names if name in hidden]
        if found:
            yield group, found
    if hidden:
        yield "More", list(hidden.values())
