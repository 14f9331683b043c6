"""Before a visitor opens the chat nothing happens; then it opens fast, and only from our own origin."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.door import Door
from tests.web.site import Site
from tests.web.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]

STORED = "() => ({local: localStorage.length, session: sessionStorage.length, cookies: document.cookie})"


def test_nothing_is_requested_or_stored_before_the_first_opening(visit: Visit, door: Door, site: Site) -> None:
    visitor = visit(fresh=True).arrive(site.url)
    visitor.page.wait_for_timeout(500)
    assert set(visitor.requests) - {f"{site.url}/", f"{site.url}/favicon.ico"} == {f"{door.url}/static/loader.js"}
    assert visitor.page.evaluate(STORED) == {"local": 0, "session": 0, "cookies": ""}
    assert visitor.context.cookies() == []
    assert visitor.page.locator("iframe").count() == 0


def test_a_whole_talk_asks_no_other_origin(visit: Visit, door: Door, site: Site) -> None:
    visitor = visit().arrive(site.url).launch()
    visitor.say("does TMS hurt?")
    visitor.say("hostile")
    outside = [
        url for url in visitor.requests if not url.startswith((door.url + "/", site.url + "/", "data:", "blob:"))
    ]
    assert outside == []
    assert visitor.context.cookies() == []


def test_the_token_is_in_no_address(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("hello")
    token = visitor.page.evaluate("JSON.parse(sessionStorage['tms-chat']).token")
    assert len(token) > 20
    assert [url for url in visitor.requests if token in url] == []
    assert visitor.page.evaluate("localStorage.length") == 0


def _first_paint(visitor: Visitor) -> float:
    """Milliseconds from the press to the first paint in the frame, by the browser's own clock."""
    started = visitor.page.evaluate("() => performance.timeOrigin + performance.now()")
    visitor.page.evaluate("document.querySelector('tms-chat-launcher').shadowRoot.querySelector('.launcher').click()")
    visitor.into_frame()
    painted = visitor.here.evaluate(
        """() => new Promise((resolve) => {
            const tell = () => { const paint = performance.getEntriesByName("first-contentful-paint")[0];
                if (paint) resolve(performance.timeOrigin + paint.startTime); else setTimeout(tell, 20); }; tell(); })"""
    )
    return float(painted - started)


@pytest.mark.alone
def test_opening_to_first_paint_takes_at_most_300_ms(visit: Visit, site: Site) -> None:
    """The median of five visitors with empty caches. A busy neighbour slows one round, a slow page slows all three."""
    rounds: list[float] = []
    while len(rounds) < 3 and min(rounds, default=1000) > 300:
        times = [_first_paint(visit(**PHONE).arrive(site.url)) for _ in range(5)]
        print(f"open to first paint, ms: {[round(time) for time in times]}")
        rounds.append(statistics.median(times))
    assert min(rounds) <= 300


def test_the_host_page_cannot_read_the_frame(visit: Visit, site: Site) -> None:
    visitor = visit().arrive(site.url).launch()
    visitor.say("my name is Ann")
    seen = visitor.page.evaluate(
        """() => { const frame = document.querySelector("tms-chat-launcher").shadowRoot.querySelector("iframe");
            try { return frame.contentWindow.document.body.innerText } catch (error) { return error.name } }"""
    )
    assert seen == "SecurityError"


def test_only_the_clinics_sites_may_frame_the_chat(visit: Visit, door: Door) -> None:
    stranger = Site()
    stranger.chat = door.url
    try:
        visitor = visit(fresh=True)
        visitor.page.clock.install()
        visitor.arrive(stranger.url)
        with visitor.page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            visitor.page.locator("button.launcher").click()
        visitor.page.clock.fast_forward(9000)
        assert all(frame.locator("tms-chat").count() == 0 for frame in visitor.page.frames)
        # Refusing is the browser's doing; the launcher offers the chat's own page instead.
        expect(visitor.page.locator("a.page")).to_be_visible()
        visitor.complaints[:] = [text for text in visitor.complaints if "frame-ancestors" not in text]
    finally:
        stranger.stop()


def test_the_demo_page_shows_the_tag_and_opens_the_chat(visit: Visit, door: Door) -> None:
    visitor = visit().arrive(f"{door.url}/")
    expect(visitor.page.locator("pre")).to_contain_text("/static/loader.js")
    visitor.page.locator("a[data-tms-chat]").click()
    visitor.into_frame()
    visitor.say("hello")
    numbers = re.findall(r"\(\d{3}\) (\d{3}-\d{4})", visitor.page.inner_text("body"))
    assert numbers
    assert all(number.startswith("555-01") for number in numbers), "made-up numbers only"
