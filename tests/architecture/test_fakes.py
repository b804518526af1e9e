"""A fake may stand for the real thing only in what the contract suite holds it to."""

import inspect
import re
from pathlib import Path

from dbaccess.ports import leases, records

CONTRACT = Path(__file__).parents[1] / "contract" / "storage"


def _promised() -> set[str]:
    """Each method of a port of the control database, as tests call it."""
    return {
        name
        for module in (records, leases)
        for _, port in inspect.getmembers(module, inspect.isclass)
        if getattr(port, "_is_protocol", False) and port.__module__ == module.__name__
        for name, _ in inspect.getmembers(port, inspect.isfunction)
        if not name.startswith("_")
    }


def test_contract_suite_calls_every_method_of_the_control_database() -> None:
    said = "\n".join(path.read_text() for path in CONTRACT.glob("*.py"))
    called = set(re.findall(r"\.(\w+)\(", said)) | set(re.findall(r"uow\.\w+\.(\w+)\b", said))
    assert _promised() - called == set()
