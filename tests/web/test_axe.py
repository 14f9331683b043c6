"""No automated accessibility violation, in any state. Necessary, never sufficient: keyboard and announcements have their own tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.door import Door
from tests.web.site import Site
from tests.web.visitor import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]

LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "320 px": {"viewport": {"width": 320, "height": 640}},
}


def bigger_text(visitor: Visitor) -> None:
    """What a reader with 200 % text has: twice the root size."""
    visitor.here.evaluate("document.documentElement.style.fontSize = '212.5%'")


def fits(visitor: Visitor) -> bool:
    """Nothing sticks out sideways, so that nobody has to scroll in two directions (WCAG 1.4.10)."""
    return bool(
        visitor.here.evaluate(
            "() => [document.documentElement, document.querySelector('tms-chat'), document.querySelector('.scroll')]"
            ".every((e) => e.scrollWidth <= e.clientWidth + 1)"
        )
    )


@pytest.mark.parametrize("look", LOOKS)
def test_no_violation_along_a_talk(visit: Visit, look: str) -> None:
    visitor = visit(**LOOKS[look]).open()
    assert visitor.axe() == []
    visitor.say("does TMS hurt?")
    assert visitor.axe() == []
    visitor.say("I want to book")
    assert visitor.axe() == []
    assert fits(visitor)
    visitor.here.locator("input[type=radio]").first.check()
    visitor.press("Choose this time")
    for text in ("Ann Sample", "April 15, 1952", "612 555 0123"):
        visitor.say(text)
    assert visitor.axe() == []
    visitor.press("Yes, book it")
    visitor.say("send me a code")
    visitor.here.get_by_role("button", name="More options").click()
    assert visitor.axe() == []
    assert fits(visitor)


@pytest.mark.parametrize("width", [320, 1280])
def test_no_violation_and_nothing_cut_off_with_text_at_200_percent(visit: Visit, width: int) -> None:
    visitor = visit(viewport={"width": width, "height": 844}).open()
    bigger_text(visitor)
    assert visitor.axe() == []
    visitor.say("I want to book")
    assert visitor.axe() == []
    assert fits(visitor)
    for name in ("Choose this time", "Send", "More options"):
        visitor.here.get_by_role("button", name=name).scroll_into_view_if_needed()
        expect(visitor.here.get_by_role("button", name=name)).to_be_in_viewport()


def test_no_violation_closed_open_and_reopened_on_the_clinics_page(visit: Visit, site: Site) -> None:
    visitor = visit().arrive(site.url)
    assert visitor.axe(visitor.page) == []
    visitor.launch()
    assert visitor.axe() == []
    assert visitor.axe(visitor.page) == []
    visitor.here.get_by_role("button", name="Close chat").click()
    expect(visitor.page.locator(".panel")).to_be_hidden()
    assert visitor.axe(visitor.page) == []


def test_no_violation_on_the_demo_page(visit: Visit, door: Door) -> None:
    visitor = visit().arrive(f"{door.url}/")
    assert visitor.axe_in_both_schemes() == []


def test_no_violation_when_something_is_wrong(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("hello")
    visitor.cut_off()
    visitor.here.locator("#message").fill("is anybody there?")
    visitor.here.locator(".send").click()
    expect(visitor.here.get_by_role("button", name="Try again")).to_be_visible()
    assert visitor.axe_in_both_schemes() == [], "failed send"
    visitor.context.set_offline(True)
    visitor.here.get_by_role("button", name="Try again").click()
    expect(visitor.here.locator(".notice")).to_contain_text("offline")
    assert visitor.axe_in_both_schemes() == [], "offline"


def test_no_violation_when_the_chat_is_over_and_in_its_questions(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("hello")
    visitor.here.get_by_role("button", name="End chat").click()
    expect(visitor.here.get_by_role("dialog")).to_be_visible()
    assert visitor.axe_in_both_schemes() == []
    visitor.here.get_by_role("button", name="Keep chatting").click()
    visitor.page.evaluate("sessionStorage['tms-chat'] = JSON.stringify({token: 'old-token-of-another-day'})")
    visitor.page.reload()
    expect(visitor.here.locator(".gone")).to_be_visible()
    assert visitor.axe_in_both_schemes() == [], "expired"
