"""Nothing is lost and nothing comes twice: through cut streams, lost answers, reloads, a dead gateway and a network that is away."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.web.cutter import Cutter
from tests.web.door import Door
from tests.web.visitor import Visitor, new_profile

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


@pytest.fixture
def cutter(door: Door) -> Iterator[Cutter]:
    cutter = Cutter(door.port)
    yield cutter
    cutter.stop()


# When each message was sent, by the browser's own clock.
SENT = """() => performance.getEntriesByType("resource").filter((one) => one.name.endsWith("/chat/messages"))
    .map((one) => one.startTime)"""


def book(visitor: Visitor) -> None:
    """A whole booking; nine events or more come down the stream."""
    visitor.say("I want to book")
    visitor.here.locator("input[type=radio]").nth(1).check()
    visitor.press("Choose this time")
    for text in ("Ann Sample", "April 15, 1952", "612 555 0123"):
        visitor.say(text)
    visitor.press("Yes, book it")


BOOKING = [
    "You: I want to book",
    "Assistant: Step 1 of 4 These times are free.",
    "You: Tuesday, December 1, 2:30 PM, North Loop",
    "Assistant: Step 2 of 4 I am keeping this time for you. What is your full name?",
    "You: Ann Sample",
    "Assistant: Step 3 of 4 Thank you. What is your date of birth?",
    "You: April 15, 1952",
    "Assistant: Step 4 of 4 And a phone number?",
    "You: 612 555 0123",
    "Assistant: Please check this: Time Tue, Dec 1, 2:30 PM CST Place North Loop Name Ann Sample Shall I book it?",
    "You: Yes, book it",
]


def check_booking(visitor: Visitor) -> None:
    texts = visitor.texts()
    assert texts[:11] == BOOKING
    assert len(texts) == 12
    assert "You are booked" in texts[11]


def test_with_the_stream_cut_at_every_event_boundary_each_event_is_shown_once_and_one_visit_booked(
    visit: Visit, door: Door, cutter: Cutter
) -> None:
    visitor = visit(cutter.url).open()
    cutter.cut_after = 1
    book(visitor)
    check_booking(visitor)
    assert cutter.cuts >= 12, "the stream really was cut, again and again"
    assert door.channel.script.bookings(BOOKING[0].removeprefix("You: ")) == 1
    visitor.page.reload()
    visitor.ready()
    expect(visitor.log.locator(".msg")).to_have_count(12)
    check_booking(visitor)


def test_an_answer_that_gets_lost_is_sent_again_and_counts_once(visit: Visit, door: Door, cutter: Cutter) -> None:
    visitor = visit(cutter.url).open()
    visitor.say("hello")
    cutter.lose_answers = 2
    visitor.say("only once, please")
    visitor.until(lambda: cutter.lost >= 1)
    assert visitor.texts() == [
        "You: hello",
        "Assistant: You said: hello",
        "You: only once, please",
        "Assistant: You said: only once, please",
    ]
    assert [turn["text"] for turn in door.channel.script.talk("only once, please")] == ["hello", "only once, please"]


def test_a_restarted_proxy_is_not_noticed(visit: Visit, cutter: Cutter) -> None:
    visitor = visit(cutter.url).open()
    visitor.say("one")
    cutter.break_all()
    visitor.say("two and more", answers=2)
    cutter.break_all()
    visitor.page.wait_for_timeout(1500)
    assert visitor.texts()[-1] == "Assistant: Second part."
    expect(visitor.here.locator(".notice")).to_have_count(0)


def test_a_reload_in_the_middle_of_a_turn_loses_nothing(visit: Visit, door: Door) -> None:
    visitor = visit().open()
    with door.channel.script.writing():
        visitor.here.locator("#message").fill("slow question")
        visitor.page.keyboard.press("Enter")
        visitor.until(lambda: door.channel.script.talk("slow question"))
        visitor.page.reload()
        visitor.ready()
    visitor.answered(1)
    assert visitor.texts() == ["You: slow question", "Assistant: You said: slow question"]


def test_an_unsent_message_survives_a_reload_and_goes_out_once(visit: Visit, door: Door) -> None:
    visitor = visit().open()
    visitor.say("hello")
    visitor.context.route("**/chat/messages", lambda route: route.abort())
    visitor.here.locator("#message").fill("do not lose me")
    with visitor.page.expect_event("requestfailed"):
        visitor.page.keyboard.press("Enter")
    visitor.context.unroute("**/chat/messages")
    visitor.page.reload()
    visitor.answered(2)
    assert visitor.texts()[2:] == ["You: do not lose me", "Assistant: You said: do not lose me"]


def test_a_failed_send_keeps_the_text_to_try_again_or_to_change(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("hello")
    visitor.cut_off()
    visitor.here.locator("#message").fill("my first words")
    visitor.page.keyboard.press("Enter")
    notice = visitor.here.locator(".notice.bad")
    expect(notice).to_contain_text("Nothing was lost")
    expect(notice.get_by_role("link", name="612-555-0100")).to_be_visible()
    expect(visitor.log.locator(".msg.user").last).to_contain_text("Not sent")
    notice.get_by_role("button", name="Change the text").click()
    expect(visitor.here.locator("#message")).to_have_value("my first words")
    expect(visitor.here.locator("#message")).to_be_focused()
    assert len(visitor.texts()) == 2
    visitor.reconnect()
    visitor.page.keyboard.press("Enter")
    visitor.answered(2)


def test_away_and_back_the_message_goes_out_by_itself(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("hello")
    visitor.context.set_offline(True)
    visitor.here.locator("#message").fill("written in the elevator")
    visitor.page.keyboard.press("Enter")
    expect(visitor.here.locator(".notice")).to_contain_text("You seem to be offline")
    visitor.context.set_offline(False)
    visitor.answered(2)
    expect(visitor.here.locator(".notice")).to_have_count(0)


def test_too_many_messages_are_told_kindly_and_go_out_later(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("hello")

    def refuse(route: Route) -> None:
        body = '{"status": 429, "code": "too_many", "detail": "One moment, please. You have sent many messages."}'
        route.fulfill(status=429, headers={"Retry-After": "2"}, content_type="application/problem+json", body=body)

    visitor.context.route("**/chat/messages", refuse)
    visitor.here.locator("#message").fill("again")
    visitor.page.keyboard.press("Enter")
    expect(visitor.here.locator(".notice")).to_contain_text("One moment, please")
    visitor.context.unroute("**/chat/messages")
    visitor.answered(2)
    _, *sent = visitor.page.evaluate(SENT)
    assert len(sent) >= 2
    assert all(later - earlier >= 2000 for earlier, later in itertools.pairwise(sent)), sent
    expect(visitor.here.locator(".notice")).to_have_count(0)


def test_where_streams_are_held_back_the_same_events_come_by_long_poll(visit: Visit) -> None:
    visitor = visit(hurried=True)

    def hold_back(route: Route) -> None:
        if "text/event-stream" in route.request.headers.get("accept", ""):
            return  # neither answered nor refused: a proxy that buffers
        route.continue_()

    visitor.context.route("**/chat/events*", hold_back)
    visitor.open()
    visitor.say("does TMS hurt?")
    visitor.say("two", answers=2)
    assert len(visitor.texts()) == 5
    assert any("wait=20" in url for url in visitor.requests)


def test_events_that_come_twice_are_shown_once(visit: Visit, cutter: Cutter) -> None:
    visitor = visit(cutter.url)

    def forget_the_number(route: Route) -> None:
        headers = {name: value for name, value in route.request.headers.items() if name != "last-event-id"}
        route.continue_(headers=headers)

    visitor.context.route("**/chat/events", forget_the_number)
    visitor.open()
    visitor.say("one")
    cutter.break_all()
    visitor.say("does TMS hurt?")
    visitor.page.wait_for_timeout(500)
    assert len(visitor.texts()) == 4, visitor.texts()


@pytest.mark.soak
def test_through_a_killed_gateway_the_talk_goes_on(browser: Browser, own_door: Door, tmp_path: Path) -> None:
    own_door.start()
    visitor = Visitor(new_profile(browser), own_door.url).open()
    visitor.say("before")
    own_door.kill()
    visitor.here.locator("#message").fill("during")
    visitor.page.keyboard.press("Enter")
    expect(visitor.here.locator(".notice").first).to_be_visible()
    own_door.start()
    visitor.context.set_offline(True)
    visitor.context.set_offline(False)  # the browser notices that it is back
    expect(visitor.bot).to_have_count(2)
    assert visitor.texts() == [
        "You: before",
        "Assistant: You said: before",
        "You: during",
        "Assistant: You said: during",
    ]
    visitor.context.close()


def test_a_bot_that_is_down_is_said_with_the_phone_number(visit: Visit, door: Door) -> None:
    door.channel.script.down = True
    visitor = visit().open()
    visitor.here.locator("#message").fill("hello?")
    visitor.page.keyboard.press("Enter")
    expect(visitor.here.locator(".help")).to_contain_text("612-555-0100")
    expect(visitor.here.locator("[role=status].vh")).to_have_text("The assistant is writing…")
    door.channel.script.down = False
    expect(visitor.bot).to_have_count(1)
