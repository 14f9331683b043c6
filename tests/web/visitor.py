"""A patient at a browser: opens the chat, types, presses, reads."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Frame, Page, Route, expect

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DEADLINE = 60_000
"""Milliseconds for whatever must happen: paid only when something is broken."""

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# Written down by the browser itself, whatever page or frame it is.
RECORDER = """
addEventListener("securitypolicyviolation", (event) => console.error("CSP", event.violatedDirective, event.blockedURI));
"""
# The panel takes four seconds without a byte for a proxy that buffers, and fifteen without an answer for a lost one.
PATIENT = """
(() => { const real = window.setTimeout;
  window.setTimeout = (work, ms, ...more) => real(work, {4000: 120000, 15000: 300000}[ms] ?? ms, ...more); })();
"""


def new_profile(browser: Browser, hurried: bool = False, **options: Any) -> BrowserContext:
    """A browser profile of its own. Its panels are not irritated by a busy machine, unless it is `hurried`."""
    context = browser.new_context(**{"locale": "en-US", **options})
    context.set_default_timeout(DEADLINE)
    context.add_init_script(RECORDER if hurried else RECORDER + PATIENT)
    return context


class Visitor:
    """One tab of a browser profile. `complaints` are script errors and refused content, `requests` all addresses asked."""

    def __init__(self, profile: BrowserContext, chat: str) -> None:
        self.chat = chat
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.context = profile
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.here: Page | Frame = self.page

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.complaints.append(text)

    # -- coming in

    def open(self) -> Visitor:
        """The chat as a full page."""
        self.page.goto(f"{self.chat}/chat")
        self.ready()
        return self

    def arrive(self, url: str) -> Visitor:
        """A page with the launcher on it."""
        self.page.goto(url)
        expect(self.page.locator("button.launcher")).to_be_visible()
        return self

    def launch(self) -> Visitor:
        """Open the chat by its launcher; from here on `here` is the frame."""
        self.page.locator("button.launcher").click()
        self.into_frame()
        return self

    def into_frame(self) -> None:
        self.page.locator("iframe").wait_for()
        handle = self.page.locator("iframe").element_handle()
        frame = handle.content_frame()
        assert frame is not None
        self.here = frame
        self.ready()

    def ready(self) -> None:
        expect(self.here.locator("header h1")).not_to_be_empty()
        expect(self.log).to_have_attribute("aria-live", "polite")

    # -- talking

    @property
    def log(self) -> Any:
        return self.here.locator("[role=log]")

    @property
    def bot(self) -> Any:
        return self.log.locator(".msg.bot")

    def say(self, text: str, answers: int = 1) -> None:
        """Type and send; returns when the turn is over, with `answers` more replies."""
        before = self.bot.count()
        self.here.locator("#message").fill(text)
        self.here.locator(".send").click()
        self.answered(before + answers)

    def press(self, name: str, answers: int = 1) -> None:
        before = self.bot.count()
        self.here.get_by_role("button", name=name, exact=True).click()
        self.answered(before + answers)

    def answered(self, total: int) -> None:
        expect(self.bot).to_have_count(total)
        expect(self.here.locator(".typing")).to_have_count(0)

    def until(self, there: Callable[[], object]) -> None:
        """Let the page go on until something outside it has happened."""
        late = time.monotonic() + DEADLINE / 1000
        while not there():
            assert time.monotonic() < late, f"not within {DEADLINE} ms"
            self.page.wait_for_timeout(50)

    def texts(self) -> list[str]:
        """What stands in the log, with who said it."""
        return [" ".join(text.split()) for text in self.log.locator(".msg").all_inner_texts()]

    def focus(self) -> str:
        """What has the focus, in the page or in the frame: its accessible words, or its tag."""
        script = """() => { const e = document.activeElement; return e.getAttribute("aria-label") || e.labels?.[0]?.innerText
            || (e.className === "scroll" ? "conversation" : e.innerText) || e.tagName }"""
        return " ".join(str(self.here.evaluate(script)).split())

    # -- judging

    def axe(self, where: Page | Frame | None = None) -> list[str]:
        """Violations of WCAG 2.0–2.2 A and AA and of best practice, in the page and its frames; contrast included."""
        if not AXE.is_file():
            raise AssertionError("axe-core is missing; run: npm ci --ignore-scripts --prefix web")
        target = where or self.here
        target.evaluate(AXE.read_text() + "\n;0")
        found = target.evaluate(
            "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
        )
        return [f"{rule['id']}: {json.dumps([n['html'][:160] for n in rule['nodes']])}" for rule in found["violations"]]

    def axe_in_both_schemes(self) -> list[str]:
        found = []
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            found += self.axe()
        return found

    def cut_off(self) -> None:
        """From now on no request of this visitor gets anywhere, though the browser believes it is online."""
        self.context.route("**/chat/**", _abort)

    def reconnect(self) -> None:
        self.context.unroute("**/chat/**")


def _abort(route: Route) -> None:
    route.abort()
