"""One policy with every kind of condition, and people to ask under it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.policy import BreakGlass, Policy, Rule
from dbaccess.policy_file import parse_policy

_FILE = """
version = 1
installation = "acme"

[groups]
engineers = ["S0ENG"]
oncall = ["S0ONCALL"]
probation = ["U0NEW"]
dba = ["S0DBA"]
app-owners = ["S0OWN"]
contractors = ["U0CARLA", "C0CONTRACT"]
former = ["W0LEFT"]
operators = ["U0OPS"]

[slack]
ops_channel = "C0OPS"

[people]
lena = { slack = ["U0LEFT", "W0LEFT"] }
alice = { slack = ["U0ALICE", "W0ALICE"], login = "alice" }

[clusters.main]
driver = "postgresql"

[targets.orders]
cluster = "main"
database = "orders"
env = "prod"
channel = "C0APPROVALS"
login = "ephemeral"
connect = "host=db"
roles.read = { access = "read", grants = ["orders_read"], can = "read", cannot = "write" }
roles.write = { access = "write", grants = ["orders_write"], can = "write", cannot = "create" }
roles.migrate = { access = "ddl", grants = ["orders_owner"], can = "create", cannot = "leave" }
roles.tickets = { access = "read", can = "read", cannot = "write", on = ON_TICKETS }
roles.shop = { access = "read", can = "read", cannot = "write", on = ON_SHOP }

[targets.billing]
cluster = "main"
database = "billing"
env = "prod"
channel = "C0APPROVALS"
login = "personal"
connect = "host=db"
roles.read = { access = "read", grants = ["billing_read"], can = "read", cannot = "write" }

[targets.orders-dev]
cluster = "main"
database = "orders"
env = "dev"
channel = "C0APPROVALS"
login = "ephemeral"
connect = "host=db"
roles.write = { access = "write", grants = ["orders_write"], can = "write", cannot = "create" }

[[rules]]
id = "oncall-read"
env = ["prod"]
access = ["read"]
requester = ["oncall"]
up_to = "1h"
approvals = "none"

[[rules]]
id = "prod-read"
env = ["prod"]
access = ["read"]
requester = ["engineers"]
requester_not = ["probation", "former"]
max = "4h"
approvals = [{ group = "dba", count = 1 }]

[[rules]]
id = "prod-write"
env = ["prod"]
access = ["write"]
requester = ["engineers", "oncall"]
hours = { tz = "Europe/Berlin", days = ["mon", "tue", "wed", "thu", "fri"], start = "08:00", end = "19:00" }
max = "4h"
approvals = [{ group = "dba", count = 1 }]

[[rules]]
id = "night-write"
target = ["orders"]
access = ["write"]
requester = ["oncall"]
hours = { tz = "Europe/Berlin", days = ["mon", "tue", "wed", "thu"], start = "22:00", end = "06:00" }
max = "1h"
approvals = [{ group = "app-owners", count = 1 }]

[[rules]]
id = "schema"
role = ["migrate"]
requester = ["engineers"]
max = "2h"
approvals = [{ group = "dba", count = 1 }, { group = "app-owners", count = 1 }]

[[rules]]
id = "contract"
covers = ["tables"]
requester = ["contractors"]
guests = true
max = "8h"
ticket = "[A-Z]+-[0-9]+"
approvals = [{ group = "dba", count = 1 }]

[[rules]]
id = "dev"
env = ["dev"]
requester = ["engineers", "contractors"]
max = "8h"
approvals = "none"

[[rules]]
id = "freeze"
deny = true
env = ["prod"]
access = ["write", "ddl"]
hours = { tz = "Europe/Berlin", days = ["fri"], start = "16:00", end = "24:00" }

[[rules]]
id = "gone"
deny = true
target = ["orders-dev"]
requester = ["former"]
"""

_ON = {
    "ON_TICKETS": '{ tables = ["shop.tickets"], privileges = ["SELECT"] }',
    "ON_SHOP": '{ schemas = ["shop"], privileges = ["SELECT"] }',
}
T0 = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def policy() -> Policy:
    """The file, and a rule for break-glass."""
    text = _FILE
    for word, on in _ON.items():
        text = text.replace(word, on)
    read = parse_policy(text)
    return replace(read, rules=(*read.rules, break_glass()))


def break_glass(**changes: Any) -> Rule:
    fields: dict[str, Any] = {
        "id": "emergency",
        "env": frozenset({"prod"}),
        "targets": frozenset(),
        "access": frozenset(),
        "requester": ("oncall",),
        "longest": timedelta(minutes=30),
        "approvals": (),
        "decide_within": timedelta(hours=1),
        "break_glass": BreakGlass(review_by="dba", review_within=timedelta(hours=24)),
    }
    return Rule(**(fields | changes))


def person(slack_id: str = "U0MAYA", *sources: str, **flags: Any) -> Person:
    told: dict[str, Any] = {"is_guest": False, "is_bot": False, "is_deactivated": False}
    told |= {"others": frozenset()} | flags
    return Person(
        slack_id=SlackId(slack_id),
        team_id="T0",
        name=slack_id,
        tz="UTC",
        sources=frozenset(SourceId(source) for source in sources),
        read_at=T0,
        **told,
    )
