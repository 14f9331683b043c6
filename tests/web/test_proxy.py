"""Behind a proxy that nobody tuned, and with logs that anybody may read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

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


def test_behind_a_default_nginx_the_first_reply_comes_within_a_second(visit: Visit, nginx: Nginx) -> None:
    times = []
    for _ in range(2):  # the better of two: the machine may be busy, a buffering proxy never lets go in time
        visitor = visit(nginx.url).open()
        started = time.monotonic()
        visitor.here.locator("#message").fill("hello")
        visitor.page.keyboard.press("Enter")
        expect(visitor.bot).to_have_count(1)
        times.append(time.monotonic() - started)
        assert not any("wait=20" in url for url in visitor.requests), "it came down the stream, not by long poll"
    print(f"first reply behind nginx, ms: {[round(took * 1000) for took in times]}")
    assert min(times) <= 1.0


def test_a_name_typed_into_the_chat_is_in_no_log(visit: Visit, door: Door, nginx: Nginx) -> None:
    visitor = visit(nginx.url).open()
    visitor.say(f"my name is {CANARY}")
    visitor.say("I want to book")
    visitor.here.locator("input[type=radio]").first.check()
    visitor.press("Choose this time")
    visitor.say(CANARY)
    door.channel.script.down = True
    visitor.here.locator("#message").fill(f"{CANARY} again, while the bot is down")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_timeout(1500)
    door.channel.script.down = False
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
