"""One person's turns with dbaccess: what they type and click, and the one answer that it brought them."""

from dbaccess.slack.views.surrender import SURRENDER
from sandbox.client import Message, View, plain
from tests.acceptance import records
from tests.acceptance.stack import CHANNEL, Stack, button, wait

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


def answer_to(stack: Stack, message: Message, label: str, who: str = "U0MAYA") -> Message:
    """What this person alone is told after a click."""
    person = stack.person(who)
    seen = len(person.ephemerals(message.channel))
    result = person.click(message, text=label, confirmed=True)
    assert result.sent, result
    assert result.error is None, result
    return wait(lambda: person.ephemerals(message.channel)[seen:])[0]


def open_by(stack: Stack, message: Message, label: str, title: str, who: str = "U0MAYA") -> View:
    """The modal that a click opens."""
    person = stack.person(who)
    assert person.click(message, text=label).error is None
    return person.wait_view(lambda view: view.title == title)


def ask(stack: Stack, text: str, who: str = "U0MAYA") -> int:
    """The id of the request that this line made."""
    until_ready(stack)
    answer = say(stack, text, who)
    assert "Sent: R-" in plain(answer), plain(answer)
    return records.last_request(stack)


def waiting(stack: Stack, request_id: int) -> Message:
    """The approval message of the request, with its buttons."""

    def look() -> Message | None:
        for message in reversed(stack.person("U0PRIYA").messages(CHANNEL)):
            if f"R-{request_id}" in plain(message) and button(message, "Deny"):
                return message
        return None

    return wait(look)


def activate(stack: Stack, text: str = f"orders-prod read 10m {REASON}", who: str = "U0MAYA") -> int:
    """The id of a request of this person that Priya approved and the target confirmed."""
    request_id = ask(stack, text, who)
    priya = stack.person("U0PRIYA")
    assert priya.click(waiting(stack, request_id), action_id="request.approve", confirmed=True).sent
    wait(lambda: records.grant_state(stack, request_id) == "active")
    holders_message(stack, who)
    return request_id


def holders_message(stack: Stack, who: str = "U0MAYA") -> Message:
    """The direct message of this person's newest grant, which is active, with its buttons."""
    grant = str(records.newest_grant(stack, who))

    def look() -> Message | None:
        for message in reversed(stack.person(who).direct_messages()):
            if any(b.action_id == SURRENDER and b.value == grant for b in message.buttons()):
                return message
        return None

    return wait(look)


def close_all(stack: Stack, who: str) -> None:
    """This person waits for nothing and holds nothing."""
    person = stack.person(who)
    for view in person.views()[-1:]:
        person.close(view, whole_stack=True)

    def closed() -> bool:
        shown = say(stack, "list", who)
        mine = [each for each in shown.buttons() if each.text in {"Withdraw", "I'm done"}]
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
