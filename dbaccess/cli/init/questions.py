"""The questions of `dbaccess init` that are no secrets."""

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from dbaccess.cli.init.ask import Asker
from dbaccess.cli.init.place import InitRefused
from dbaccess.cli.init.policy_text import Answers
from dbaccess.cli.init.servers import CLUSTER_URL, default_tls, knock
from dbaccess.cli.init.slack import Directory
from dbaccess.policy_file.shape.words import Name, PostgresName, PostgresRole, TargetName

_OLDEST = 16
"""The first version with a login for each grant."""


def ask_answers(
    asker: Asker, slack: Directory, workspace_url: str, runs: Sequence[str]
) -> tuple[Answers, int, str]:
    """Return the answers for the policy, the cluster's version, and how bot and workers are run."""
    named = str(urlsplit(workspace_url).hostname).partition(".")[0]
    short = re.sub(r"^[^a-z]+|[^a-z0-9]", "", named)[:16]
    installation = asker.answer(
        "installation", "Short name of this installation", default=short, check=_installation
    )
    channel = asker.answer("channel", "Channel for requests and approvals", check=slack.channel)
    ops = asker.answer("ops_channel", "Channel for alarms", default=channel, check=slack.channel)
    asks = asker.answer("requesters", "People who may ask: @group, #channel or U…", check=slack.members)
    reviews = asker.answer("reviewers", "People who approve", check=slack.members)
    operators = asker.answer(
        "operators", "People who may revoke and lock down", default=reviews, check=slack.members
    )
    host = asker.answer("host", "Cluster, as host or host:port", check=_host(asker))
    tls = asker.answer("tls", "TLS to it, as libpq's parameters", default=default_tls(host), check=_tls)
    version = asker.answer(
        "server_version", "PostgreSQL version of the cluster", default="18", check=_version
    )
    database = asker.answer("database", "Database that people request", check=_word(PostgresName))
    role = asker.answer(
        "role",
        "PostgreSQL role that they get (made if it is not there)",
        default=f"{database}_read",
        check=_word(PostgresRole),
    )
    env = asker.answer("env", "Environment", default="prod", check=_word(Name))
    target = re.sub(r"[^a-z0-9-]+", "-", f"{database}-{env}".lower()).strip("-")[:30]
    target = asker.answer("target", "Name of the target in Slack", default=target, check=_word(TargetName))
    how = asker.answer("run", f"Run with {', '.join(runs)}", default=runs[0], check=_one_of(runs))
    answers = Answers(
        installation=installation, channel=channel, ops_channel=ops, requesters=asks, reviewers=reviews,
        operators=operators, host=host, tls=tls, database=database, target=target, env=env, role=role,
    )  # fmt: skip
    return answers, int(version), how


def _installation(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]{0,15}", text):
        raise InitRefused(
            "The installation is part of every login's name: up to 16 of a-z and 0-9, a letter first."
        )
    return text


def _word(kind: Any) -> Callable[[str], str]:
    """Return a check that asks of an answer what the policy file asks of a word of this kind."""
    adapter = TypeAdapter[str](kind)

    def check(text: str) -> str:
        try:
            return adapter.validate_python(text.strip())
        except ValidationError as error:
            raise InitRefused(str(error.errors()[0]["ctx"]["error"])) from None

    return check


def _host(asker: Asker) -> Callable[[str], str]:
    """Return a check for `host:port`: a server answers there, or the workers have a URL of their own."""

    def check(text: str) -> str:
        host = _address(text)
        if not asker.has(CLUSTER_URL):
            knock(host)
        return host

    return check


def _address(text: str) -> str:
    """Return `host:port`; an address of IPv6 is in brackets."""
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?", text.strip())
    if found is None:
        raise InitRefused("Write the cluster as db.internal or db.internal:5432, without user and password.")
    return f"{found[1]}:{found[2] or 5432}"


def _tls(text: str) -> str:
    parts = text.split()
    if not all(re.fullmatch(r"ssl[a-z_]+=[\w./-]+", part) for part in parts):
        raise InitRefused("Write parameters such as sslmode=verify-full sslrootcert=/etc/ssl/db-ca.pem.")
    return " ".join(parts)


def _version(text: str) -> str:
    if not text.strip().isdecimal() or not _OLDEST <= int(text) < 100:  # noqa: PLR2004 two digits
        raise InitRefused(f"A login for each grant needs PostgreSQL {_OLDEST} or newer. Write 18.")
    return text.strip()


def _one_of(known: Sequence[str]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in known:
            raise InitRefused(f"Write {', '.join(known)}.")
        return text

    return check
