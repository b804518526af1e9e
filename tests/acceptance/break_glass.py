"""A configuration under which the glass may be broken."""

from tests.acceptance import talk
from tests.acceptance.stack import Stack

RULE = """
[[rules]]
id = "prod-emergency"
env = ["prod"]
access = ["read", "ddl"]
requester = ["engineers"]
max = "30m"
break_glass = true
review_by = "dba"
review_within = "24h"
"""


def configure(stack: Stack, more: str) -> None:
    """Bot and workers were started anew with more of a configuration."""
    stack.config.write_text(stack.config.read_text() + more)
    for name, start in (("workers", stack.start_workers), ("bot", stack.start_bot)):
        stack.stop(name)
        start()
    talk.until_ready(stack)
