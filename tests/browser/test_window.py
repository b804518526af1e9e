"""A window shows an app's messages and modals, and the faults on the way."""

import re
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Opens
from tests.browser.window import PHONE, Window
from tests.sandbox.greeter import Greeter
from tests.sandbox.kit import (
    actions,
    button,
    confirm,
    field,
    form,
    modal,
    option,
    section,
    select,
    typed,
    words,
)


def ann(greeter: Greeter, window: Opens, **options: Any) -> Window:
    return window(greeter.sandbox.address, "U0ANN", **options)


def form_opened(greeter: Greeter, window: Opens) -> Window:
    for view in reversed(greeter.ann.views()):
        greeter.ann.close(view)
    opened = ann(greeter, window)
    opened.run("/greet form")
    expect(opened.modal).to_be_visible()
    return opened


def at(window: Window, block: str) -> Locator:
    return window.modal.locator(f'[data-block="{block}"]')


def test_unknown_command_is_refused(greeter: Greeter, window: Opens) -> None:
    opened = ann(greeter, window)
    opened.run("/nosuch thing")
    expect(opened.message("/nosuch is not a valid command")).to_contain_text("Only visible to you")
    opened.faults.clear()  # the sandbox's 409, which the browser names


def test_app_that_answers_too_late_is_said_to_be_silent(greeter: Greeter, window: Opens) -> None:
    opened = ann(greeter, window)
    with greeter.late():
        opened.run("/greet late")
        expect(opened.message("/greet failed because the app did not respond")).to_be_visible()


def test_answer_that_only_one_sees_is_marked(greeter: Greeter, window: Opens) -> None:
    opened = ann(greeter, window)
    opened.run("/greet say hello there")
    expect(opened.message("hello there")).to_contain_text("Only visible to you")


def test_plain_message_reaches_the_others_and_marks_the_channel_unread(
    greeter: Greeter, window: Opens
) -> None:
    opened, guest = ann(greeter, window), window(greeter.sandbox.address, "U0GUEST")
    guest.go("greeter")
    opened.run("is <b>anybody</b> there?")
    expect(guest.page.get_by_role("button", name="open unread")).to_be_visible()
    guest.go("open")
    expect(guest.message("is <b>anybody</b> there?")).to_contain_text("Ann Berg")
    expect(guest.page.get_by_role("button", name="open unread")).not_to_be_visible()


def test_marks_in_text_look_as_in_slack(greeter: Greeter, window: Opens) -> None:
    text = (
        "*bold* _slanted_ ~gone~ `code` :warning: 2 * 3 * 4 snake_case_name <@U0ANN> <!subteam^S0TEAM> "
        "<https://example.com/a?b=1&amp;c=2|a link> <!date^1700000000^{date_num} {time}|then>\n"
        "&gt; quoted *here*\nafter\n```\nselect 1 &lt; 2;\n```"
    )
    greeter.post(section(text))
    shown = ann(greeter, window).message("slanted")
    expect(shown.locator("strong").first).to_have_text("bold")
    expect(shown.locator("em")).to_have_text("slanted")
    expect(shown.locator("s")).to_have_text("gone")
    expect(shown.locator(".lines > code")).to_have_text("code")
    expect(shown.get_by_role("img", name="warning")).to_be_visible()
    expect(shown).to_contain_text("2 * 3 * 4 snake_case_name")
    assert shown.locator(".mention.mine").all_inner_texts() == ["@Ann Berg", "@team"]
    expect(shown.get_by_role("link", name="a link")).to_have_attribute(
        "href", "https://example.com/a?b=1&c=2"
    )
    expect(shown.locator("time").last).to_have_text("2023-11-14 23:13")
    expect(shown.locator("blockquote")).to_have_text("quoted here")
    expect(shown.locator("pre")).to_have_text("select 1 < 2;")


def test_link_that_is_no_web_address_is_not_one_to_click(greeter: Greeter, window: Opens) -> None:
    greeter.post(section("<javascript:alert(1)|harmless>"))
    shown = ann(greeter, window).message("harmless")
    assert shown.locator("a").count() == 0


def test_confirm_dialog_asks_first_and_a_no_sends_nothing(greeter: Greeter, window: Opens) -> None:
    greeter.post(section("asks first"), actions(button("Dare", "dare", style="danger", confirm=confirm())))
    opened, seen = ann(greeter, window), len(greeter.bodies)
    dialog = opened.page.get_by_role("alertdialog", name="Sure")
    opened.press("asks first", "Dare")
    dialog.get_by_role("button", name="No").click()
    opened.press("asks first", "Dare")
    opened.page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    assert greeter.heard("block_actions", seen) == []
    opened.press("asks first", "Dare")
    dialog.get_by_role("button", name="Yes").click()
    assert greeter.wait_heard("block_actions", seen)["actions"][0]["action_id"] == "dare"


def test_edited_message_is_redrawn_in_place_and_marked(greeter: Greeter, window: Opens) -> None:
    posted = greeter.post(section("before"))
    opened = ann(greeter, window)
    expect(opened.message("before")).to_be_visible()
    greeter.web.chat_update(channel="C0OPEN", ts=posted.ts, text="t", blocks=[section("afterwards")])
    expect(opened.message("afterwards")).to_contain_text("(edited)")
    expect(opened.stream).not_to_contain_text("before")


def test_thread_opens_beside_and_takes_replies(greeter: Greeter, window: Opens) -> None:
    posted = greeter.post(section("a thread begins"))
    greeter.web.chat_postMessage(channel="C0OPEN", thread_ts=posted.ts, text="first reply")
    opened = ann(greeter, window)
    opened.message("a thread begins").get_by_role("button", name="1 reply").click()
    thread = opened.page.get_by_role("complementary", name="Thread")
    expect(thread).to_contain_text("first reply")
    thread.get_by_label("Reply").fill("mine too")
    thread.get_by_label("Reply").press("Enter")
    expect(thread.get_by_role("article").last).to_contain_text("mine too")
    expect(opened.message("a thread begins")).to_contain_text("2 replies")
    expect(opened.stream).not_to_contain_text("first reply")
    thread.get_by_label("Reply").press("Escape")
    expect(thread).not_to_be_visible()


def test_faults_of_a_form_stand_at_their_fields(greeter: Greeter, window: Opens) -> None:
    opened = form_opened(greeter, window)
    opened.send("Send")
    expect(at(opened, "why")).to_contain_text("Please complete this required field.")
    expect(at(opened, "pick")).to_contain_text("Please complete this required field.")
    expect(at(opened, "radio").locator(".fault")).not_to_be_visible()
    at(opened, "why").get_by_role("textbox").fill("because")
    expect(at(opened, "why").locator(".fault")).not_to_be_visible()
    at(opened, "pick").get_by_role("combobox").click()
    opened.page.get_by_role("option", name="two").click()
    greeter.next_answer = {"response_action": "errors", "errors": {"why": "Not a reason."}}
    opened.send("Send")
    expect(at(opened, "why")).to_contain_text("Not a reason.")
    assert at(opened, "why").get_by_role("textbox").input_value() == "because"
    greeter.next_answer = None
    opened.send("Send")
    opened.no_modal()
    sent = greeter.heard("view_submission")[-1]["view"]["state"]["values"]
    assert sent["why"]["why"]["value"] == "because"
    assert sent["pick"]["pick"]["selected_option"]["value"] == "two"


def test_external_menu_asks_the_app_while_a_person_types(greeter: Greeter, window: Opens) -> None:
    greeter.next_options = [option("orders-prod"), option("orders-dev")]
    opened = form_opened(greeter, window)
    menu = at(opened, "ext").get_by_role("combobox")
    menu.click()
    expect(opened.page.get_by_text("Type 2 more")).to_be_visible()
    menu.press_sequentially("or")
    expect(opened.page.get_by_role("option")).to_have_text(["orders-prod", "orders-dev"])
    menu.press("ArrowDown")
    menu.press("Enter")
    expect(menu).to_have_value("orders-dev")
    assert greeter.heard("block_suggestion")[-1]["value"] == "or"
    menu.press("Escape")
    opened.no_modal()


def test_modals_lie_on_each_other_and_go_one_by_one(greeter: Greeter, window: Opens) -> None:
    opened = form_opened(greeter, window)
    at(opened, "why").get_by_role("textbox").fill("kept")
    opened.modal.get_by_role("button", name="Deeper").click()
    expect(opened.modal.get_by_role("button", name="Back")).to_be_visible()
    opened.page.keyboard.press("Escape")
    expect(at(opened, "why").get_by_role("textbox")).to_have_value("kept")
    seen = len(greeter.bodies)
    opened.page.keyboard.press("Escape")
    opened.no_modal()
    assert greeter.wait_heard("view_closed", seen)["is_cleared"] is False


def test_typed_text_survives_a_redrawn_form(greeter: Greeter, window: Opens) -> None:
    opened = form_opened(greeter, window)
    box = at(opened, "why").get_by_role("textbox")
    box.fill("still here")
    more = form(submit=words("Go"))
    more["blocks"].insert(0, section("a new line at the top"))
    greeter.web.views_update(view_id=greeter.ann.views()[-1].id, view=more)
    expect(opened.modal).to_contain_text("a new line at the top")
    expect(box).to_have_value("still here")
    expect(box).to_be_focused()
    expect(opened.modal.get_by_role("button", name="Go")).to_be_visible()


def test_app_that_does_not_take_a_form_leaves_it_open_and_is_named(greeter: Greeter, window: Opens) -> None:
    opened = form_opened(greeter, window)
    at(opened, "why").get_by_role("textbox").fill("because")
    at(opened, "pick").get_by_role("combobox").click()
    opened.page.get_by_role("option", name="one").click()
    greeter.next_answer = {"response_action": "errors", "errors": {"nosuch": "x"}}
    opened.send("Send")
    expect(opened.modal.get_by_role("alert").last).to_contain_text(
        "answered with something that Slack does not"
    )
    greeter.next_answer = None
    opened.modal.get_by_role("button", name="Close").first.click()
    opened.no_modal()


def test_every_element_there_is_can_be_shown_and_reached(greeter: Greeter, window: Opens) -> None:
    options = [option("a"), option("b", description=words("the second"))]
    kinds: list[dict[str, Any]] = [
        typed("text", multiline=True),
        {"type": "number_input", "action_id": "number", "is_decimal_allowed": False},
        {"type": "email_text_input", "action_id": "mail"},
        {"type": "url_text_input", "action_id": "url"},
        select("one", "a", "b"),
        {"type": "multi_static_select", "action_id": "many", "options": options},
        {"type": "users_select", "action_id": "user"},
        {"type": "multi_users_select", "action_id": "users"},
        {"type": "channels_select", "action_id": "channel"},
        {"type": "radio_buttons", "action_id": "radio", "options": options},
        {"type": "checkboxes", "action_id": "checks", "options": options},
        {"type": "datepicker", "action_id": "date"},
        {"type": "timepicker", "action_id": "time"},
        {"type": "datetimepicker", "action_id": "both"},
    ]
    fields = [field(kind, kind["action_id"], optional=True) for kind in kinds]
    over = {"type": "overflow", "action_id": "over", "options": options}
    view = modal(*fields, section("s", accessory=over), {"type": "divider"}, submit=words("Send"))
    opened = form_opened(greeter, window)
    greeter.web.views_update(view_id=greeter.ann.views()[-1].id, view=view)
    at(opened, "many").get_by_role("combobox").click()
    opened.page.get_by_role("option", name="the second").click()
    at(opened, "user").get_by_role("combobox").fill("ann")
    opened.page.get_by_role("option", name="Ann Berg").click()
    at(opened, "radio").get_by_label("b").check()
    at(opened, "checks").get_by_label("a", exact=True).check()
    at(opened, "date").locator("input").fill("2026-03-10")
    at(opened, "number").get_by_role("textbox").fill("12")
    opened.modal.get_by_role("button", name="More").click()
    opened.page.get_by_role("menuitem", name="the second").click()
    opened.send("Send")
    opened.no_modal()
    assert opened.page.locator(".unknown").count() == 0
    sent = greeter.heard("view_submission")[-1]["view"]["state"]["values"]
    assert [one["value"] for one in sent["many"]["many"]["selected_options"]] == ["b"]
    assert sent["user"]["user"]["selected_user"] == "U0ANN"
    assert sent["radio"]["radio"]["selected_option"]["value"] == "b"
    assert [one["value"] for one in sent["checks"]["checks"]["selected_options"]] == ["a"]
    assert sent["date"]["date"]["selected_date"] == "2026-03-10"
    assert sent["number"]["number"]["value"] == "12"
    assert greeter.heard("block_actions")[-1]["actions"][0]["selected_option"]["value"] == "b"


def test_home_is_asked_for_when_it_is_opened_and_redrawn_when_published(
    greeter: Greeter, window: Opens
) -> None:
    opened, seen = ann(greeter, window), len(greeter.bodies)
    opened.go("greeter")
    opened.page.get_by_role("tab", name="Home").click()
    expect(opened.page.get_by_text("greeter has not published a Home for you.")).to_be_visible()
    assert greeter.wait_heard("app_home_opened", seen)["event"]["tab"] == "home"
    greeter.web.views_publish(user_id="U0ANN", view={"type": "home", "blocks": [section("home sweet home")]})
    expect(opened.page.get_by_text("home sweet home")).to_be_visible()
    expect(opened.page.get_by_text("Nothing from")).to_be_hidden()


def test_another_person_keeps_the_channel_and_the_address(greeter: Greeter, window: Opens) -> None:
    opened = ann(greeter, window)
    opened.go("open")
    opened.page.keyboard.press("Control+k")
    opened.page.get_by_label("Jump to a channel or a person").fill("gus")
    opened.page.keyboard.press("Enter")
    expect(opened.page).to_have_url(re.compile(r"\?as=U0GUEST#C0OPEN$"))
    expect(opened.page.locator("h1")).to_have_text("open")
    expect(opened.page.locator("#me")).to_contain_text("guest")


def test_what_one_person_began_is_neither_shown_nor_done_as_another(greeter: Greeter, window: Opens) -> None:
    greeter.post(section("asks first"), actions(button("Dare", "dare", style="danger", confirm=confirm())))
    opened, seen = ann(greeter, window), len(greeter.bodies)
    opened.go("open")
    opened.box.fill("a draft of Ann's")
    opened.press("asks first", "Dare")
    dialog = opened.page.get_by_role("alertdialog", name="Sure")
    expect(dialog).to_be_visible()
    act_as(opened, "U0GUEST", "guest")
    expect(dialog).to_be_hidden()
    expect(opened.box).to_have_value("")
    act_as(opened, "U0ANN", "Ann Berg")
    expect(opened.box).to_have_value("a draft of Ann's")
    assert greeter.heard("block_actions", seen) == []

    opened.run("/greet form")
    expect(opened.modal).to_be_visible()
    act_as(opened, "U0GUEST", "guest")
    opened.no_modal()
    act_as(opened, "U0ANN", "Ann Berg")
    expect(opened.modal).to_be_visible()
    for view in reversed(greeter.ann.views()):
        greeter.ann.close(view)
    opened.no_modal()


def act_as(opened: Window, person: str, name: str) -> None:
    """By the link in the list; a dialog that is open covers it, and the page around can be pressed."""
    opened.page.locator(f'#people a[href="?as={person}"]').dispatch_event("click")
    expect(opened.page.locator("#me")).to_contain_text(name)


def test_deactivated_person_sees_nothing_and_is_told_why(greeter: Greeter, window: Opens) -> None:
    gone = window(greeter.sandbox.address, "U0GONE")
    expect(gone.page.get_by_text("gone is deactivated and cannot act")).to_be_visible()
    expect(gone.box).not_to_be_visible()
    gone.picture("window-deactivated")


def test_earlier_lines_come_back_by_arrow_up(greeter: Greeter, window: Opens) -> None:
    opened = ann(greeter, window)
    for line in ("first line", "second line"):
        opened.run(line)
    opened.box.press("ArrowUp")
    expect(opened.box).to_have_value("second line")
    opened.box.press("ArrowUp")
    expect(opened.box).to_have_value("first line")
    opened.box.press("ArrowDown")
    opened.box.press("ArrowDown")
    expect(opened.box).to_have_value("")


def test_dark_is_remembered_over_what_the_system_says(greeter: Greeter, window: Opens) -> None:
    opened = ann(greeter, window)
    before = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
    opened.page.get_by_role("button", name="Use dark colours").click()
    opened.page.reload()
    expect(opened.page.get_by_role("button", name="Use light colours")).to_be_visible()
    assert opened.page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_phone_has_thread_and_channel_in_turn(greeter: Greeter, window: Opens) -> None:
    posted = greeter.post(section("narrow thread"))
    greeter.web.chat_postMessage(channel="C0OPEN", thread_ts=posted.ts, text="narrow reply")
    opened = ann(greeter, window, size=PHONE)
    opened.message("narrow thread").get_by_role("button", name="1 reply").click()
    thread = opened.page.get_by_role("complementary", name="Thread")
    box = thread.bounding_box()
    assert box is not None
    assert box["width"] == PHONE[0]
    assert opened.fits()
    thread.get_by_role("button", name="Close the thread").click()
    expect(opened.message("narrow thread")).to_be_in_viewport()
