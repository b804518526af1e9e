"""Bad input gets a clear answer, and nothing is lost: what is typed behind `/dbaccess`."""

import pytest

from dbaccess.slack.views.answers import CHANGE, OPEN_FORM, REQUEST_LONGEST, USE_NAME
from dbaccess.slack.views.direct_messages import ASK_AGAIN
from dbaccess.slack.views.form import REQUEST_FORM
from dbaccess.slack.views.request_details import APPROVE_FORM
from dbaccess.slack.views.rows import OPEN
from dbaccess.slack.views.withdraw import WITHDRAW
from sandbox.client import plain
from tests.acceptance import records, talk
from tests.acceptance.stack import CHANNEL, Stack, wait_message

ESCAPED = '"x'
"""Grows in JSON. Quotation marks alone would say nothing."""


REFUSED = [
    ("orders-prd read 1h why", 'No target "orders-prd". Nearest: orders-prod.', ["Use orders-prod"]),
    ("zzz read 1h why", 'No target "zzz". There are: orders-prod.', ["Open form"]),
    ("orders-prod raed 1h why", 'No role "raed". Nearest: read, migrate.', ["Use read", "Use migrate"]),
    ("orders-prod read 0 why", '"0" is not a length of time. Write 90m or 2h30m.', ["Open form"]),
    ("orders-prod read 0h why", "0 is not a length of time. Write 90m or 2h30m.", ["Open form"]),
    ("orders-prod read -2h why", '"-2h" is not a length of time. Write 90m or 2h30m.', ["Open form"]),
    ("orders-prod read -2 why", '"-2" is not a length of time. Write 90m or 2h30m.', ["Open form"]),
    ("orders-prod read 90 why", '"90" has no unit. Write 90m or 2h30m.', ["90m", "Open form"]),
    ("orders-prod read soon why", '"soon" is not a length of time. Write 90m or 2h30m.', ["Open form"]),
    ("orders-prod read 30m2h why", '"30m2h why" holds two lengths of time.', ["30m", "Open form"]),
    ("orders-prod read 999999d why", '"999999d" is over a year.', ["Open form"]),
    (
        f"orders-prod read 8h {talk.REASON}",
        "8 h is over the maximum of 4 h (rule prod-read).",
        ["Request 4 h", "Change"],
    ),
    ("orders-prod read 1h", "Say why, at least 10 characters.", ["Change"]),
    ("orders-prod read 1h \x00\u202e   \u200f", "Say why, at least 10 characters.", ["Change"]),
    (f"orders-prod read 1h {'x' * 5000}", "At most 1,000 characters; this has 5,000.", ["Change"]),
    (
        f"orders-prod read 1h {ESCAPED * 6_000}",
        "At most 1,000 characters; this has 12,000.",
        ["Change"],
    ),
    (f"{'x' * 12_000} read 1h {talk.REASON}", 'No target "xxx', ["Open form"]),
    ("lsit", "There are: orders-prod. Nearest command: /dbaccess list.", ["Open form"]),
    (
        "hlep me",
        'No target "hlep". There are: orders-prod. Nearest command: /dbaccess help.',
        ["Open form"],
    ),
    ("orders-prod", "Choose a role on orders-prod: read, migrate.", ["Use read", "Use migrate"]),
    ("orders-prod read", "Choose how long.", ["Open form"]),
    ("<!channel> read 1h why", 'No target "<!channel>". There are: orders-prod.', ["Open form"]),
]
"""The typed text, the answer, and its buttons."""


def test_a_line_that_cannot_be_granted_says_what_would_work(line: Stack) -> None:
    before = records.last_request(line)
    for typed, told, buttons in REFUSED:
        answer = talk.say(line, typed)

        assert told in plain(answer), typed
        assert [button.text for button in answer.buttons()] == buttons, typed
        assert records.last_request(line) == before, typed


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("2 hours", "2 h"),
        ("1h 30m", "1 h 30 min"),
        ("1 hour and 30 minutes,", "1 h 30 min"),
        ("20 s", "20 s"),
    ],
)
def test_lengths_are_read_as_people_write_them(line: Stack, typed: str, length: str) -> None:
    answer = talk.say(line, f"orders-prod read {typed} {talk.REASON}")

    assert f"read on orders-prod, {length}. It asks for 1 approval from dba until " in plain(answer)
    request_id = records.last_request(line)
    assert f"Waiting: Maya Lindqvist (maya), read on orders-prod, {length}" in plain(
        talk.waiting(line, request_id)
    )


@pytest.mark.parametrize(
    ("typed", "button", "length"),
    [
        (f"orders-prd read 1h {talk.REASON}", f"{USE_NAME}.0", "1h"),
        (f"orders-prod raed 1h {talk.REASON}", f"{USE_NAME}.0", "1h"),
        (f"orders-prod read 8h {talk.REASON}", CHANGE, None),
        (f"orders-prod read 90 {talk.REASON}", OPEN_FORM, None),
        (f"orders-prod read 1 {talk.REASON}", f"{USE_NAME}.1", "1h"),
    ],
)
def test_the_button_of_the_answer_opens_the_form_with_what_was_typed(
    line: Stack, typed: str, button: str, length: str | None
) -> None:
    maya = line.person("U0MAYA")

    view = talk.open_by(line, talk.say(line, typed), button, REQUEST_FORM)

    assert view.value("form.target") == "orders-prod"
    assert view.value("form.role") == "read"
    assert view.value("form.reason") == talk.REASON
    assert view.value("form.duration") == length
    if length is None:
        maya.choose(view, "form.duration", "1h")
    assert maya.submit(view).errors == {}
    assert "1 h" in plain(talk.waiting(line, records.last_request(line)))


def test_the_offered_longest_time_is_asked_for_with_one_tap(line: Stack) -> None:
    refused = talk.say(line, f"orders-prod read 8h {talk.REASON}")

    answer = talk.answer_to(line, refused, REQUEST_LONGEST)

    assert answer.ts == refused.ts
    assert not talk.has(answer, REQUEST_LONGEST)
    assert "read on orders-prod, 4 h. It asks for 1 approval from dba until " in plain(answer)
    assert talk.REASON in plain(talk.waiting(line, records.last_request(line)))


def test_a_reason_that_was_too_long_is_there_to_be_shortened(line: Stack) -> None:
    refused = talk.say(line, f"orders-prod read 1h {'x' * 5000}")

    view = talk.open_by(line, refused, CHANGE, REQUEST_FORM)

    kept = view.value("form.reason")
    assert kept.startswith("x" * 900)
    assert len(kept) <= 1000


def test_hostile_reason_is_stored_clean_shown_escaped_and_pings_no_one(line: Stack) -> None:
    typed = "see <!channel> <@U0PRIYA> <https://evil.example|here> `rm` \u202eesrever\u202c \x00nul @here"
    request_id = talk.ask(line, f"orders-prod read 1h {typed}")

    message = talk.waiting(line, request_id)

    stored = records.rows(line, "select terms ->> 'reason' from requests where id = %s", request_id)[0][0]
    assert stored == "see <!channel> <@U0PRIYA> <https://evil.example|here> `rm` esrever nul @here"
    shown = message.blocks[1]["text"]["text"]
    assert shown == (
        "&gt; see &lt;!channel&gt; &lt;@U0PRIYA&gt; &lt;https://evil.example|here&gt; 'rm' esrever nul @here"
    )
    for text in [message.text, *(str(block) for block in message.blocks[:3])]:
        assert not any(
            token in text for token in ("<!channel", "<@U0PRIYA", "<https://evil", "\u202e", "\x00")
        )


def test_a_second_open_request_for_the_same_is_refused(line: Stack) -> None:
    request_id = talk.ask(line, f"orders-prod read 1h {talk.REASON}")

    answer = talk.say(line, f"orders-prod read 2h {talk.REASON}", "W0MAYA")

    assert f"R-{request_id} for this is still open." in plain(answer)
    assert records.last_request(line) == request_id


def test_help_lists_the_words(line: Stack) -> None:
    shown = plain(talk.say(line, "help"))
    for word in ("/dbaccess list", "/dbaccess done", "/dbaccess extend", "TARGET ROLE TIME WHY"):
        assert word in shown


def test_list_shows_each_person_their_own_items(line: Stack) -> None:
    talk.ask(line, f"orders-prod read 1h {talk.REASON}")

    assert "You wait for\n" in plain(talk.say(line, "list")).replace("*", "")
    priya = talk.say(line, "list", "U0PRIYA")
    assert "Waiting for your review" in plain(priya)
    assert "Maya Lindqvist (maya), read on orders-prod, 1 h" in plain(priya)
    assert "You hold nothing" in plain(talk.say(line, "list", "U0TOM"))
    view = talk.open_by(line, priya, OPEN, APPROVE_FORM, "U0PRIYA")
    assert talk.REASON in plain(view)


def test_a_withdrawn_request_is_over(line: Stack) -> None:
    request_id = talk.ask(line, f"orders-prod read 1h {talk.REASON}")
    message = talk.waiting(line, request_id)
    recorded = line.person("U0MAYA").ephemerals(CHANNEL)[-1]

    told = talk.answer_to(line, recorded, WITHDRAW)

    assert told.ts == recorded.ts
    assert plain(told).startswith(f"Withdrawn: R-{request_id}")
    assert told.buttons() == []
    shown = wait_message(
        lambda: line.person("U0PRIYA").messages(CHANNEL),
        f"R-{request_id}",
        "Withdrawn by",
        "No access was granted",
    )
    assert shown.ts == message.ts
    assert shown.buttons() == []
    assert records.request_state(line, request_id) == "withdrawn"


def test_undecided_request_lapses(line: Stack) -> None:
    request_id = talk.ask(line, f"orders-prod migrate 20m {talk.REASON}")
    # A request that lapses before its message is posted gets none.
    wait_message(lambda: line.person("U0PRIYA").messages(CHANNEL), f"R-{request_id}", "Waiting:")

    records.nobody_decided(line, request_id)

    shown = wait_message(
        lambda: line.person("U0PRIYA").messages(CHANNEL), f"R-{request_id}", "Not decided by"
    )

    assert shown.buttons() == []
    told = wait_message(lambda: line.person("U0MAYA").direct_messages(), "Lapsed: not decided by")
    assert [button.action_id for button in told.buttons()] == [ASK_AGAIN]
    assert records.kinds(line, request_id) == ["request.submitted", "request.lapsed"]
