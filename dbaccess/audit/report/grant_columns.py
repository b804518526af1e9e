"""The columns of grants, and those that requests share with them."""

from typing import Final

from dbaccess.audit.report.columns import Kind, column, section

WHO: Final = (
    column("person", "Person", "The name under [people] of the policy, else the Slack id.", is_main=True),
    column("slack_id", "Slack id", "The account that asked."),
    column("name", "Displayed name", "As Slack displays it today. People choose it.", beside=True),
    column("guest", "Guest", "Whether Slack has the account as a guest today.", beside=True),
)
TARGET: Final = column("target", "Target", "The database by its name in the policy.", is_main=True)
REASON: Final = column("reason", "Reason", "In the person's own words.", is_main=True)
ASKED_SECONDS: Final = column("asked_seconds", "Time asked", "The duration of the request.", Kind.SECONDS)
ASKED: Final = (
    column("role", "Role", "As it was granted; of a request, as it was asked for.", is_main=True),
    TARGET,
    column("access", "Access", "read, write or ddl."),
    column("cluster", "Cluster", "The database server by its name in the policy."),
    column("database", "Database", "Its name on the server."),
    column("env", "Environment", "As the policy has it."),
    REASON,
    column("ticket", "Ticket", "As the person gave it."),
    column("rule", "Rule", "The rule of the policy that decided."),
    column("policy_hash", "Policy", "SHA-256 of the policy at the request; the ledger has its text."),
    column("quorum", "Needed approvals", "How many people of which groups.", Kind.LIST),
)
GRANTS: Final = section(
    "grants",
    "Grants",
    "Every grant that was held at any moment of the period. Without a verified end it counts as held.",
    "No grant was held in this period.",
    column("grant", "Grant", "Its label.", is_main=True),
    column("request", "Request", "The request that led to it."),
    column("state", "State", "When the report was made: provisioning, active, revoking, ended, written_off."),
    *WHO,
    column("login", "Login", "The login on the server."),
    column("login_kind", "Kind of login", "ephemeral: made for the grant; personal: the person's own."),
    *ASKED,
    column(
        "reach", "Reached", "Roles that the server confirmed, and tables that the login reached.", Kind.LIST
    ),
    column("approved_by", "Approved by", "The approvals that count.", Kind.LIST, is_main=True),
    column("self_review", "Own review", "Whether the person reviewed the request themselves."),
    column(
        "reviews",
        "Reviews",
        "Each review: who, for which group, verdict, and the hash of what was shown.",
        Kind.REVIEWS,
    ),
    ASKED_SECONDS,
    column("approved_seconds", "Time approved", "The duration that was approved.", Kind.SECONDS),
    column("extended_seconds", "Time added", "By extensions, in all.", Kind.SECONDS),
    column("given_seconds", "Time given", "From the verified start to the verified end.", Kind.SECONDS),
    column("extensions", "Extensions", "The requests for more time that took effect.", Kind.LIST),
    column("requested_at", "Requested", "When the ledger recorded the request.", Kind.TIME),
    column("approved_at", "Approved", "When the last needed approval was recorded.", Kind.TIME),
    column("active_at", "Active", "When the server had confirmed the access.", Kind.TIME, is_main=True),
    column("planned_end_at", "Planned end", "The end as granted, with extensions.", Kind.TIME),
    column(
        "due_at",
        "Due",
        "When the access had to be gone: the planned end, or an earlier revocation.",
        Kind.TIME,
    ),
    column(
        "ended_at",
        "Verified end",
        "When the server was examined and showed no access.",
        Kind.TIME,
        is_main=True,
    ),
    column("lag_ms", "Lag", "From due to the verified end.", Kind.MILLISECONDS, is_main=True),
    column("late", "Late", "Whether the lag was over 30 s, or the end is still open that long after due."),
    column("cause", "Cause", "Why it ended.", is_main=True),
    column("ended_by", "Ended by", "The person, or the part of dbaccess."),
    column("end_note", "Note on the end", "The reason that was given."),
    column("verified", "Verified", "Whether the end was verified on the server.", is_main=True),
    column("roles_removed", "Roles removed", "The login no longer has them.", Kind.LIST),
    column("roles_kept", "Roles kept", "Held before, or given by another open grant.", Kind.LIST),
    column("login_removed", "Login removed", "no: others' privileges keep it, and it cannot log in."),
    column("sessions_closed", "Sessions closed", "At the end, on all servers.", Kind.NUMBER),
    column("sessions_left", "Sessions left", "After the end, on all servers.", Kind.NUMBER),
    column("objects", "Objects handed over", "Objects that now belong to another role.", Kind.LIST),
    column("left", "Left on the server", "Remains that may need attention.", Kind.LIST),
    column("passwords_set", "Passwords set", "How often a password was made and shown.", Kind.NUMBER),
    column("connected_from", "Connected from", "Addresses in the captured log.", Kind.LIST, beside=True),
    column("minutes_used", "Minutes used", "From the first captured statement to the last.", Kind.NUMBER),
    column("capture", "Capture", "How far statements were captured: full, statements or none."),
    column("gaps", "Gaps in the capture", "Times in which statements may be missing.", Kind.NUMBER),
    column("statements", "Statements", "That were captured.", Kind.NUMBER, is_main=True),
    column("ddl", "DDL", "Of these, statements that change objects.", Kind.NUMBER),
    column("errors", "Errors", "Of these, statements that failed.", Kind.NUMBER),
    column("statements_digest", "Digest of the statements", "SHA-256 over all captured statements."),
    column("mismatch", "Does not fit the role", "Statements beyond what was asked for.", beside=True),
    column("break_glass", "Break-glass", "Access first, review afterwards."),
    column("announced_at", "Announced", "When the announcement of a break-glass was accepted.", Kind.TIME),
    column("review_due_at", "Review due", "Until when the break-glass had to be reviewed.", Kind.TIME),
    column("reviewed_by", "Reviewed by", "The person who closed the review of the break-glass."),
    column("reviewed_at", "Reviewed", "When.", Kind.TIME),
    column("membership_read_at", "Membership read", "When Slack was read for the group of that review."),
    column("verdict", "Verdict", "pending, justified or not_justified."),
    column(
        "review_overdue",
        "Review overdue",
        "Whether it was closed after its time, or an alarm was raised.",
    ),
)
