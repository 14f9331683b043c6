"""What a screen reader is told: each new message once, never the history, and states apart from messages (WCAG 4.1.3, ARIA23)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.door import Door
from tests.web.visitor import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]

# Text that appears inside a polite log is what assistive technology reads: additions, while aria-live is not off.
WATCH = """
window.said = [];
new MutationObserver((records) => {
  for (const record of records) {
    const spot = record.target.nodeType === 1 ? record.target : record.target.parentElement;
    const log = spot?.closest("[role=log]");
    if (!log || log.getAttribute("aria-live") === "off") continue;
    if (spot.closest("[aria-hidden=true]")) continue;
    const nodes = record.type === "characterData" ? [record.target] : [...record.addedNodes];
    for (const node of nodes) {
      if (node.nodeType === 8) continue;
      const copy = node.cloneNode(true);
      copy.querySelectorAll?.("[aria-hidden=true]").forEach((hidden) => hidden.remove());
      const text = copy.textContent.replace(/\\s+/g, " ").trim();
      if (text && !node.parentElement?.closest("[aria-hidden=true]")) window.said.push(text);
    }
  }
}).observe(document, {subtree: true, childList: true, characterData: true});
"""


def said(visitor: Visitor) -> list[str]:
    return list(visitor.page.evaluate("window.said"))


def test_each_message_is_announced_exactly_once(visit: Visit) -> None:
    visitor = visit()
    visitor.page.add_init_script(WATCH)
    visitor.open()
    visitor.say("first thing")
    visitor.say("two", answers=2)
    visitor.say("does TMS hurt?")
    visitor.page.wait_for_timeout(300)
    heard = said(visitor)
    assert len(heard) == 7, heard
    assert heard[:2] == ["You: first thing", "Assistant: You said: first thing"]
    for piece in (
        "You: first thing",
        "You said: first thing",
        "First part.",
        "Second part.",
        "You: does TMS hurt?",
        "tapping",
    ):
        assert sum(piece in text for text in heard) == 1, (piece, heard)


def test_history_is_not_announced_again_after_a_reload(visit: Visit) -> None:
    visitor = visit()
    visitor.page.add_init_script(WATCH)
    visitor.open()
    visitor.say("first thing")
    before = visitor.texts()
    visitor.page.reload()
    visitor.ready()
    expect(visitor.log.locator(".msg")).to_have_count(2)
    visitor.page.wait_for_timeout(500)
    assert said(visitor) == []
    assert visitor.texts() == before
    visitor.say("second thing")
    assert len(said(visitor)) == 2


def test_there_is_one_log_with_a_name_and_states_are_outside_it(visit: Visit, door: Door) -> None:
    visitor = visit().open()
    expect(visitor.here.get_by_role("log", name="Messages")).to_have_count(1)
    with door.channel.script.writing():
        visitor.here.locator("#message").fill("I want to book")
        visitor.page.keyboard.press("Enter")
        expect(visitor.here.locator("[role=status].vh")).to_have_text("The assistant is writing…")
    visitor.answered(1)
    expect(visitor.here.locator("[role=status].vh")).to_have_text("3 times to choose from, above the message box.")
    assert visitor.here.locator("[role=log] [role=status], [role=log] [role=alert], [role=log] form").count() == 0


def test_a_failed_send_is_said_as_an_alert(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("hello")
    visitor.cut_off()
    visitor.here.locator("#message").fill("are you there?")
    visitor.page.keyboard.press("Enter")
    expect(visitor.here.locator("[role=alert]")).to_contain_text("was not sent")


def test_the_first_line_says_it_is_automated_and_not_for_emergencies(visit: Visit) -> None:
    visitor = visit().open()
    intro = visitor.here.locator("#intro")
    expect(intro).to_contain_text("I am the automated assistant of North Loop TMS Clinic (sample)")
    expect(intro).to_contain_text("not for emergencies")
    assert visitor.here.locator("#message").get_attribute("aria-describedby") == "intro", "and it is read on opening"


def test_every_message_carries_its_language_and_the_panel_follows(visit: Visit) -> None:
    visitor = visit().open()
    visitor.say("hablo español")
    assert visitor.bot.last.get_attribute("lang") == "es"
    assert visitor.page.evaluate("document.documentElement.lang") == "es"
    expect(visitor.here.locator(".send")).to_have_text("Enviar")
    visitor.here.get_by_role("button", name="Más opciones").click()
    visitor.here.get_by_role("button", name="English").click()
    expect(visitor.here.locator(".send")).to_have_text("Send")
    visitor.page.reload()
    expect(visitor.here.locator(".send")).to_have_text("Send")
    assert visitor.bot.last.get_attribute("lang") == "es", "what was said in Spanish stays marked as Spanish"


def test_a_spanish_browser_gets_a_spanish_panel(visit: Visit) -> None:
    visitor = visit(locale="es-MX").open()
    expect(visitor.here.locator("#intro")).to_contain_text("Soy el asistente automático")
    expect(visitor.here.locator(".help")).to_contain_text("No es para emergencias")


@pytest.mark.parametrize("lang", ["en", "es"])
def test_no_string_is_missing(visit: Visit, lang: str) -> None:
    visitor = visit(locale=lang).open()
    visitor.say("I want to book")
    assert "undefined" not in visitor.page.inner_text("body")
