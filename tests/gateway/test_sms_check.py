"""`python -m gateway.sms check`: says what is missing, by the name of the setting or the number, and what to enter where."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.sms.__main__ import main
from tests.gateway.fake_twilio import FakeTwilio
from tests.gateway.front_door import PATIENCE, ROOT
from tests.gateway.texter import OURS, PUBLIC, SETTINGS

HOUSE = {"BOT_TOKEN": "b" * 20, "SCHEDULING_TOKEN": "s" * 20, "SIGNING_KEY": "k" * 20}


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as fake:
        yield fake


Check = Callable[..., tuple[int, str]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Runs the command with these options and settings and no others; its exit status, and what it says."""

    def run(*options: str, **settings: str) -> tuple[int, str]:
        for name in [name for name in os.environ if name.startswith(("TWILIO", "GATEWAY", "SM", "ALERT"))]:
            monkeypatch.delenv(name)
        for name, value in (HOUSE | {"VAR_DIR": str(tmp_path)} | settings).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["gateway.sms", "check", *options])
        status, said = main(), capsys.readouterr()
        return status, said.out + said.err

    return run


def test_when_texts_are_off_it_names_every_setting(check: Check) -> None:
    status, said = check()
    assert status == 1
    assert "Text messages are off" in said
    for name in (*SETTINGS, "TWILIO_MESSAGING_SERVICE_SID"):
        assert name in said or name.startswith("SMS_")


def test_what_the_account_lacks_is_named_by_number(check: Check, twilio: FakeTwilio) -> None:
    twilio.numbers = {OURS: f"{PUBLIC}/elsewhere"}
    status, said = check(**SETTINGS, TWILIO_API_URL=twilio.url)
    assert status == 1
    assert f"missing: {OURS} sends its texts elsewhere" in said
    assert "missing: +16125550111 is not a number of this account" in said
    assert "TWILIO_MESSAGING_SERVICE_SID" in said
    assert "no alert target" in said
    assert f"{PUBLIC}/sms/inbound#rc=2" in said
    assert "Advanced Opt-Out" in said
    assert "did not change any appointment" in said
    assert SETTINGS["TWILIO_AUTH_TOKEN"] not in said


def test_a_wrong_token_is_said_to_be_one(check: Check, twilio: FakeTwilio) -> None:
    status, said = check(**(SETTINGS | {"TWILIO_AUTH_TOKEN": "wrong"}), TWILIO_API_URL=twilio.url)
    assert status == 1
    assert "missing: Twilio does not answer for this account: configuration (code None, status 401)" in said


def test_a_complete_set_up_has_nothing_missing_offline(check: Check) -> None:
    alerts = {"ALERT_WEBHOOK_URL": "https://pager.example", "ALERT_WEBHOOK_SECRET": "pager-secret-for-tests"}
    service = {"TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32}
    status, said = check("--offline", **SETTINGS, **service, **alerts)
    assert (status, "Nothing is missing" in said) == (0, True), said


def test_the_samples_to_register_are_the_texts_that_are_sent() -> None:
    command = [sys.executable, "-m", "gateway.sms", "samples"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=4 * PATIENCE)
    assert done.returncode == 0
    assert "stopped.en (1 segment): North Loop Clinic: you will get no more texts" in done.stdout
    assert "reminder.en (1 segment): North Loop Clinic: your visit is Tue Dec 1, 2:00 PM" in done.stdout
