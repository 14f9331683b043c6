"""A talk belongs to one tab of one person: it ends, expires, and is never shown to the next one."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.web.door import Door
from tests.web.site import Site
from tests.web.visitor import Visitor, new_profile

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def clocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A gateway whose clock these tests may move; only forward."""
    door = Door(tmp_path_factory.mktemp("clocked"))
    yield door.start()
    door.stop()


@pytest.fixture
def guest(browser: Browser, clocked: Door) -> Iterator[Visitor]:
    visitor = Visitor(new_profile(browser), clocked.url)
    visitor.page.clock.install()
    yield visitor
    visitor.context.close()


def move_clock(door: Door, text: str) -> None:
    door.now.write_text(text)
    stat = door.now.stat()
    os.utime(door.now, (stat.st_atime, stat.st_mtime + 1))


def ask(url: str, token: str, data: dict[str, str] | None = None) -> tuple[int, str]:
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(
        url, body, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_strangers_and_old_or_altered_tokens_learn_nothing(visit: Visit, door: Door) -> None:
    visitor = visit().open()
    visitor.say("my name is Ann Canary")
    token = visitor.page.evaluate("JSON.parse(sessionStorage['tms-chat']).token")
    events = f"{door.url}/chat/events?after=0&wait=0"
    assert "Ann Canary" in ask(events, token)[1]
    conversation = door.channel.script.talk("my name is Ann Canary")[0]["conversation"]
    altered = token[:-1] + ("A" if token[-1] != "A" else "B")
    visitor.here.get_by_role("button", name="End chat").click()
    with visitor.page.expect_response("**/chat/end"):  # the screen is cleared before the answer comes
        visitor.here.get_by_role("button", name="End and clear").click()
    expect(visitor.here.locator(".gone")).to_be_visible()
    for wrong in ("", "x", altered, conversation, token):
        for url, data in ((events, None), (f"{door.url}/chat/messages", {"client_msg_id": "1", "text": "hello"})):
            status, text = ask(url, wrong, data)
            assert status == 401, wrong
            assert "Ann" not in text


def test_ending_clears_the_screen_and_the_tab(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("something private")
    visitor.here.get_by_role("button", name="End chat").click()
    visitor.here.get_by_role("button", name="Keep chatting").click()
    assert len(visitor.texts()) == 2
    visitor.here.get_by_role("button", name="End chat").click()
    visitor.here.get_by_role("button", name="End and clear").click()
    expect(visitor.here.locator(".gone")).to_contain_text("This chat has ended")
    assert visitor.texts() == []
    assert visitor.page.evaluate("sessionStorage['tms-chat']") == "{}"
    expect(visitor.here.locator("#message")).to_be_focused()
    visitor.page.reload()
    visitor.ready()
    assert visitor.texts() == []
    visitor.say("a new talk")
    assert visitor.texts()[0] == "You: a new talk"


def test_another_tab_has_its_own_talk(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("in the first tab")
    other = visitor.context.new_page()
    other.goto(f"{visitor.chat}/chat")
    expect(other.locator("[role=log]")).to_have_attribute("aria-live", "polite")
    assert other.locator(".msg.user").count() == 0


def test_an_idle_chat_warns_in_time_and_goes_on_with_one_press(guest: Visitor, clocked: Door) -> None:
    guest.open()
    guest.say("hello")
    guest.page.clock.fast_forward("28:10")
    move_clock(clocked, "2026-11-25T09:28")
    notice = guest.here.locator(".notice")
    expect(notice).to_contain_text("Are you still there?")
    expect(guest.here.locator("[role=alert]")).to_contain_text("closes in two minutes")
    button = notice.get_by_role("button", name="I am still here")
    guest.context.route("**/chat/stay", lambda route: route.abort())
    button.click()
    guest.page.wait_for_timeout(300)
    expect(button).to_be_visible()  # nobody is told that they stay when the server has not heard of it
    guest.context.unroute("**/chat/stay")
    with guest.page.expect_response("**/chat/stay") as stayed:
        button.click()
    assert stayed.value.status == 204
    expect(notice).to_have_count(0)
    move_clock(clocked, "2026-11-25T09:45")
    guest.say("still here, 45 minutes after my first word")
    assert len(guest.texts()) == 4, "the same talk goes on"


def test_an_expired_chat_says_so_starts_anew_and_does_not_show_the_old_talk(guest: Visitor, clocked: Door) -> None:
    guest.open()
    guest.say("something private")
    guest.here.locator("#message").fill("a thought I was writing")
    move_clock(clocked, "2026-11-25T10:20")
    guest.page.clock.fast_forward("31:00")
    expect(guest.here.locator(".gone")).to_contain_text("closed after a quiet time")
    assert guest.texts() == []
    assert "private" not in guest.page.content()
    expect(guest.here.locator("#message")).to_have_value("a thought I was writing")
    guest.page.keyboard.press("Enter")
    guest.answered(1)
    assert guest.texts()[0] == "You: a thought I was writing"


def test_a_message_sent_into_an_expired_chat_comes_back_to_the_box(guest: Visitor, clocked: Door) -> None:
    guest.open()
    guest.say("hello")
    heard = len(clocked.channel.script.heard)
    move_clock(clocked, "2026-11-25T11:00")
    guest.here.locator("#message").fill("yes, book it")
    guest.page.keyboard.press("Enter")
    expect(guest.here.locator(".gone")).to_contain_text("still in the message box")
    expect(guest.here.locator("#message")).to_have_value("yes, book it")
    assert len(clocked.channel.script.heard) == heard, "an answer to the old talk never opens a new one by itself"


def test_a_closed_chat_counts_what_is_new_on_its_launcher(visit: Visit, door: Door, site: Site) -> None:
    visitor = visit().arrive(site.url).launch()
    visitor.say("hello")
    with door.channel.script.writing():
        visitor.here.locator("#message").fill("two")
        visitor.page.keyboard.press("Enter")
        expect(visitor.here.locator(".typing")).to_be_visible()
        visitor.page.keyboard.press("Escape")
        expect(visitor.page.locator(".panel")).to_be_hidden()
        visitor.here.evaluate("() => new Promise((done) => setTimeout(done))")  # the frame has heard of it
    badge = visitor.page.locator(".badge")
    expect(badge).to_have_text("2 new messages")
    visitor.page.locator("button.launcher").click()
    expect(badge).to_be_hidden()
    assert len(visitor.texts()) == 5


def test_a_copy_is_made_in_the_browser_after_a_warning(visit: Visit, tmp_path: Path) -> None:
    visitor = visit().open()
    visitor.say("does TMS hurt?")
    visitor.here.get_by_role("button", name="More options").click()
    visitor.here.locator("#menu").get_by_role("button", name="Save a copy").click()
    question = visitor.here.get_by_role("dialog")
    expect(question).to_contain_text("shared computer")
    before = len(visitor.requests)
    with visitor.page.expect_download() as download:
        question.get_by_role("button", name="Save a copy").click()
    text = Path(download.value.path()).read_text()
    assert text.startswith("Chat with North Loop TMS Clinic (sample)")
    assert "You: does TMS hurt?" in text
    assert "nimh.nih.gov" in text
    asked = [url for url in visitor.requests[before:] if "/chat/events" not in url]
    assert [url for url in asked if not url.startswith("blob:")] == []
    assert visitor.focus() == "More options"


def test_printing_shows_the_talk_and_nothing_else(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("I want to book")
    visitor.page.emulate_media(media="print")
    expect(visitor.log).to_be_visible()
    for gone in (".composer", ".options", "button.end"):
        expect(visitor.here.locator(gone).first).to_be_hidden()


def test_a_code_can_be_filled_in_by_the_phone(visit: Visit, door: Door) -> None:
    visitor = visit().open()
    visitor.say("send me a code")
    field = visitor.here.get_by_label("Your code")
    assert field.get_attribute("autocomplete") == "one-time-code"
    assert field.get_attribute("inputmode") == "numeric"
    field.fill("123456")
    visitor.press("Confirm the code")
    assert door.channel.script.heard[-1]["text"] == "123456"


def test_a_held_time_says_how_long(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("I want to book")
    visitor.here.locator("input[type=radio]").first.check()
    visitor.press("Choose this time")
    expect(visitor.here.locator(".hold")).to_contain_text("minute")
    assert visitor.here.locator("#message").get_attribute("autocomplete") == "name"


def test_every_item_of_the_summary_can_be_changed(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("I want to book")
    visitor.here.locator("input[type=radio]").first.check()
    visitor.press("Choose this time")
    for text in ("Ann Sample", "April 15, 1952", "612 555 0123"):
        visitor.say(text)
    visitor.press("Change Time")
    expect(visitor.here.get_by_role("radio")).to_have_count(3)
    expect(visitor.here.get_by_role("button", name="Change Time")).to_have_count(0)


def test_what_stands_in_the_card_is_not_said_twice(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("I want to book")
    visitor.here.locator("input[type=radio]").first.check()
    visitor.press("Choose this time")
    for text in ("Ann Sample", "April 15, 1952", "612 555 0123"):
        visitor.say(text)
    texts = visitor.texts()
    assert texts[-3] == "Assistant: Step 4 of 4 And a phone number?"
    assert texts[-1].count("Ann Sample") == 1


def test_every_answer_shows_its_sources_and_when_it_was_checked(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("what does it cost?")
    expect(visitor.bot.last.get_by_role("link")).to_be_visible()
    expect(visitor.bot.last).to_contain_text("Last reviewed Nov 20, 2026")
    visitor.say("does TMS hurt?")
    expect(visitor.bot.last).to_contain_text("Last reviewed Nov 20, 2026")
    visitor.bot.last.locator("summary").press("Enter")
    expect(visitor.bot.last.get_by_role("link")).to_have_count(2)
    expect(visitor.bot.last.get_by_role("link").first).to_be_visible()
