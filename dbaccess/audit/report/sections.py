"""The lists of a report with their columns, in the order in which people read them."""

from typing import Final

from dbaccess.audit.report.columns import Kind, column, recorded, section
from dbaccess.audit.report.grant_columns import ASKED, ASKED_SECONDS, GRANTS, REASON, TARGET, WHO

REQUESTS: Final = section(
    "requests",
    "Requests that gave no access",
    "Requests of the period that were denied, withdrawn, lapsed, went stale, or still wait.",
    "Every request of this period led to a grant, or there was none.",
    column("request", "Request", "Its label.", is_main=True),
    column("state", "State", "When the report was made.", is_main=True),
    *WHO,
    *ASKED,
    column("kind", "Kind", "access, or extension: more time for a grant."),
    ASKED_SECONDS,
    column("requested_at", "Requested", "When the ledger recorded the request.", Kind.TIME, is_main=True),
    column("closed_at", "Closed", "When it was denied, withdrawn, lapsed or stale.", Kind.TIME, is_main=True),
    column("closed_by", "Closed by", "The person who decided, or the part of dbaccess.", is_main=True),
    column("why", "Why", "The reviewer's reason, or the code of a stale request.", is_main=True),
    column("reviews", "Reviews", "As of a grant.", Kind.REVIEWS),
)
OPEN_REVIEWS: Final = section(
    "open_reviews",
    "Break-glass reviews that were open at the end",
    "Emergency access that no second person had reviewed by the end of the period.",
    "No break-glass waited for its review.",
    column("request", "Request", "The break-glass.", is_main=True),
    column("grant", "Grant", "What it gave.", is_main=True),
    *WHO,
    TARGET,
    REASON,
    column("review_by", "Review by", "The group that gives the review."),
    column("opened_at", "Opened", "When the ledger recorded it.", Kind.TIME, is_main=True),
    column("due_at", "Due", "Until when it had to be reviewed.", Kind.TIME, is_main=True),
    column("overdue", "Overdue", "Whether it was past its time at the end of the period.", is_main=True),
)
STANDING: Final = section(
    "standing",
    "Standing access",
    (
        "Logins that reached without a grant what the policy gives, as the workers read them each minute: by "
        "a role, as superusers, or by privileges of their own. Times in which a cluster was not read are "
        "rows of their own."
    ),
    "The workers recorded no reading of any cluster. Standing access is unknown.",
    column("what", "What", "A role that was found, or a time that is unknown.", is_main=True),
    column("cluster", "Cluster", "The database server.", is_main=True),
    column("login", "Login", "The login by its name on the server.", is_main=True),
    column(
        "how", "How", "member, all_data, superuser, privilege; unread: a database not entered.", is_main=True
    ),
    column("role", "Role", "The role by its name in the policy.", is_main=True),
    column("database", "Database", "The database of a privilege."),
    column("path", "Path", "From the login to the role, or the privileges.", Kind.LIST, is_main=True),
    column("usable", "Usable", "no: the login may give itself a membership on the path, and has not yet."),
    column("found_at", "From", "When it was found, or the unknown time began.", Kind.TIME, is_main=True),
    column("gone_at", "To", "When it was gone, or read again.", Kind.TIME, is_main=True),
    column("why", "Why", "Why it is gone, or why it is unknown."),
    column("at_begin", "At the begin", "Whether it stood when the period began.", is_main=True),
    column("at_end", "At the end", "Whether it stood when the period ended.", is_main=True),
)
DRIFT: Final = section(
    "drift",
    "Drift",
    (
        "Logins and roles of dbaccess that no open grant accounted for, and what a person held before a "
        "grant. The sweep records a login once, and a role once a day while it stays."
    ),
    "No event tells of any.",
    recorded("found_at"),
    column("what", "What", "The kind of finding.", is_main=True),
    column("cluster", "Cluster", "The database server.", is_main=True),
    column("login", "Login", "The login on the server.", is_main=True),
    column("roles", "Roles", "What it held.", Kind.LIST, is_main=True),
    column("grant", "Grant", "The grant that it was found with."),
    column("at_begin", "At the begin", "Found within the day before the period.", is_main=True),
    column("at_end", "At the end", "Found within the last day of the period.", is_main=True),
)
CHANGES: Final = section(
    "changes",
    "Changes of reviewers, policy and lockdowns",
    "People and groups that may decide, the rules, and their changes. They are of the whole installation.",
    "Nothing changed in this period.",
    recorded("at"),
    column("what", "What", "The kind of event.", is_main=True),
    column("by", "By", "The person, or the process that loaded the policy.", is_main=True),
    column("about", "About", "The group, the target, or the hash of the policy.", is_main=True),
    column("change", "Change", "Members and parts that came, changed or went.", Kind.LIST, is_main=True),
)
LOOKS: Final = section(
    "looks",
    "Readers of statements and makers of reports",
    "Looks that the ledger records. A reader who uses SQL leaves no entry.",
    "The ledger records no look in this period.",
    recorded("at"),
    column("what", "What", "Statements, or a report.", is_main=True),
    column("by", "By", "Who looked.", is_main=True),
    column("grant", "Grant", "The grant, if it was one.", is_main=True),
    column(
        "filter",
        "Filter",
        "The question; words of a search are not recorded.",
        Kind.LIST,
        is_main=True,
    ),
    column("shown", "Shown", "How many statements, or rows.", Kind.NUMBER, is_main=True),
)
AWAY: Final = section(
    "away",
    "Times without a worker",
    (
        "Times in which no worker reported to the control database, as the next one recorded them. "
        "Ends that were late are marked among the grants."
    ),
    "No such time is recorded. Versions before this one did not record them.",
    recorded("recorded_at"),
    column("began_at", "Begin", "When a worker reported for the last time.", Kind.TIME, is_main=True),
    column("ended_at", "End", "When the next one reported.", Kind.TIME, is_main=True),
    column("seconds", "Duration", "Between these two.", Kind.SECONDS, is_main=True),
    column("by", "Recorded by", "The worker that came back."),
)
SECTIONS: Final = (GRANTS, REQUESTS, OPEN_REVIEWS, STANDING, DRIFT, CHANGES, LOOKS, AWAY)
