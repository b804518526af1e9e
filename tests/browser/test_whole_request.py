"""The whole story through the page, between real people in windows of their own."""

import re

import psycopg
import pytest
from playwright.sync_api import expect

from tests.acceptance import records
from tests.acceptance.journey import Login, connect
from tests.acceptance.stack import Stack
from tests.browser.conftest import Opens
from tests.browser.window import PHONE, Window

REASON = 'Orders stuck in "paid" since 02:40, need to see queue_state'


def asked(window: Window, reason: str = REASON, duration: str = "15 min") -> None:
    """The form, filled by pointing and typing."""
    window.run("/dbaccess")
    window.pick("Target", "orders-prod")
    window.pick("Role", "read")
    expect(window.modal).to_contain_text("Takes: 1 approval from dba")
    window.pick("How long", duration)
    window.fill("Why", reason)
    window.send("Send request")
    window.no_modal()


def login_shown(window: Window) -> Login:
    password = window.modal.locator("pre")
    expect(password).to_be_visible()
    user = re.search(r"User (\S+)", window.modal.inner_text())
    assert user is not None
    return Login(user=user[1], password=password.inner_text().strip())


def test_asked_approved_connected_and_gone_at_the_end(stack: Stack, window: Opens) -> None:
    address = stack.sandbox.address
    maya, priya = window(address, "U0MAYA"), window(address, "U0PRIYA", colours="dark")
    maya.box.press_sequentially("/db")
    expect(maya.page.get_by_role("option", name="/dbaccess")).to_be_visible()
    maya.picture("1-command")
    maya.box.press("Tab")
    assert maya.box.input_value() == "/dbaccess "
    maya.box.fill("")
    asked(maya)

    waiting = priya.message("Waiting: Maya Lindqvist (maya), read on orders-prod, 15 min")
    expect(waiting).to_contain_text(REASON)
    expect(waiting.locator(".mention.mine")).to_have_text("@dba")
    priya.picture("2-waiting")
    priya.page.emulate_media(color_scheme="light")
    priya.picture("2-waiting-light")
    priya.page.emulate_media(color_scheme="dark")
    priya.press("Waiting: Maya Lindqvist (maya)", "Approve")
    expect(priya.message("Active: Maya Lindqvist (maya)")).to_contain_text("Approved by Priya Nair (U0PRIYA)")

    expect(maya.page.get_by_role("button", name=re.compile("dbaccess . for you"))).to_be_visible()
    maya.go("dbaccess")
    maya.press("Active: read on orders-prod", "Show credentials")
    login = login_shown(maya)
    maya.picture("3-credentials")
    with connect(stack, login, stack_database(stack, maya)) as session:
        assert session.execute("select count(*) from shop.orders").fetchone() is not None
        maya.send("Close")
        records.time_is_over(stack, records.last_request(stack))
        expect(maya.message("Ended: read on orders-prod")).to_contain_text("login removed")
        with pytest.raises(psycopg.OperationalError):
            session.execute("select 1")
    maya.picture("4-ended")
    with pytest.raises(psycopg.OperationalError):
        connect(stack, login, "postgres")

    priya.message("Ended: Maya Lindqvist").get_by_role("button", name="replies").click()
    expect(priya.page.get_by_role("complementary", name="Thread")).to_contain_text("Ended: expired")
    priya.picture("5-thread")


def stack_database(_: Stack, maya: Window) -> str:
    """As the holder's message tells it."""
    found = re.search(r"dbname=(\S+)", maya.message("Active: read on orders-prod").inner_text())
    assert found is not None
    return found[1]


def test_denied_with_a_reason_that_the_requester_reads(stack: Stack, window: Opens) -> None:
    address = stack.sandbox.address
    maya, priya = window(address, "U0MAYA"), window(address, "U0PRIYA")
    maya.run("/dbaccess orders-prod read 5m looking into #4512")
    expect(maya.message("Sent: R-")).to_contain_text("Only visible to you")
    priya.press("Waiting: Maya Lindqvist (maya), read on orders-prod, 5 min", "Deny")
    priya.modal.get_by_label("Use another target").check()
    priya.fill("Note", "Use orders-replica, same tables.")
    priya.picture("6-deny")
    priya.send("Deny")
    priya.no_modal()
    expect(priya.message("Denied: Maya Lindqvist (maya)")).to_contain_text("Use orders-replica, same tables.")
    maya.go("dbaccess")
    expect(maya.message("Denied: read on orders-prod")).to_contain_text("Use orders-replica, same tables.")


def test_refused_reviewer_alone_sees_the_refusal(stack: Stack, window: Opens) -> None:
    address = stack.sandbox.address
    tom, priya = window(address, "U0TOM"), window(address, "U0PRIYA")
    stack.person("U0MAYA").command("/dbaccess", "orders-prod read 1m please refuse me", channel="C0APPROVALS")
    tom.press("Waiting: Maya Lindqvist (maya), read on orders-prod, 1 min", "Approve")
    refused = tom.message("Only dba reviews this; you are not in dba.")
    expect(refused).to_contain_text("Only visible to you")
    tom.picture("7-refused")
    expect(priya.message("Waiting: Maya Lindqvist (maya), read on orders-prod, 1 min")).to_be_visible()
    expect(priya.stream).not_to_contain_text("you are not in dba")


def test_reason_that_looks_like_html_is_shown_as_it_was_typed(stack: Stack, window: Opens) -> None:
    evil = '<img src=x onerror="document.title=1"> <script>document.title=2</script> &lt;b&gt; <@U0PRIYA>'
    maya, priya = window(stack.sandbox.address, "U0MAYA"), window(stack.sandbox.address, "U0PRIYA")
    asked(maya, evil, "1 min")
    shown = priya.message("document.title=2")
    expect(shown.locator("blockquote").first).to_have_text(evil)
    assert shown.locator("img, script, b, .mention:has-text('Priya')").count() == 0
    assert priya.page.title() == "Priya Nair (sandbox)"


def test_form_is_filled_and_sent_by_keys_alone(stack: Stack, window: Opens) -> None:
    maya = window(stack.sandbox.address, "U0MAYA")
    keys = maya.page.keyboard
    maya.box.focus()
    keys.type("/dba")
    keys.press("Enter")
    keys.press("Backspace")
    keys.press("Enter")
    expect(maya.modal.get_by_label("Target", exact=True)).to_be_focused()
    keys.type("ord")
    expect(maya.page.get_by_role("option", name="orders-prod")).to_be_visible()
    keys.press("Enter")
    expect(maya.modal.get_by_label("Role", exact=True)).to_be_visible()
    for value in ("read", "5 min"):
        keys.press("Tab")
        keys.press("ArrowDown")
        keys.type(value)
        keys.press("Enter")
        label = {"read": "Role", "5 min": "How long"}[value]
        expect(maya.modal.get_by_label(label, exact=True)).to_have_value(value)
        expect(maya.modal.get_by_label("How long", exact=True)).to_be_visible()
    keys.press("Tab")
    keys.type("too short")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Tab")
    expect(maya.modal.get_by_role("button", name="Send request")).to_be_focused()
    keys.press("Enter")
    expect(maya.modal.get_by_role("alert")).to_contain_text("at least 10 characters")
    expect(maya.modal.get_by_label("Why", exact=True)).to_be_focused()
    maya.picture("8-field-error")
    keys.press("End")
    keys.type(", now long enough")
    for _ in range(3):
        keys.press("Tab")
    keys.press("Enter")
    maya.no_modal()
    expect(maya.message("too short, now long enough")).to_contain_text("Waiting: Maya Lindqvist (maya)")


def test_phone_shows_form_and_sidebar_whole(stack: Stack, window: Opens) -> None:
    maya = window(stack.sandbox.address, "U0MAYA", size=PHONE)
    maya.run("/dbaccess")
    maya.pick("Target", "orders-prod")
    maya.pick("Role", "read")
    expect(maya.modal.get_by_label("How long", exact=True)).to_be_visible()
    maya.picture("9-phone-form")
    box = maya.modal.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, *PHONE)
    assert maya.fits()
    maya.page.keyboard.press("Escape")
    maya.no_modal()
    maya.picture("9-phone-channel")
    maya.page.get_by_role("button", name="Channels and people").click()
    expect(maya.page.get_by_role("link", name="Act as Priya Nair")).to_be_in_viewport()
    maya.picture("9-phone-drawer")
    maya.go("dbaccess")
    expect(maya.page.get_by_role("link", name="Act as Priya Nair")).not_to_be_in_viewport()
    assert maya.fits()
