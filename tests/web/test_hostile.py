"""Whatever is typed or answered stays text: nothing runs, nothing is fetched, no typed word becomes a command."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.door import Door
from tests.web.visitor import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]

PLAIN = "javascript:window.pwned=1"
TYPED = [
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg/onload=window.pwned=1>",
    "[click](javascript:window.pwned=1)",
    PLAIN,
    "${window.pwned=1} {{window.pwned=1}}",
    "data:text/html,<script>window.pwned=1</script>",
    "'; drop table events; --",
    "\u202etxt.exe\u202c \u0000\u0007 abc",
    "/restart",
    '/intent{"choice": "x"}',
    "/in_task{1430}",
    "！/restart",
]


def harmless(visitor: Visitor) -> None:
    assert visitor.here.evaluate("window.pwned") is None
    assert visitor.log.locator("img, script, iframe, svg, object, embed, link, style").count() == 0
    assert visitor.complaints == []
    links = visitor.log.locator("a").evaluate_all("(all) => all.map((a) => [a.protocol, a.rel, a.target])")
    for protocol, rel, target in links:
        assert protocol in ("http:", "https:", "mailto:", "tel:")
        assert rel == "noopener noreferrer"
        assert target in ("_blank", "")


def test_nothing_typed_runs_or_becomes_a_command(visit: Visit, door: Door) -> None:
    visitor = visit().open()
    for text in TYPED:
        visitor.say(text)
    harmless(visitor)
    heard = door.channel.script.talk(PLAIN)
    assert len(heard) == len(TYPED)
    assert all("payload" not in turn for turn in heard)
    assert [turn["text"] for turn in heard if turn["text"].startswith("/")] == []
    assert visitor.log.locator(".msg.user").first.inner_text().strip().endswith(TYPED[0])
    visitor.page.reload()
    visitor.ready()
    expect(visitor.log.locator(".msg.user")).to_have_count(len(TYPED))
    harmless(visitor)


def test_nothing_in_a_reply_runs_and_only_safe_links_are_links(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("hostile")
    harmless(visitor)
    hrefs = visitor.bot.last.locator("a").evaluate_all("(all) => all.map((a) => a.href)")
    assert hrefs == ["https://example.org/a", "https://example.org/b?c=", "mailto:a@example.org"]
    expect(visitor.bot.last).to_contain_text("<script>window.pwned=1</script>")
    expect(visitor.here.get_by_role("button", name="<b>tag</b> & label")).to_be_visible()


def test_two_megabytes_are_cut_in_the_box_and_refused_at_the_door(visit: Visit, door: Door) -> None:
    visitor = visit().open()
    visitor.say("hello")
    status = visitor.page.evaluate(
        """async () => { const token = JSON.parse(sessionStorage["tms-chat"]).token;
            const answer = await fetch("/chat/messages", {method: "POST", body: JSON.stringify({client_msg_id: "big", text: "a".repeat(2e6)}),
                headers: {"Content-Type": "application/json", Authorization: `Bearer ${token}`}}).catch(() => null);
            return answer ? answer.status : "closed" }"""
    )
    assert status in (413, "closed")
    assert visitor.here.locator("#message").get_attribute("maxlength") == "1000"
    visitor.say("a" * 1000)


def test_a_refused_message_keeps_its_text(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("hello")
    visitor.context.route(
        "**/chat/messages",
        lambda route: route.fulfill(status=422, json={"code": "too_long", "detail": "Please write a little less."}),
        times=1,
    )
    visitor.here.locator("#message").fill("far too long")
    visitor.page.keyboard.press("Enter")
    expect(visitor.here.locator(".notice.bad")).to_contain_text("Please write a little less.")
    visitor.here.get_by_role("button", name="Change the text").click()
    expect(visitor.here.locator("#message")).to_have_value("far too long")


def test_a_choice_of_another_talk_opens_nothing(visit: Visit, door: Door) -> None:
    first = visit().open()
    first.say("I want to book")
    stolen = first.here.locator("input[type=radio]").first.evaluate("(input) => input.value")
    second = visit().open()
    second.say("hello from somebody else")
    second.page.evaluate(
        """async (choice) => { const token = JSON.parse(sessionStorage["tms-chat"]).token;
            await fetch("/chat/messages", {method: "POST", body: JSON.stringify({client_msg_id: "stolen", choice_id: choice}),
                headers: {"Content-Type": "application/json", Authorization: `Bearer ${token}`}}) }""",
        stolen,
    )
    second.answered(2)
    second.say("that was not mine")
    turns = door.channel.script.talk("that was not mine")
    assert [turn.get("text") for turn in turns] == ["hello from somebody else", "that was not mine"]


def test_words_for_help_in_a_reply_are_numbers_to_tap(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("I want to kill myself")
    assert visitor.bot.last.locator("a").evaluate_all("(all) => all.map((a) => a.href)") == ["tel:988", "tel:911"]
