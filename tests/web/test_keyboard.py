"""Everything works without a mouse, and the focus is always where a person expects it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.door import Door
from tests.web.site import Site
from tests.web.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def write(visitor: Visitor, text: str, answers: int = 1) -> None:
    """Type into whatever has the focus, then Enter."""
    before = visitor.bot.count()
    visitor.page.keyboard.type(text)
    visitor.page.keyboard.press("Enter")
    visitor.answered(before + answers)


def back_to(visitor: Visitor, name: str) -> list[str]:
    """Shift+Tab until the focus is on `name`; returns the path."""
    path: list[str] = []
    while not path or not path[-1].startswith(name):
        visitor.page.keyboard.press("Shift+Tab")
        path.append(visitor.focus())
        assert len(path) < 15, f"{name} was not reached: {path}"
    return path


def test_a_whole_booking_by_keyboard_alone(visit: Visit, door: Door, site: Site) -> None:
    visitor = visit().arrive(site.url)
    visitor.page.keyboard.press("Tab")
    while visitor.page.evaluate("document.activeElement.tagName") != "TMS-CHAT-LAUNCHER":
        visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")
    visitor.into_frame()
    expect(visitor.here.locator("#message")).to_be_focused()

    write(visitor, "I want to book a visit")
    assert visitor.focus() == "Your message"
    path = back_to(visitor, "Wednesday, December 2, 9:00 AM")
    assert path[:2] == ["More times", "Choose this time"], path
    visitor.page.keyboard.press("ArrowUp")
    assert visitor.focus().startswith("Tuesday, December 1, 2:30 PM")
    visitor.page.keyboard.press("Tab")
    assert visitor.focus() == "Choose this time"
    before = visitor.bot.count()
    visitor.page.keyboard.press("Enter")
    assert visitor.focus() == "Your message", "after a choice the focus is in the message box"
    visitor.answered(before + 1)

    for text in ("Ann Sample", "April 15, 1952", "612 555 0123"):
        write(visitor, text)
    assert back_to(visitor, "Yes, book it") == ["No, do not book", "Yes, book it"]
    before = visitor.bot.count()
    visitor.page.keyboard.press("Space")
    visitor.answered(before + 1)
    expect(visitor.bot.last).to_contain_text("You are booked")
    assert door.channel.script.bookings("I want to book a visit") == 1

    visitor.page.keyboard.press("Escape")
    assert visitor.page.evaluate("document.activeElement.tagName") == "TMS-CHAT-LAUNCHER"
    launcher = visitor.page.locator("button.launcher")
    expect(launcher).to_be_focused()
    expect(launcher).to_have_attribute("aria-expanded", "false")


def test_the_tab_order_of_the_panel(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("I want to book")
    visitor.here.locator("h1").focus()
    path = []
    for _ in range(12):
        visitor.page.keyboard.press("Tab")
        path.append(visitor.focus())
    assert path == [
        "End chat",
        "More options",
        "612-555-0100",
        "911",
        "988",
        "Conversation",
        "Tuesday, December 1, 1:00 PM, North Loop",
        "Choose this time",
        "More times",
        "Your message",
        "Send",
        path[-1],
    ]


def test_a_message_that_arrives_moves_no_focus(visit: Visit, door: Door) -> None:
    visitor = visit().open()
    visitor.say("hello")
    with door.channel.script.writing():
        visitor.here.locator("#message").fill("does TMS hurt?")
        visitor.page.keyboard.press("Enter")
        visitor.here.get_by_role("button", name="End chat").focus()
    visitor.answered(2)
    assert visitor.focus() == "End chat"


def test_a_time_must_be_picked_and_the_panel_says_so(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("I want to book")
    visitor.here.get_by_role("button", name="Choose this time").click()
    expect(visitor.here.locator("[role=alert]")).to_have_text("Please pick one of the times first.")
    assert visitor.focus().startswith("Tuesday, December 1, 1:00 PM")


def test_times_are_one_named_group_of_radio_buttons_by_day(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("I want to book")
    group = visitor.here.get_by_role("group", name="Choose a time")
    expect(group.get_by_role("radio")).to_have_count(3)
    assert group.get_by_role("group", name="Tuesday, December 1").get_by_role("radio").count() == 2
    visitor.press("More times")
    expect(visitor.here.get_by_role("radio")).to_have_count(1)
    expect(visitor.here.get_by_role("group", name="Thursday, December 3")).to_be_visible()


def test_escape_closes_the_innermost_thing_first(visit: Visit, site: Site) -> None:
    visitor = visit().arrive(site.url).launch()
    visitor.say("hello")
    visitor.here.get_by_role("button", name="End chat").click()
    visitor.page.keyboard.press("Escape")
    expect(visitor.here.locator("dialog")).not_to_be_visible()
    assert visitor.focus() == "End chat"
    visitor.here.get_by_role("button", name="More options").click()
    visitor.page.keyboard.press("Escape")
    expect(visitor.here.locator("#menu")).to_be_hidden()
    assert visitor.focus() == "More options"
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator(".panel")).to_be_hidden()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator(".panel")).to_be_visible()
    expect(visitor.here.locator("#message")).to_be_focused()


def test_on_a_phone_the_page_behind_cannot_be_reached_and_no_keyboard_pops_up(visit: Visit, site: Site) -> None:
    visitor = visit(**PHONE).arrive(site.url)
    visitor.page.locator("button.launcher").tap()
    visitor.into_frame()
    expect(visitor.here.locator("#title")).to_be_focused()
    assert visitor.page.evaluate("document.querySelector('main').inert") is True
    box = visitor.page.locator(".panel").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    visitor.here.get_by_role("button", name="What is TMS?").tap()
    visitor.answered(1)
    assert visitor.focus() == "Conversation"
    visitor.here.get_by_role("button", name="Close chat").tap()
    expect(visitor.page.locator("button.launcher")).to_be_focused()
    assert visitor.page.evaluate("document.querySelector('main').inert") is False


def test_what_has_the_focus_on_the_page_is_not_under_the_launcher(visit: Visit, site: Site) -> None:
    visitor = visit(viewport={"width": 320, "height": 500}).arrive(site.url)
    visitor.page.locator("#last").focus()
    link, launcher = (
        visitor.page.locator("#last").bounding_box(),
        visitor.page.locator("button.launcher").bounding_box(),
    )
    assert link
    assert launcher
    apart = link["x"] + link["width"] <= launcher["x"] or link["y"] + link["height"] <= launcher["y"]
    assert apart, (link, launcher)


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_control_is_44_pixels_high_and_wide(visit: Visit, width: int) -> None:
    visitor = visit(viewport={"width": width, "height": 844}).open()
    small: list[object] = []

    def measure() -> None:
        small.extend(
            visitor.here.evaluate(
                """() => [...document.querySelectorAll("button, input:not([type=radio]), textarea, label.slot, .help a")]
                    .filter((e) => e.checkVisibility())
                    .map((e) => [e.innerText || e.id, e.getBoundingClientRect()])
                    .filter(([, r]) => r.width < 43.5 || r.height < 43.5)
                    .map(([name, r]) => [name, Math.round(r.width), Math.round(r.height)])"""
            )
        )

    measure()
    visitor.say("I want to book")
    visitor.here.get_by_role("button", name="More options").click()
    measure()
    visitor.here.locator("input[type=radio]").first.check()
    visitor.press("Choose this time")
    for text in ("Ann Sample", "April 15, 1952", "612 555 0123"):
        visitor.say(text)
    measure()
    assert small == []
