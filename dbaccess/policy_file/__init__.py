"""The policy file: TOML in, the domain's policy out, or all of its problems."""

from dbaccess.policy_file.cases import Case, beside, failures
from dbaccess.policy_file.problems.problem import PolicyFileError, Problem
from dbaccess.policy_file.read import load_cases, load_policy, parse_policy
from dbaccess.policy_file.reload import reload_policy
from dbaccess.policy_file.warnings.every import render_warnings
from dbaccess.policy_file.warnings.reviewers import reviewer_warnings

__all__ = [
    "Case",
    "PolicyFileError",
    "Problem",
    "beside",
    "failures",
    "load_cases",
    "load_policy",
    "parse_policy",
    "reload_policy",
    "render_warnings",
    "reviewer_warnings",
]
