"""The first policy: one target, one role, one rule."""

import json
from dataclasses import dataclass
from typing import Final

_POLICY: Final = """\
# Who may hold which database role, for how long, and with which approvals: docs/reference/policy.md
# After each change: dbaccess policy resolve; dbaccess policy check
version = 1
installation = {installation}
slack = {{ ops_channel = {ops_channel} }}

[groups]
requesters = [{requesters}]
reviewers = [{reviewers}]
operators = [{operators}]

[clusters.main]
driver = "postgresql"

[targets.{target}]
cluster = "main"
database = {database}
env = {env}
channel = {channel}
login = "ephemeral"
connect = {connect}
roles.read = {{ access = "read", grants = [{role}], can = {can}, cannot = "change data or schema" }}

[[rules]]
id = "read"
access = ["read"]
requester = ["requesters"]
max = "4h"
approvals = [{{ group = "reviewers", count = 1 }}]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers that the policy has; groups are lists with commas between."""

    installation: str
    channel: str
    ops_channel: str
    requesters: str
    reviewers: str
    operators: str
    host: str
    tls: str
    database: str
    target: str
    env: str
    role: str

    @property
    def connect(self) -> str:
        """Return how people connect: without files and names of ours."""
        host, _, port = self.host.rpartition(":")
        tls = " ".join(part for part in self.tls.split() if part.startswith("sslmode="))
        return f"host={host.strip('[]')} port={port} dbname={self.database} {tls}".strip()


def policy_text(answers: Answers) -> str:
    """Return the file of about 25 lines; the reader of policies judges it."""
    quoted = {
        "installation": answers.installation,
        "ops_channel": answers.ops_channel,
        "database": answers.database,
        "env": answers.env,
        "channel": answers.channel,
        "connect": answers.connect,
        "role": answers.role,
        "can": f"read what {answers.role} may read",
    }
    groups = {key: getattr(answers, key) for key in ("requesters", "reviewers", "operators")}
    return _POLICY.format(
        target=answers.target,
        # A basic string of TOML is one of JSON.
        **{key: json.dumps(text, ensure_ascii=False) for key, text in quoted.items()},
        **{
            key: ", ".join(json.dumps(part.strip(), ensure_ascii=False) for part in text.split(","))
            for key, text in groups.items()
        },
    )
