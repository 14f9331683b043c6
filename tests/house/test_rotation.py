"""Every secret is changed without a moment in which something is refused: `new,old` first, then `new` alone."""

from __future__ import annotations

import httpx
import pytest
from fastapi.testclient import TestClient

from clinic.config import load
from clinic.settings import SettingsError, tokens
from gateway import settings as gateway_settings
from gateway import signing
from scheduling.api.app import create
from scheduling.office import Office
from scheduling.settings import load as scheduling_settings
from scheduling.sql.engine import SqlStorage, open_engine
from scheduling.sql.migrate import upgrade
from tests.house.conftest import FRESH

NEW, OLD = "n" * 24, "o" * 24


@pytest.fixture
def environ(monkeypatch, tmp_path):
    for name in ("BOT_TOKEN", "SCHEDULING_TOKEN", "SIGNING_KEY"):
        monkeypatch.setenv(name, f"{NEW},{OLD}")
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    for name in ("NUMBER_KEY", "NUMBER_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    return monkeypatch


def office(tmp_path, key: str) -> Office:
    engine = open_engine(f"sqlite:///{tmp_path / 'scheduling.db'}")
    upgrade(engine, lambda _: None)
    return Office(load(), SqlStorage(engine), key)


def test_the_new_token_is_sent_and_both_are_accepted_by_scheduling(environ, tmp_path):
    environ.setenv("NUMBER_KEY", OLD)
    assert gateway_settings.load().scheduling_token == NEW
    assert gateway_settings.load().bot_token == NEW
    app = create(office(tmp_path, NEW), *scheduling_settings().tokens)
    client = TestClient(app)
    answers = [client.get("/v1/services", headers={"Authorization": f"Bearer {one}"}) for one in (NEW, OLD, "x" * 24)]
    assert [answer.status_code for answer in answers] == [200, 200, 401]
    assert client.get("/v1/services", headers={"Authorization": f"Bearer {NEW},{OLD}"}).status_code == 401


def test_links_and_tokens_sealed_with_the_old_key_hold_while_it_is_listed(tmp_path):
    before, during, after = (office(tmp_path, key) for key in (OLD, f"{NEW},{OLD}", NEW))
    old_seal = before.seal("calendar", "v 1")
    assert during.fits("calendar", "v 1", old_seal)
    assert not during.fits("booking", "v 1", old_seal)
    assert during.seal("calendar", "v 1") == after.seal("calendar", "v 1")
    assert not after.fits("calendar", "v 1", old_seal)


def test_a_staff_link_of_the_old_key_still_opens(environ):
    environ.setenv("NUMBER_KEY", OLD)
    keys = gateway_settings.load().signing_keys
    link = signing.sign(OLD, "staff-alert", "0" * 36, 100.0)
    assert [signing.subject(key, "staff-alert", link, 50.0) for key in keys] == [None, "0" * 36]


def test_the_signing_key_is_not_changed_before_the_key_of_the_opt_outs_is_kept(environ):
    with pytest.raises(SettingsError, match="NUMBER_KEY"):
        gateway_settings.load()
    environ.setenv("NUMBER_KEY", OLD)
    assert gateway_settings.load().number_key == OLD


@pytest.mark.stack
@pytest.mark.parametrize(
    ("name", "path"), [("BOT_TOKEN", "/webhooks/private/ready"), ("SCHEDULING_TOKEN", "/v1/services")]
)
def test_a_running_house_takes_both_secrets_and_no_third(talkative, name, path):
    base = talkative.rasa if name == "BOT_TOKEN" else talkative.scheduling
    old = talkative.tokens[name]
    answers = [httpx.get(base + path, headers={"Authorization": f"Bearer {one}"}).status_code for one in (FRESH, old)]
    assert answers == [200, 200]
    for wrong in (f"{FRESH},{old}", "x" * 36, old[:-1]):
        assert httpx.get(base + path, headers={"Authorization": f"Bearer {wrong}"}).status_code == 401


def test_three_values_are_a_mistake_that_is_named(environ):
    environ.setenv("BOT_TOKEN", "a,b,c")
    with pytest.raises(SettingsError, match="BOT_TOKEN"):
        tokens("BOT_TOKEN")
