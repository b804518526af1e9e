"""Reload of the policy file by a running process."""

from pathlib import Path

from dbaccess.domain.policy import Policy
from dbaccess.policy_file.parse import load_policy
from dbaccess.policy_file.problems.problem import PolicyFileError, Problem, shown


def reload_policy(path: Path | str, now: Policy) -> Policy:
    """Return the file's present policy; raises `PolicyFileError` also for what only a restart can change."""
    policy = load_policy(path)
    if policy.installation != now.installation:
        what = (
            f'installation: "{shown(policy.installation)}" is another one than the "{now.installation}" that '
            "runs, and existing logins would be forgotten. Write it as it was, or end all grants and restart."
        )
        raise PolicyFileError(str(path), [Problem(line=1, what=what)])
    if moved := sorted(name for name in policy.clusters if _lock_moved(policy, now, name)):
        what = (
            f"clusters.{moved[0]}.lock_database: workers that run take their lock in the database of before, "
            "and two workers could change one cluster at once. Write it as it was, or stop all workers first."
        )
        raise PolicyFileError(str(path), [Problem(line=1, what=what)])
    return policy


def _lock_moved(policy: Policy, now: Policy, cluster: str) -> bool:
    before = now.clusters.get(cluster)
    return before is not None and before.lock_database != policy.clusters[cluster].lock_database
