"""Reload of the policy file by a running process."""

from pathlib import Path

from dbaccess.domain.policy import Policy
from dbaccess.policy_file.problems.problem import PolicyFileError, Problem, shown
from dbaccess.policy_file.read import load_policy


def reload_policy(path: Path | str, now: Policy) -> Policy:
    """Return the file's present policy; raises `PolicyFileError` also for what only a restart can change."""
    policy = load_policy(path)
    if policy.installation != now.installation:
        what = (
            f'installation: "{shown(policy.installation)}" is another one than the "{now.installation}" that '
            "runs, and existing logins would be forgotten. Write it as it was, or end all grants and restart."
        )
        raise PolicyFileError(str(path), [Problem(line=1, what=what)])
    return policy
