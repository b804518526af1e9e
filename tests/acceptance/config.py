"""The configuration file of an acceptance test."""

from tests.databases import TargetDatabase

HEAD = """
version = 1
installation = "{installation}"

[groups]
engineers = ["S0ENGINEERS"]
dba = ["S0DBA"]
operators = ["U0OPS"]

[slack]
ops_channel = "C0OPS"

[people]
maya = { slack = ["U0MAYA", "W0MAYA"], login = "maya" }

[clusters.main]
driver = "postgresql"
"""

TARGET = """
[targets.{name}]
cluster = "main"
database = "{database}"
env = "prod"
channel = "C0APPROVALS"
login = "{login}"
connect = "host={host} port={port} dbname={database}"

[targets.{name}.roles.read]
access = "read"
grants = ["{read}"]
can = "read every table in schema shop"
cannot = "change data or schema"
"""

MIGRATE = """
[targets.{name}.roles.migrate]
access = "ddl"
grants = ["{owner}"]
act_as = "{owner}"
narrower = ["read"]
can = "change the schema shop"
cannot = "touch other schemas"
"""

RULES = """
[[rules]]
id = "prod-read"
env = ["prod"]
access = ["read"]
requester = ["engineers"]
max = "4h"
approvals = [{ group = "dba", count = 1 }]
decide_within = "30m"
extend = { max = "4h", approvals = [{ group = "dba", count = 1 }] }

[[rules]]
id = "prod-ddl"
env = ["prod"]
access = ["ddl"]
requester = ["engineers"]
max = "1h"
approvals = [{ group = "dba", count = 1 }]
decide_within = "30m"
"""


def configuration(
    target: TargetDatabase, installation: str, *, login: str = "ephemeral", rules: str = RULES
) -> str:
    """One target, `orders-prod`, on the test's own database."""
    names = {
        "name": "orders-prod",
        "database": target.name,
        "login": login,
        "host": target.host,
        "port": target.port,
        "read": target.read_role,
        "owner": target.owner_role,
    }
    roles = TARGET.format(**names) + (MIGRATE.format(**names) if login == "ephemeral" else "")
    return HEAD.replace("{installation}", installation) + roles + rules
