"""A real Chromium, a real gateway and a scripted assistant for every test of this folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.web.door import Door
from tests.web.site import Site
from tests.web.visitor import DEADLINE, Visitor, new_profile

expect.set_options(timeout=DEADLINE)
ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium: nothing is downloaded."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.fail("Chromium is missing; run: apt-get update && apt-get install -y chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS, timeout=2 * DEADLINE)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A clinic's own web site, on another origin than the chat."""
    site = Site()
    yield site
    site.stop()


@pytest.fixture(scope="session")
def door(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Door]:
    """One gateway for all tests, which may frame its chat in `site`."""
    var = tmp_path_factory.mktemp("door")
    clinic = (ROOT / "clinic.yml").read_text().replace("embed_on: []", f"embed_on: [{site.url}]")
    (var / "clinic.yml").write_text(clinic)
    door = Door(var, CLINIC_FILE=str(var / "clinic.yml"))
    site.chat = door.url
    yield door.start()
    door.stop()


@pytest.fixture
def own_door(tmp_path: Path) -> Iterator[Door]:
    """A gateway for one test, which may break it."""
    door = Door(tmp_path)
    yield door
    door.stop()


@pytest.fixture(autouse=True)
def _calm(door: Door) -> None:
    door.channel.script.down = False


@pytest.fixture(scope="session")
def everyday(browser: Browser, door: Door) -> BrowserContext:
    """A profile for all visitors to whom a new tab is as good as a new profile, which costs three times as much.

    The panel keeps what it must know in its tab. The first tab stays, and with it the process in which the others run.
    """
    profile = new_profile(browser)
    profile.new_page().goto(f"{door.url}/chat")
    return profile


@pytest.fixture
def visit(browser: Browser, door: Door, everyday: BrowserContext) -> Iterator[Callable[..., Visitor]]:
    """`visit(**context options)`: a new visitor; with options, or `fresh`, in a profile of their own.

    Afterwards nothing may have broken the CSP.
    """
    visitors: list[Visitor] = []

    def arrive(url: str | None = None, fresh: bool = False, **options: object) -> Visitor:
        profile = new_profile(browser, **options) if fresh or options else everyday
        visitors.append(Visitor(profile, url or door.url))
        return visitors[-1]

    yield arrive
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for profile in {visitor.context for visitor in visitors} - {everyday}:
        profile.close()
    for page in everyday.pages[1:]:
        page.close()
    everyday.unroute_all()
    everyday.set_offline(False)
    assert complaints == []
