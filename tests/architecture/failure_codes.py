"""Every code of a failure that the code can make, read from the code itself."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from tests.architecture.test_repository import ROOT

_PLACES = ("dbaccess/targets", "dbaccess/operations")
_PASSED_ON = {"code", "sqlstate", "last_failure"}
"""Attributes with a code that was made elsewhere, or the server's own."""


def failure_codes() -> set[str]:
    """Return those of targets and of what waits before them; a server's own SQLSTATE is none of them."""
    return {
        code for place in _PLACES for path in sorted((ROOT / place).rglob("*.py")) for code in _codes(path)
    }


def _codes(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    module = importlib.import_module(name)
    for value in _values(tree, module):
        yield from _resolved(value, module, f"{name}:{value.lineno}")


def _values(tree: ast.Module, module: ModuleType) -> Iterator[ast.expr]:
    """The values given to a `code`: an argument by name or place, or a variable."""
    taking = _imported(module) | {
        function.name: [argument.arg for argument in function.args.args].index("code")
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and "code" in [a.arg for a in function.args.args]
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) != "SlackFailure":
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "code")
            place = taking.get(_called(node))
            yield from node.args[place : place + 1] if place is not None else ()
        elif isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["code"]:
            yield node.value


def _imported(module: ModuleType) -> dict[str, int]:
    """Return the place of `code` in each function that the module has from elsewhere."""
    functions = inspect.getmembers(module, inspect.isfunction)
    places = {name: list(inspect.signature(function).parameters) for name, function in functions}
    return {name: names.index("code") for name, names in places.items() if "code" in names}


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def _resolved(value: ast.expr, module: ModuleType, where: str) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(code)):
            if code:
                yield code
        case ast.Name(id=name):  # a variable or a parameter is looked at where it is given its value
            yield from [getattr(module, name)] if hasattr(module, name) else []
        case ast.BoolOp(values=several):
            for one in several:
                yield from _resolved(one, module, where)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _resolved(body, module, where)
            yield from _resolved(orelse, module, where)
        case ast.Attribute(attr=name) if name in _PASSED_ON:
            return
        case ast.Call(func=ast.Name(id="code_of")):  # the words that it returns stand elsewhere too
            return
        case _:
            raise AssertionError(f"{where}: whose code is {ast.unparse(value)}?")
