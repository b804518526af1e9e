"""The files that `dbaccess init` writes, once all answers are there."""

from dataclasses import asdict
from importlib.metadata import version as installed_version
from typing import Final

from pydantic import SecretStr

from dbaccess.audit.signing import LedgerKey
from dbaccess.cli.given_roles import setup_script
from dbaccess.cli.init.place import InitRefused, Place
from dbaccess.cli.init.policy_text import Answers, policy_text
from dbaccess.cli.init.processes import POLICY, compose, environment_file, hand_over, unit
from dbaccess.cli.init.servers import CONTROL_SQL, verifier_sql
from dbaccess.cli.policy_resolve import pin_into
from dbaccess.domain.errors import DbaccessError
from dbaccess.domain.policy import Policy
from dbaccess.policy_file import load_names, load_policy
from dbaccess.settings.process import SLACK_API
from dbaccess.slack.names import SlackNames

_CLUSTER: Final = "main"
CLUSTER_SQL: Final = "sql/cluster-main.sql"
_VERIFIER: Final = """\
-- Instead of \\password: dbaccess init made the password, and this is its SCRAM verifier. The password is in
-- workers/cluster-main-url and nowhere else.
"""


def write_files(
    place: Place,
    answers: Answers,
    names: SlackNames,
    *,
    workspace: str,
    server: int,
    how: str,
    api_url: str,
    owner: SecretStr,
    cluster: SecretStr,
) -> str:
    """Write policy, pinned ids, environments, units and SQL; return the cluster's script.

    The policy is checked. A repeated run with the same answers writes nothing new.
    """
    policy = _policy(place, answers, names, workspace=workspace)
    plain = {"DBACCESS_CONFIG": str(place.path(POLICY))}
    if api_url != SLACK_API:
        plain["SLACK_API_URL"] = api_url
    _ledger_key(place)
    for process in ("bot", "workers", "owner"):
        settings = environment_file(place, process, plain if process != "owner" else {})
        place.write(f"{process}.env", settings, may_grow=True)
    if how == "systemd":
        for process in ("bot", "workers"):
            place.write(f"dbaccess-{process}.service", unit(place, process, plain), mode=0o644, may_grow=True)
    if how == "compose":
        place.write(
            "compose.yaml", compose(place, plain, installed_version("dbaccess")), mode=0o644, may_grow=True
        )
        hand_over(place)
    place.write("sql/control.sql", CONTROL_SQL)
    script = setup_script(policy, _CLUSTER, version=server)
    if place.read(CLUSTER_SQL) is None:  # a verifier is another one each time
        place.write(CLUSTER_SQL, f"{script}\n{_VERIFIER}{verifier_sql(owner, cluster)}")
    return script


def _ledger_key(place: Place) -> None:
    if place.read("workers/ledger-key") is None:
        key = LedgerKey.generate()
        place.write("workers/ledger-key", key.write())
        place.write("ledger-key.pub", f"{key.public}\n", mode=0o644)


def _policy(place: Place, answers: Answers, names: SlackNames, *, workspace: str) -> Policy:
    path, is_new = place.path(POLICY), place.read(POLICY) is None
    if is_new:
        place.write(POLICY, policy_text(answers), mode=0o644)
    elif _differ(place, answers):
        raise InitRefused(
            f"{path} is there with other content. Edit it and leave these options out, or move it away."
        )
    try:
        pin_into(path, load_names(path), names, workspace=workspace, repin=[])
        policy = load_policy(path)
    except DbaccessError as error:
        if not is_new:  # it has been edited, and the errors name file and line
            raise
        path.unlink()  # another answer must not meet this one
        raise InitRefused(
            f"These answers make no policy. Give the right one as an option:\n{error}"
        ) from None
    if _CLUSTER not in policy.clusters:
        raise InitRefused(
            f"{path} has no cluster {_CLUSTER}, which init sets up. Run dbaccess doctor itself."
        )
    return policy


def _differ(place: Place, answers: Answers) -> bool:
    """Return whether this run has an answer that neither the policy nor the run that wrote it had."""
    before = place.answers()
    return place.read(POLICY) != policy_text(answers) and any(
        before.get(key) != text for key, text in asdict(answers).items()
    )
