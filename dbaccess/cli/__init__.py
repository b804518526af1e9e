"""`dbaccess`: the operator's command line. It reads, checks and revokes; it starts no daemon."""

from dbaccess.cli.app import main

__all__ = ["main"]
