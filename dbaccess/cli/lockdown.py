"""`dbaccess lockdown`."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from dbaccess.cli.control import control
from dbaccess.cli.output import AsJson, Limit, actor, show_json, show_rows
from dbaccess.cli.revoke import time_of
from dbaccess.domain.lockdown import Lockdown, Progress
from dbaccess.domain.text import clean
from dbaccess.operations.lockdowns.declare import declare_from_command_line, lift_from_command_line
from dbaccess.policy_file import load_policy
from dbaccess.settings import ConfigSettings

_COLUMNS = ("covers", "state", "declared_by", "declared_at", "ended", "grants", "reason")

Target = Annotated[str | None, typer.Argument(help="A target of the policy file, or none with --all.")]
Every = Annotated[bool, typer.Option("--all", help="Every target.")]
Reason = Annotated[str, typer.Option("--reason", help="The channels and the holders read this.")]


class _DeclareUnlessNamed(TyperGroup):
    """`lockdown TARGET` means `lockdown declare TARGET`: in an emergency there is one word less to know."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["declare", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_DeclareUnlessNamed,
    help="Stop a target, or all: dbaccess lockdown TARGET --reason WHY. Another operator lifts it.",
    no_args_is_help=True,
)


@app.command()
def declare(
    reason: Reason,
    target: Target = None,
    every: Every = False,  # noqa: FBT002 an option
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """End every open grant on a target now, and refuse requests until another operator lifts the lockdown.

    Example: dbaccess lockdown orders-prod --reason "leaked laptop"
    """
    _one_of(target, every=every)
    with control() as begin:
        if target is not None:
            with begin() as uow:
                # A target that left the file may still have grants to end.
                known = bool(uow.lockdowns.count_open(target))
            if not known:
                load_policy(ConfigSettings.load().dbaccess_config).target(target)
        found = declare_from_command_line(begin, actor=actor(), target=target, reason=clean(reason))
    _say(found, f"{found.label} is in lockdown. To see its progress: dbaccess lockdown list", as_json=as_json)


@app.command()
def lift(
    reason: Reason,
    target: Target = None,
    every: Every = False,  # noqa: FBT002 an option
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Accept requests again. Only an operator who did not declare the lockdown may lift it.

    Example: dbaccess lockdown lift orders-prod --reason "laptop found"
    """
    _one_of(target, every=every)
    with control() as begin:
        found = lift_from_command_line(begin, actor=actor(), target=target, reason=clean(reason))
    _say(found, f"The lockdown of {found.label} is lifted. Ended grants stay ended.", as_json=as_json)


@app.command("list")
def list_(
    limit: Limit = 50,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """List lockdowns, the newest first, with the number of grants that have ended.

    Example: dbaccess lockdown list
    """
    with control() as begin, begin() as uow:
        recent = uow.lockdowns.recent(limit=limit)
        found = [_row(lockdown, uow.lockdowns.progress(lockdown)) for lockdown in recent]
    show_rows(found, _COLUMNS, as_json=as_json, empty="No lockdowns.")


def _one_of(target: str | None, *, every: bool) -> None:
    if (target is None) is not every:
        raise typer.BadParameter("write one target, or --all")


def _say(lockdown: Lockdown, text: str, *, as_json: bool) -> None:
    if as_json:
        show_json(_fields(lockdown))
    else:
        typer.echo(text)


def _row(lockdown: Lockdown, progress: Progress) -> dict[str, Any]:
    counts = {"grants": progress.total, "ended": progress.ended, "written_off": progress.written_off}
    return _fields(lockdown) | counts


def _fields(lockdown: Lockdown) -> dict[str, Any]:
    return {
        "target": lockdown.target,
        "covers": lockdown.label,
        "state": "open" if lockdown.lifted_at is None else "lifted",
        "reason": lockdown.reason,
        "declared_by": lockdown.declared_by,
        "declared_at": time_of(lockdown.declared_at),
        "lifted_by": lockdown.lifted_by,
        "lift_reason": lockdown.lift_reason,
        "lifted_at": time_of(lockdown.lifted_at),
    }
