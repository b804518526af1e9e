"""One person's turns with dbaccess: the words and clicks, and the one answer to each.

Buttons and modals are found by the ids of the view modules: a test of behaviour outlives another wording.
"""

from dbaccess.slack.views.request_message import APPROVE, DENY
from dbaccess.slack.views.surrender import SURRENDER
from dbaccess.slack.views.withdraw import WITHDRAW
from sandbox.client import Message, Person, View, plain
from tests.acceptance import records
from tests.acceptance.stack import CHANNEL, Stack, wait

REASON = "looking into #4512"


def say(stack: Stack, text: str, who: str = "U0MAYA") -> Message:
    """The answer to `/dbaccess TEXT`, which only this person sees."""
    person = stack.person(who)
    result = person.command("/dbaccess", text, channel=CHANNEL)
    assert result.error is None, result
    return next(m for m in person.ephemerals(CHANNEL) if m.ts == result.ts)


def until_ready(stack: Stack) -> None:
    """People and groups are known: after a start that takes a moment."""
    wait(lambda: "ry again in a minute" not in plain(say(stack, "list")))


def answer_to(stack: Stack, message: Message, action_id: str, who: str = "U0MAYA") -> Message:
    """Return the answer to a click that this person alone sees: a new one, or what the clicked one became."""
    person = stack.person(who)
    seen = {one.ts: plain(one) for one in person.ephemerals(message.channel)}
    press(stack, message, action_id, who)
    return wait(lambda: [m for m in person.ephemerals(message.channel) if seen.get(m.ts) != plain(m)])[0]


def press(stack: Stack, shown: Message | View, action_id: str, who: str = "U0MAYA") -> None:
    """Click the button, confirm if it asks, and have it acknowledged."""
    result = stack.person(who).click(shown, action_id, confirmed=True)
    assert result.sent, result
    assert result.error is None, result


def open_by(stack: Stack, message: Message, action_id: str, callback_id: str, who: str = "U0MAYA") -> View:
    """Return the modal that a click opens."""
    press(stack, message, action_id, who)
    return modal(stack.person(who), callback_id)


def modal(person: Person, callback_id: str) -> View:
    """Return this modal, once the person has it on top."""
    return person.wait_view(lambda view: view.callback_id == callback_id)


def has(message: Message, action_id: str, value: str | None = None) -> bool:
    """Return whether the message has this button, with this value if one is given."""
    return any(b.action_id == action_id and value in {None, b.value} for b in message.buttons())


def ask(stack: Stack, text: str, who: str = "U0MAYA") -> int:
    """The id of the request that this line made."""
    until_ready(stack)
    before = records.last_request(stack)
    answer = say(stack, text, who)
    request_id = records.last_request(stack)
    assert request_id > before, plain(answer)
    return request_id


def waiting(stack: Stack, request_id: int) -> Message:
    """The approval message of the request, with its buttons."""

    def look() -> Message | None:
        for message in reversed(stack.person("U0PRIYA").messages(CHANNEL)):
            if f"R-{request_id}" in plain(message) and has(message, DENY):
                return message
        return None

    return wait(look)


def activate(stack: Stack, text: str = f"orders-prod read 10m {REASON}", who: str = "U0MAYA") -> int:
    """The id of a request of this person that Priya approved and the target confirmed."""
    request_id = ask(stack, text, who)
    press(stack, waiting(stack, request_id), APPROVE, "U0PRIYA")
    wait(lambda: records.grant_state(stack, request_id) == "active")
    holders_message(stack, who)
    return request_id


def holders_message(stack: Stack, who: str = "U0MAYA") -> Message:
    """The direct message of this person's newest grant, which is active, with its buttons."""

    def look() -> Message | None:
        grant = str(records.newest_grant(stack, who))
        told = reversed(stack.person(who).direct_messages())
        return next((message for message in told if has(message, SURRENDER, grant)), None)

    return wait(look)


def end(stack: Stack, who: str = "U0MAYA") -> None:
    """This person is done with their newest grant, before its time."""
    press(stack, holders_message(stack, who), SURRENDER, who)


def close_all(stack: Stack, who: str) -> None:
    """This person waits for nothing and holds nothing."""
    person = stack.person(who)
    for view in person.views()[-1:]:
        person.close(view, whole_stack=True)

    def closed() -> bool:
        shown = say(stack, "list", who)
        mine = [each for each in shown.buttons() if each.action_id in {WITHDRAW, SURRENDER}]
        for each in mine:
            person.click(shown, action_id=each.action_id, value=each.value, confirmed=True)
        return not mine and ", ending" not in plain(shown)

    wait(closed)


def open_home(stack: Stack, who: str) -> View:
    """The tab as it is published after it was opened."""
    person = stack.person(who)
    before = person.home()
    assert person.open_home()

    def published() -> View | None:
        shown = person.home()
        return shown if shown is not None and (before is None or shown.hash != before.hash) else None

    return wait(published)
