"""What is in view, and where: help always, the beginning of each answer, nothing that moves for those who asked for stillness."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.door import Door
from tests.web.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]

# The panel hears of it with the next picture.
SCROLL_UP = """(box) => new Promise((heard) => {
    box.addEventListener("scroll", () => setTimeout(heard), { once: true }); box.scrollTo(0, 0); })"""


@pytest.mark.parametrize("size", [(390, 844), (320, 640), (844, 390)])
def test_the_phone_number_and_the_emergency_numbers_are_always_in_view(visit: Visit, size: tuple[int, int]) -> None:
    visitor = visit(viewport={"width": size[0], "height": size[1]}).open()
    for text in ("", "tell me something long", "I want to book"):
        if text:
            visitor.say(text)
        for name in ("612-555-0100", "911", "988"):
            expect(visitor.here.locator(".help").get_by_role("link", name=name)).to_be_in_viewport(ratio=0.9)
        expect(visitor.here.locator("#message")).to_be_in_viewport(ratio=0.9)
        expect(visitor.here.get_by_role("button", name="End chat")).to_be_in_viewport(ratio=0.9)


def test_a_long_answer_is_shown_from_its_beginning(visit: Visit) -> None:
    visitor = visit(**PHONE).open()
    visitor.say("tell me something long")
    expect(visitor.bot.last.get_by_text("Paragraph 0").first).to_be_in_viewport()


def test_a_reply_does_not_tear_a_reader_away_but_says_that_it_is_there(visit: Visit, door: Door) -> None:
    visitor = visit(**PHONE).open()
    visitor.say("tell me something long")
    with door.channel.script.writing():
        visitor.here.locator("#message").fill("another question")
        visitor.here.locator(".send").click()
        expect(visitor.here.locator(".typing")).to_be_visible()
        visitor.here.locator(".scroll").evaluate(SCROLL_UP)
    visitor.answered(2)
    assert visitor.here.locator(".scroll").evaluate("(box) => box.scrollTop") == 0
    visitor.here.get_by_role("button", name="New message").click()
    expect(visitor.bot.last).to_be_in_viewport()
    expect(visitor.here.get_by_role("button", name="New message")).to_have_count(0)


def test_nothing_moves_for_those_who_asked_for_stillness(visit: Visit, door: Door) -> None:
    visitor = visit(reduced_motion="reduce").open()
    with door.channel.script.writing():
        visitor.here.locator("#message").fill("hello")
        visitor.page.keyboard.press("Enter")
        expect(visitor.here.locator(".typing")).to_be_visible()
        assert visitor.page.evaluate("document.getAnimations().length") == 0
    visitor.answered(1)


def test_the_panel_reads_from_right_to_left(visit: Visit) -> None:
    visitor = visit(**PHONE).open()
    visitor.page.evaluate("document.dir = 'rtl'")
    visitor.say("I want to book")
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    mine = visitor.log.locator(".msg.user .bubble").bounding_box()
    theirs = visitor.bot.last.locator(".bubble").bounding_box()
    assert mine
    assert theirs
    assert mine["x"] < 30, "what I say is on the left"
    assert theirs["x"] + theirs["width"] > 360


def test_the_writing_field_is_large_enough_not_to_be_zoomed(visit: Visit) -> None:
    visitor = visit(**PHONE).open()
    assert visitor.here.locator("#message").evaluate("(field) => parseFloat(getComputedStyle(field).fontSize)") >= 16
    viewport = visitor.page.locator("meta[name=viewport]").get_attribute("content")
    assert viewport
    assert "maximum-scale" not in viewport, "and everybody may zoom"
