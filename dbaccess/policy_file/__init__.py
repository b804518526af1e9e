"""The policy file: TOML in, the domain's policy out, or all of its problems."""

from dbaccess.policy_file.cases import Case, beside, failures
from dbaccess.policy_file.ids import PinnedIds, ids_beside, read_ids, write_ids
from dbaccess.policy_file.parse import load_cases, load_names, load_policy, parse_policy
from dbaccess.policy_file.problems.problem import PolicyFileError, Problem
from dbaccess.policy_file.reload import reload_policy
from dbaccess.policy_file.warnings.every import render_warnings
from dbaccess.policy_file.warnings.reviewers import reviewer_warnings

__all__ = [
    "Case",
    "PinnedIds",
    "PolicyFileError",
    "Problem",
    "beside",
    "failures",
    "ids_beside",
    "load_cases",
    "load_names",
    "load_policy",
    "parse_policy",
    "read_ids",
    "reload_policy",
    "render_warnings",
    "reviewer_warnings",
    "write_ids",
]
