"""Read the prose in source files: comments, docstrings, texts for people, and the names of tests."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

_PRAGMA = re.compile(r"# (noqa|type:|pragma|fmt:)|#!")
_LINE_COMMENTS = {".sql": "--", ".js": "//"}
_STATEMENT = re.compile(r"\s*(select|insert|update|delete|create|drop|alter|grant|revoke|with)\b")
"""The first word of SQL, which is no prose."""


def code_texts(file: Path) -> Iterator[str]:
    """Yield each text in a Python, SQL or JavaScript file; nothing for other files."""
    if file.suffix == ".py":
        source = file.read_text(encoding="utf-8")
        tree = ast.parse(source)
        yield from _comments(source)
        yield from _docstrings(tree)
        yield from _test_names(tree) if file.name.startswith("test_") else _texts(tree)
    elif mark := _LINE_COMMENTS.get(file.suffix):
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
        for comment, found in groupby(lines, key=lambda line: line.startswith(mark)):
            if comment:
                yield "\n".join(line.removeprefix(mark) for line in found)


def _comments(source: str) -> Iterator[str]:
    """Yield each block of comments; pragmas of checkers are left out."""
    block: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or _PRAGMA.match(token.string):
            continue
        if block and token.start != (block[-1].start[0] + 1, block[-1].start[1]):
            yield _joined(block)
            block = []
        block.append(token)
    if block:
        yield _joined(block)


def _joined(block: list[tokenize.TokenInfo]) -> str:
    return "\n".join(token.string.removeprefix("#").strip() for token in block)


def _docstrings(tree: ast.Module) -> Iterator[str]:
    """Yield each string that stands alone: docstrings, and strings after attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            text = node.value.value
            if isinstance(text, str):
                yield text


def _texts(tree: ast.Module) -> Iterator[str]:
    """Yield each string that is passed, returned or stored, with CODE for inserted values."""
    nodes = list(ast.walk(tree))
    parts = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    parts |= {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        if id(node) not in parts and isinstance(node, (ast.JoinedStr, ast.Constant)):
            text = _filled(node)
            if not _STATEMENT.match(text):
                yield text


def _filled(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_filled(part) for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "CODE"


def _test_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
            yield node.name.replace("_", " ")
