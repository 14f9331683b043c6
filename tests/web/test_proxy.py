"""Behind a proxy that nobody tuned, and with logs that anybody may read."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.web.door import Door
from tests.web.nginx import Nginx
from tests.web.visitor import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]

CANARY = "Zebulon Quackenbush"
DATABASES = (".db", ".db-wal", ".db-shm")


@pytest.fixture
def nginx(door: Door, tmp_path: Path) -> Iterator[Nginx]:
    nginx = Nginx(tmp_path, door.port)
    yield nginx
    nginx.stop()


# Playwright looks ever more rarely (after 0.1, 0.35, 0.85, 1.85 s): the browser itself must say when the reply was there.
FIRST_REPLY = """() => { window.firstReply = new Promise((resolve) => {
    let pressed = 0;
    document.addEventListener("keydown", () => pressed ||= performance.now(), { capture: true });
    new MutationObserver(() => document.querySelector("[role=log] .msg.bot") && resolve(performance.now() - pressed))
        .observe(document.body, { childList: true, subtree: true }); }); }"""


def _first_reply(visitor: Visitor) -> float:
    """Milliseconds from the Enter key to the reply on the page; the session and the stream are opened in between."""
    visitor.here.evaluate(FIRST_REPLY)
    visitor.here.locator("#message").fill("hello")
    visitor.page.keyboard.press("Enter")
    return float(visitor.here.evaluate("() => window.firstReply"))


@pytest.mark.alone
def test_behind_a_default_nginx_the_first_reply_comes_within_a_second(visit: Visit, nginx: Nginx) -> None:
    """The median of five visitors. A busy neighbour slows one round; a proxy that buffers slows all three, to four seconds and more."""
    rounds: list[float] = []
    while len(rounds) < 3 and min(rounds, default=2000) > 1000:
        times = [_first_reply(visit(nginx.url, hurried=True).open()) for _ in range(5)]
        print(f"first reply behind nginx, ms: {[round(time) for time in times]}")
        rounds.append(statistics.median(times))
    assert min(rounds) <= 1000


def test_a_name_typed_into_the_chat_is_in_no_log(visit: Visit, door: Door, nginx: Nginx) -> None:
    visitor = visit(nginx.url).open()
    visitor.say(f"my name is {CANARY}")
    visitor.say("I want to book")
    visitor.here.locator("input[type=radio]").first.check()
    visitor.press("Choose this time")
    visitor.say(CANARY)
    refused = door.channel.script.refused
    door.channel.script.down = True
    visitor.here.locator("#message").fill(f"{CANARY} again, while the bot is down")
    visitor.page.keyboard.press("Enter")
    visitor.until(lambda: door.channel.script.refused > refused)
    door.channel.script.down = False
    visitor.answered(5)
    logs = [
        path
        for folder in (door.var, nginx.var)
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(DATABASES)
    ]
    assert len(logs) >= 4, logs
    for path in logs:
        text = path.read_bytes().decode(errors="replace")
        assert "Quackenbush" not in text, path
        assert "Zebulon" not in text, path
    assert nginx.var.joinpath("access.log").read_text().count("/chat/messages") >= 4
