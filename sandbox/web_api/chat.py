"""chat.*: what the app says."""

from sandbox.messages import Message
from sandbox.store import EDITED_TEXT_LIMIT, Content, Store
from sandbox.web_api.call import Call
from sandbox.wire import Json, SlackError
from sandbox.world import Channel


def post_message(call: Call) -> Json:
    """A channel by id, or a person by id: then their direct messages with the app."""
    channel = _writable(call)
    content = _content(call)
    thread_ts = call.optional("thread_ts")
    _check_setting(channel, thread_ts)
    if thread_ts is not None:
        _check_thread(call.store, channel, thread_ts)
    message = call.store.post(channel.id, content, thread_ts=thread_ts)
    return {"channel": channel.id, "ts": message.ts, "message": call.store.shown(message)}


def update(call: Call) -> Json:
    """Keep what is not given; an edited text may be a tenth as long as a new one."""
    channel = call.channel()
    message = call.store.messages.find(channel.id, call.required("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.user != call.store.world.app.bot_user:
        raise SlackError("cant_update_message")
    _check_open(channel)
    content = Content.checked(call.args, EDITED_TEXT_LIMIT)
    if content.text is None and content.blocks is None and content.metadata is None:
        raise SlackError("no_text")
    call.store.edit(message, content)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": call.store.shown(message),
    }


def post_ephemeral(call: Call) -> Json:
    """Only people who are in the channel can be told something there."""
    channel = _writable(call)
    user = call.user()
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    content = _content(call)
    thread_ts = call.optional("thread_ts")
    message = call.store.post(channel.id, content, thread_ts=thread_ts, only_for=user.id)
    return {"message_ts": message.ts}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    ts = call.required("message_ts")
    message = call.store.messages.find(channel.id, ts)
    if message is None:
        raise SlackError("message_not_found")
    link = f"https://{call.store.world.team.domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link + _thread_query(message)}


def _thread_query(message: Message) -> str:
    return f"?thread_ts={message.thread_ts}&cid={message.channel}" if message.thread_ts else ""


def _content(call: Call) -> Content:
    content = Content.checked(call.args)
    if not content.says_something():
        raise SlackError("no_text")
    return content


def _writable(call: Call) -> Channel:
    world, target = call.store.world, call.required("channel")
    person = world.find_user(target)
    if person is not None:
        if person.is_bot:
            raise SlackError("cannot_dm_bot")
        channel = world.im(person.id)
    else:
        channel = call.channel()
    check_postable(call.store, channel)
    return channel


def check_postable(store: Store, channel: Channel) -> None:
    """The app may say something there."""
    if channel.is_im and not store.manifest.messages_tab:
        raise SlackError("messages_tab_disabled")
    _check_open(channel)
    if store.world.app.bot_user not in channel.members:
        raise SlackError("not_in_channel")


def _check_open(channel: Channel) -> None:
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.is_frozen:
        raise SlackError("is_inactive")


def _check_setting(channel: Channel, thread_ts: str | None) -> None:
    """The settings of a channel limit what is posted there."""
    if channel.is_read_only:
        raise SlackError("restricted_action_read_only_channel")
    if channel.is_thread_only and thread_ts is None:
        raise SlackError("restricted_action_thread_only_channel")
    if channel.is_non_threadable and thread_ts is not None:
        raise SlackError("restricted_action_non_threadable_channel")


def _check_thread(store: Store, channel: Channel, thread_ts: str) -> None:
    parent = store.messages.find(channel.id, thread_ts)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.thread_ts not in (None, thread_ts):
        raise SlackError("cannot_reply_to_message")
