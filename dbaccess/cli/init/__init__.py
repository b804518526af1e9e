"""`dbaccess init`: from nothing to a workspace that `doctor` has checked."""

from dbaccess.cli.init.command import init

__all__ = ["init"]
