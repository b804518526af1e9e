"""Write the generated parts of the documentation from the code, or check that they are current.

A page holds `<!-- generated: NAME -->`, then what `PARTS[NAME]` returns, then `<!-- end -->`.
"""

import argparse
import ast
import inspect
import itertools
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import diagrams
import log_lines
from markdown_table import markdown_table
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.main import get_command

from bot.http.metrics import Metrics
from bot.listeners.commands import SUBCOMMANDS
from bot.subcommand import COMMAND
from dbaccess import settings
from dbaccess.cli.app import build
from dbaccess.domain import errors, events
from dbaccess.domain.errors import DbaccessError
from dbaccess.domain.events import AUDITOR_MAY_RECORD, BOT_MAY_RECORD, EventKind
from dbaccess.policy_file.shape import case as shape_case
from dbaccess.policy_file.shape import file as shape
from dbaccess.policy_file.shape import rule as shape_rule
from workers.metrics import GAUGES, PREFIX

DOCS = Path(__file__).parent
MARKED = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> int:
    """Return 1 where `--check` finds a page that is not current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 for a page out of date")
    check = parser.parse_args().check
    changed = [page for page in sorted(DOCS.rglob("*.md")) if _renew(page, write=not check)]
    for page in changed:
        state = "out of date, run: make docs" if check else "written"
        sys.stdout.write(f"{page.relative_to(DOCS.parent)}: {state}\n")
    return int(check and bool(changed))


def _renew(page: Path, *, write: bool) -> bool:
    """Return whether the page was not current."""
    old = page.read_text(encoding="utf-8")
    new = MARKED.sub(lambda part: f"{part[1]}\n{PARTS[part[2]]().strip()}\n\n{part[3]}", old)
    if write and new != old:
        page.write_text(new, encoding="utf-8")
    return new != old


def commands() -> str:
    """Return every command of the command line, with its arguments and options."""
    return "\n\n".join(_command(path, command) for path, command in _leaves("dbaccess", get_command(build())))


def _leaves(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None or command.invoke_without_command:
        yield path, command
    for name, one in sorted((inner or {}).items()):
        yield from _leaves(f"{path} {name}", one)


def _command(path: str, command: Any) -> str:
    context = command.make_context(path, [], resilient_parsing=True)
    records = [param.get_help_record(context) for param in command.params if param.name != "help"]
    rows = [(f"`{spelled}`", _plain(said)) for spelled, said in filter(None, records)]
    table = [markdown_table(("argument or option", ""), rows)] if rows else []
    paragraphs = [_paragraph(text) for text in re.split(r"\n\s*\n", inspect.cleandoc(command.help))]
    return "\n\n".join([f"### {path}", *paragraphs, *table])


def _paragraph(text: str) -> str:
    found = re.match(r"Example: (.*)", text, re.DOTALL)
    return f"```\n{found[1].strip()}\n```" if found else _plain(text)


def environment() -> str:
    """Return every variable that a process or a command reads."""
    readers: dict[str, type[BaseModel]] = {
        "bot": settings.BotSettings,
        "workers": settings.WorkerSettings,
        "`dbaccess migrate`": settings.MigrateSettings,
    }
    found: dict[str, tuple[FieldInfo, str, list[str]]] = {}
    for reader, model in readers.items():
        said = _documented(model)
        for name, field in model.model_fields.items():
            found.setdefault(name, (field, said[name], []))[2].append(reader)
    rows = [
        (f"`{name.upper()}`", ", ".join(by), _default(field), text)
        for name, (field, text, by) in sorted(found.items(), key=lambda item: (-len(item[1][2]), item[0]))
    ]
    return markdown_table(("variable", "read by", "default", ""), rows)


def metrics() -> str:
    """Return the gauges that the workers serve."""
    return markdown_table(("metric", ""), [(f"`{PREFIX}{name}`", text) for name, text in GAUGES.items()])


def bot_metrics() -> str:
    """Return the metrics that the bot serves in HTTP mode."""
    collected = [value for value in vars(Metrics()).values() if hasattr(value, "_labelnames")]
    rows = []
    for metric in collected:
        (family,) = metric.describe()
        suffix = "_total" if family.type == "counter" else ""
        labels = f"{{{','.join(metric._labelnames)}}}" if metric._labelnames else ""  # noqa: SLF001 no public name
        rows.append((f"`{family.name}{suffix}{labels}`", family.type, family.documentation))
    return markdown_table(("metric", "kind", ""), rows)


def ledger_events() -> str:
    """Return every kind of ledger entry, who may record it, and the states that it leads from and to."""
    said = _attributes(events)[EventKind.__name__]
    writers = {"bot": BOT_MAY_RECORD, "workers": frozenset(EventKind), "auditors": AUDITOR_MAY_RECORD}
    moves: dict[str, list[str]] = {}
    for before, kind, after in diagrams.transitions():
        step = f"{before.value} → {after.value}" if before is not after else f"{before.value}, unchanged"
        moves.setdefault(kind.value, []).append(step)
    rows = [
        (
            f"`{kind.value}`",
            ", ".join(who for who, kinds in writers.items() if kind in kinds),
            "; ".join(moves.get(kind.value, ())),
            said[kind.name],
        )
        for kind in EventKind
    ]
    return markdown_table(("event", "recorded by", "state", ""), rows)


def subcommands() -> str:
    """Return every sub-command of `/dbaccess`."""
    rows = [
        (
            f"`{COMMAND} {one.typed}`".replace(" `", "`"),
            one.does + "".join(f"; also `{alias}`" for alias in one.aliases),
            one.audience or "everyone",
        )
        for one in SUBCOMMANDS
    ]
    return markdown_table(("command", "does", "for"), rows)


def refusals() -> str:
    """Return every error of the domain, with its meaning."""
    found = [one for one in vars(errors).values() if inspect.isclass(one) and issubclass(one, DbaccessError)]
    rows = [(f"`{one.__name__}`", f"`{one.mro()[1].__name__}`", _plain(one.__doc__ or "")) for one in found]
    return markdown_table(("error", "kind of", ""), rows)


def decisions() -> str:
    """Return the decision records by number."""
    pages = sorted((DOCS / "adr").glob("0*.md"))
    titles = [page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for page in pages]
    return "\n".join(f"- [{title}]({page.name})" for title, page in zip(titles, pages, strict=True))


def example_rules() -> str:
    """Return the rules of the example policy."""
    text = (DOCS.parent / "dbaccess.example.toml").read_text(encoding="utf-8")
    rules = text[text.index("[[rules]]") : text.index("# What the rules mean")]
    return f"```toml\n{rules.strip()}\n```"


def keys_of(model: type[BaseModel]) -> Callable[[], str]:
    """Return the function that writes the keys of one table of the policy file."""

    def keys() -> str:
        said = _documented(model)
        rows = [
            (f"`{field.alias or name}`", _kind(field.annotation), _default(field), said[name])
            for name, field in model.model_fields.items()
        ]
        return markdown_table(("key", "value", "default", ""), rows)

    return keys


def _kind(annotation: Any) -> str:
    """Return what a person writes: `"read"` or `"write"`, text, a list."""
    arguments = [one for one in get_args(annotation) if one is not NoneType]
    if get_origin(annotation) is Literal:
        return " or ".join(f'`"{one}"`' if isinstance(one, str) else f"`{one}`" for one in arguments)
    if get_origin(annotation) is list:
        return "list of tables" if _is_table(arguments[0]) else f"list of {_kind(arguments[0])}"
    if get_origin(annotation) is dict:
        return "tables by name"
    if hasattr(annotation, "__metadata__") or len(arguments) == 1:
        return _kind(arguments[0])
    names = {bool: "`true` or `false`", int: "number", str: "text"}
    return names.get(annotation, "table" if _is_table(annotation) else "date and time")


def _is_table(annotation: Any) -> bool:
    return inspect.isclass(annotation) and issubclass(annotation, BaseModel)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value in (None, [], {}):
        return ""
    if isinstance(value, timedelta):
        value = f"{value.total_seconds():g}"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _documented(model: type[BaseModel]) -> dict[str, str]:
    """Return the docstring of each field; a field without one is an error of the code."""
    said: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if issubclass(one, BaseModel) and one.model_fields:
            said |= _attributes(sys.modules[one.__module__]).get(one.__name__, {})
    missing = model.model_fields.keys() - said.keys()
    if missing:
        raise LookupError(f"{model.__name__}: a docstring is missing below {', '.join(sorted(missing))}")
    return said


def _attributes(module: Any) -> dict[str, dict[str, str]]:
    """Return the strings that stand below the attributes of each class, which Python itself forgets."""
    tree = ast.parse(inspect.getsource(module))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return {one.name: dict(_below(one.body)) for one in classes}


def _below(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for node, following in itertools.pairwise(body):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        text = following.value if isinstance(following, ast.Expr) else None
        if isinstance(target, ast.Name) and isinstance(text, ast.Constant) and isinstance(text.value, str):
            yield target.id, _plain(text.value)


def _plain(text: str) -> str:
    return " ".join(textwrap.dedent(text).split())


PARTS: Mapping[str, Callable[[], str]] = {
    "commands": commands,
    "subcommands": subcommands,
    "environment": environment,
    "metrics": metrics,
    "bot-metrics": bot_metrics,
    "events": ledger_events,
    "errors": refusals,
    "log-events": log_lines.of_events,
    "log-processes": log_lines.of_processes,
    "request-states": diagrams.request_states,
    "grant-states": diagrams.grant_states,
    "break-glass-review-states": diagrams.break_glass_review_states,
    "tables": diagrams.tables,
    "decisions": decisions,
    "example-rules": example_rules,
    "policy-file": keys_of(shape.FileShape),
    "policy-slack": keys_of(shape.SlackShape),
    "policy-group": keys_of(shape.GroupShape),
    "policy-person": keys_of(shape.PersonShape),
    "policy-cluster": keys_of(shape.ClusterShape),
    "policy-capture": keys_of(shape.CaptureShape),
    "policy-target": keys_of(shape.TargetShape),
    "policy-role": keys_of(shape.RoleShape),
    "policy-objects": keys_of(shape.ObjectsShape),
    "policy-break-glass": keys_of(shape.BreakGlassShape),
    "policy-lockdown": keys_of(shape.LockdownShape),
    "policy-rule": keys_of(shape_rule.RuleShape),
    "policy-slot": keys_of(shape_rule.SlotShape),
    "policy-hours": keys_of(shape_rule.HoursShape),
    "policy-extend": keys_of(shape_rule.ExtendShape),
    "policy-test": keys_of(shape_case.CaseShape),
}

if __name__ == "__main__":
    sys.exit(main())
