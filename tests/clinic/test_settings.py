"""Settings: a missing one is named, a secret file others can read is refused."""

import pytest

from clinic import settings


def test_a_missing_setting_is_named(monkeypatch):
    monkeypatch.delenv("BOT_TOKEN", raising=False)
    with pytest.raises(settings.SettingsError, match="BOT_TOKEN"):
        settings.read("BOT_TOKEN")


def test_a_secret_may_live_in_a_file_of_mode_600(monkeypatch, tmp_path):
    file = tmp_path / "token"
    file.write_text("secret\n")
    file.chmod(0o600)
    monkeypatch.delenv("BOT_TOKEN", raising=False)
    monkeypatch.setenv("BOT_TOKEN_FILE", str(file))
    assert settings.read("BOT_TOKEN") == "secret"
    file.chmod(0o644)
    with pytest.raises(settings.SettingsError, match="chmod 600"):
        settings.read("BOT_TOKEN")


@pytest.mark.parametrize("text", ["0", "65536", "eighty", "-1"])
def test_a_port_that_is_no_port_is_named(monkeypatch, text):
    monkeypatch.setenv("RASA_PORT", text)
    with pytest.raises(settings.SettingsError, match="RASA_PORT"):
        settings.port("RASA_PORT", 5005)
