"""The message box: slash commands, and what people write themselves."""

from sandbox.delivery import Ack
from sandbox.interactions.context import TOKEN, Context, channel_name
from sandbox.scopes import COMMANDS
from sandbox.store import Content
from sandbox.wire import Json, Refused, SlackError
from sandbox.world import Channel, User


async def run_command(
    context: Context, user_id: str, channel_id: str | None, command: str, text: str
) -> Json:
    """Return what the person sees at once: the acknowledgement's text, or an error."""
    user = context.person(user_id)
    channel = context.channel(user, channel_id or context.store.world.im(user.id).id)
    check_writable(user, channel)
    manifest = context.store.manifest
    if command not in manifest.commands or COMMANDS not in manifest.bot_scopes:
        raise Refused("unknown_command", f"{command} is not a valid command here")
    payload = _payload(context, user, channel, command, text.strip())
    ack = await context.delivery.deliver("slash_commands", payload, answerable=True)
    return _seen(context, user, channel, ack)


def write(context: Context, user_id: str, channel_id: str, text: str, thread_ts: str | None) -> Json:
    """A message of the person's own."""
    user = context.person(user_id)
    channel = context.channel(user, channel_id)
    check_writable(user, channel)
    content = Content(text=escaped(text), blocks=None, metadata=None)
    return context.store.post(channel.id, content, user=user.id, thread_ts=thread_ts).row()


def check_writable(user: User, channel: Channel) -> None:
    """Slack shows the message box, where commands are typed too, to members of living channels only."""
    if channel.is_archived:
        raise Refused("is_archived", f"no person can write in {channel.id}")
    if user.id not in channel.members:
        raise Refused("not_in_channel", f"{user.id} has not joined {channel.id}")


def _payload(context: Context, user: User, channel: Channel, command: str, text: str) -> Json:
    world = context.store.world
    return {
        "token": TOKEN,
        "team_id": world.team.id,
        "team_domain": world.team.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": escaped(text),
        "api_app_id": world.app.id,
        "is_enterprise_install": "false",
        "response_url": context.response_url("commands", user, channel.id),
        "trigger_id": context.store.triggers.issue(user.id),
    }


def escaped(text: str) -> str:
    """As Slack sends what people type into the message box."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _seen(context: Context, user: User, channel: Channel, ack: Ack) -> Json:
    answer = ack.payload or {}
    if ack.error or not (answer.get("text") or answer.get("blocks")):
        return {"text": "", "ts": None, "error": ack.error}
    try:
        content = Content.checked(answer)
    except SlackError as error:
        return {"text": "", "ts": None, "error": error.error}
    only_for = None if answer.get("response_type") == "in_channel" else user.id
    message = context.store.post(channel.id, content, only_for=only_for)
    return {"text": message.text, "ts": message.ts, "error": None}
