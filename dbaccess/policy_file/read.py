"""From a file to a policy."""

import re
import tomllib
from pathlib import Path

from pydantic import ValidationError

from dbaccess.domain.policy import Policy
from dbaccess.policy_file.build import build_policy
from dbaccess.policy_file.complaint import complaints
from dbaccess.policy_file.cross import cross_problems, placed
from dbaccess.policy_file.danger import danger_complaints
from dbaccess.policy_file.places import Places
from dbaccess.policy_file.problem import PolicyFileError, Problem
from dbaccess.policy_file.shape import FileShape

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


def load_policy(path: Path | str) -> Policy:
    """The policy that the file holds; raises `PolicyFileError` with everything that is wrong."""
    name = str(path)
    try:
        text = Path(path).read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise _refusal(name, "no such file. Write it, or set DBACCESS_CONFIG to where it is.") from None
    except OSError as error:
        raise _refusal(name, f"cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise _refusal(name, "is not UTF-8. Save it as UTF-8.") from None
    return parse_policy(text, file=name)


def parse_policy(text: str, *, file: str = "dbaccess.toml") -> Policy:
    """The same from text; `file` is what errors call it."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        what = f"not TOML: {_AT_LINE.sub('', str(error))}. Is a key there twice, or a quote missing?"
        raise PolicyFileError(file, [Problem(line=line, what=what)]) from None
    places = Places(text)
    try:
        shape = FileShape.model_validate(data)
    except ValidationError as error:
        # Its own text quotes the input; ours says what to write.
        raise PolicyFileError(file, complaints(error, places)) from None
    if problems := cross_problems(shape, places):
        raise PolicyFileError(file, problems)
    policy = build_policy(shape)
    if problems := placed(danger_complaints(policy), places):
        raise PolicyFileError(file, problems)
    return policy


def _refusal(file: str, what: str) -> PolicyFileError:
    return PolicyFileError(file, [Problem(line=1, what=what)])
