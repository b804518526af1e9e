"""Reading of a policy, and of its tests, from a file."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from dbaccess.domain.policy import Policy
from dbaccess.policy_file.build import build_policy
from dbaccess.policy_file.cases import Case, beside, build_cases, case_complaints
from dbaccess.policy_file.checks.danger import danger_complaints
from dbaccess.policy_file.checks.names import cross_problems, placed
from dbaccess.policy_file.ids import ids_beside, read_ids
from dbaccess.policy_file.problems.complaint import complaints
from dbaccess.policy_file.problems.places import Places
from dbaccess.policy_file.problems.problem import PolicyFileError, Problem
from dbaccess.policy_file.resolve import NO_IDS, name_complaints, names_in, with_ids
from dbaccess.policy_file.shape.case import CaseShape, CasesShape
from dbaccess.policy_file.shape.file import FileShape
from dbaccess.policy_file.shape.strict import Shape

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")

AnyShape = TypeVar("AnyShape", bound=Shape)


def load_policy(path: Path | str) -> Policy:
    """Return the policy in the file; raises `PolicyFileError` with all problems."""
    return _policy(_text(path), str(path), _ids(path))[0]


def parse_policy(text: str, *, file: str = "dbaccess.toml", ids: Mapping[str, str] = NO_IDS) -> Policy:
    """Return the policy in the text; errors call it `file`. `ids` are pinned for the names in it."""
    return _policy(text, file, ids)[0]


def load_names(path: Path | str) -> tuple[str, ...]:
    """Return the names of channels and user groups in the file, with or without a pinned id.

    Raise `PolicyFileError` if the file has another mistake.
    """
    text, file = _text(path), str(path)
    shape = _shaped(FileShape, text, file)
    if problems := cross_problems(shape, Places(text)):
        raise PolicyFileError(file, problems)
    return names_in(shape)


def load_cases(path: Path | str) -> tuple[Policy, list[Case]]:
    """Return the policy with the tests in its file and in the one beside it; raises `PolicyFileError`."""
    text, file = _text(path), str(path)
    policy, shape = _policy(text, file, _ids(path))
    found = build_cases(shape.tests, file=file, places=Places(text))
    other = beside(Path(path))
    if other.exists():
        text = _text(other)
        tests = _shaped(CasesShape, text, str(other)).tests
        _check_cases(tests, policy, str(other), text)
        found += build_cases(tests, file=str(other), places=Places(text))
    return policy, found


def _policy(text: str, file: str, ids: Mapping[str, str]) -> tuple[Policy, FileShape]:
    shape, places = _shaped(FileShape, text, file), Places(text)
    if problems := [*cross_problems(shape, places), *placed(name_complaints(shape, ids), places)]:
        raise PolicyFileError(file, problems)
    pinned = MappingProxyType({name: ids[name] for name in names_in(shape)})
    policy = replace(build_policy(with_ids(shape, ids)), pinned=pinned)
    if problems := placed(danger_complaints(policy), places):
        raise PolicyFileError(file, problems)
    _check_cases(shape.tests, policy, file, text)
    return policy, shape


def _check_cases(tests: list[CaseShape], policy: Policy, file: str, text: str) -> None:
    if problems := placed(case_complaints(tests, policy), Places(text)):
        raise PolicyFileError(file, problems)


def _ids(path: Path | str) -> Mapping[str, str]:
    pinned = read_ids(ids_beside(Path(path)))
    return pinned.ids if pinned is not None else NO_IDS


def _text(path: Path | str) -> str:
    name = str(path)
    try:
        return Path(path).read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise _refusal(name, "no such file. Write it, or set DBACCESS_CONFIG to where it is.") from None
    except OSError as error:
        raise _refusal(name, f"cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise _refusal(name, "is not UTF-8. Save it as UTF-8.") from None


def _shaped(shape: type[AnyShape], text: str, file: str) -> AnyShape:
    data = _toml(text, file)
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        # pydantic's own text quotes the input; ours says what to write.
        raise PolicyFileError(file, complaints(error, Places(text))) from None


def _toml(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        what = f"not TOML: {_AT_LINE.sub('', str(error))}. Is a key there twice, or a quote missing?"
        raise PolicyFileError(file, [Problem(line=line, what=what)]) from None


def _refusal(file: str, what: str) -> PolicyFileError:
    return PolicyFileError(file, [Problem(line=1, what=what)])
