"""A small file that is right, to be made wrong in one place each."""

EXAMPLE = """\
version = 1
installation = "acme"

[groups]
engineers = ["S0ENGINEERS"]
dba = ["S0DBA"]
operators = ["U0OPS", "U0DUTY"]

[slack]
ops_channel = "C0OPS"

[people]
alice = { slack = ["U0ALICE", "W0ALICE"], login = "alice" }
bilal = { slack = ["U0BILAL"], login = "bilal" }

[clusters.main]
driver = "postgresql"

[targets.orders-prod]
cluster = "main"
database = "orders"
env = "prod"
channel = "C0APPROVALS"
login = "ephemeral"
connect = "host=db port=5432 dbname=orders"

[targets.orders-prod.roles.read]
access = "read"
grants = ["orders_read"]
can = "read every table"
cannot = "change data"

[targets.orders-prod.roles.migrate]
access = "ddl"
grants = ["orders_owner"]
act_as = "orders_owner"
can = "create tables"
cannot = "reach other databases"

[[rules]]
id = "prod-read"
env = ["prod"]
access = ["read"]
requester = ["engineers"]
max = "4h"
approvals = [{ group = "dba", count = 1 }]

[[rules]]
id = "prod-ddl"
target = ["orders-prod"]
access = ["ddl"]
requester = ["engineers"]
max = "1h"
approvals = [{ group = "dba", count = 1 }]
decide_within = "30m"
guests = false
ticket = "[A-Z]+-[0-9]+"
min_reason = 20
"""


def changed(old: str, new: str) -> str:
    """The example with one place written otherwise."""
    assert EXAMPLE.count(old) >= 1, old
    return EXAMPLE.replace(old, new, 1)


def line_of(text: str, part: str) -> int:
    """The first line that holds `part`, from 1."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)
