"""One person's window, as a person uses it: by what can be read, typed and clicked there."""

import re
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, Locator, Page, expect

from sandbox.waiting import PATIENCE
from tests.browser.chromium import PICTURES

DESK = (1280, 800)
PHONE = (390, 844)


@dataclass(slots=True)
class Window:
    """`faults`: what the browser complained about; a test that leaves any fails."""

    page: Page
    faults: list[str] = field(default_factory=list)

    @property
    def modal(self) -> Locator:
        return self.page.locator("#modal")

    @property
    def stream(self) -> Locator:
        return self.page.get_by_role("log", name="Messages", exact=True)

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("Message or command")

    def message(self, text: str) -> Locator:
        """The newest message that shows this."""
        return self.stream.get_by_role("article").filter(has_text=text).last

    def run(self, line: str) -> None:
        """Typed into the message box and sent."""
        self.box.fill(line)
        self.box.press("Enter")

    def go(self, name: str) -> None:
        self.page.get_by_role("navigation").get_by_role("button", name=name).click()

    def press(self, message: str, button: str) -> None:
        """The first button with a name that begins so: Approve comes before Approve for less."""
        self.message(message).get_by_role("button", name=button).first.click()

    def pick(self, label: str, option: str) -> None:
        """Opens the menu with this label and takes the option."""
        self.modal.get_by_label(label, exact=True).click()
        self.page.get_by_role("option", name=option).first.click()
        expect(self.modal.get_by_label(label, exact=True)).to_have_value(option)

    def fill(self, label: str, text: str) -> None:
        self.modal.get_by_label(re.compile(rf"^{label}(?: \(optional\))?$")).fill(text)

    def send(self, button: str) -> None:
        self.modal.locator("footer").get_by_role("button", name=button).click()

    def no_modal(self) -> None:
        expect(self.modal).not_to_be_visible()

    def picture(self, name: str) -> None:
        """Kept for people to look at; nothing still moves in it."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")

    def fits(self) -> bool:
        """Whether nothing reaches over the edge at the right."""
        wide = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) <= innerWidth"
        return bool(self.page.evaluate(wide))


def open_window(
    browser: Browser,
    address: str,
    person: str,
    *,
    size: tuple[int, int] = DESK,
    colours: Literal["light", "dark"] = "light",
    query: str = "",
) -> Window:
    """A browser of its own for this person."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=colours, reduced_motion="reduce"
    )
    window = Window(context.new_page())
    page = window.page
    page.set_default_timeout(1000 * PATIENCE)
    page.on("pageerror", lambda error: window.faults.append(str(error)))
    page.on("console", lambda said: window.faults.append(said.text) if said.type == "error" else None)
    page.goto(f"{address}/?as={person}{query}")
    expect(page.locator("body.ready")).to_be_visible()
    return window
