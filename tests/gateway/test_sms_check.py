"""`python -m gateway.sms check`: says what is missing, by the name of the setting or the number, and what to enter where."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.fake_twilio import FakeTwilio
from tests.gateway.front_door import ROOT
from tests.gateway.texter import OURS, PUBLIC, SETTINGS

HOUSE = {"BOT_TOKEN": "b" * 20, "SCHEDULING_TOKEN": "s" * 20, "SIGNING_KEY": "k" * 20}


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as fake:
        yield fake


def check(var: Path, *options: str, command: str = "check", **settings: str) -> tuple[int, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TWILIO", "GATEWAY", "SM", "ALERT"))}
    done = subprocess.run(
        [sys.executable, "-m", "gateway.sms", command, *options],
        env=kept | HOUSE | {"VAR_DIR": str(var)} | settings,
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_when_texts_are_off_it_names_every_setting(tmp_path: Path) -> None:
    status, said = check(tmp_path)
    assert status == 1
    assert "Text messages are off" in said
    for name in (*SETTINGS, "TWILIO_MESSAGING_SERVICE_SID"):
        assert name in said or name.startswith("SMS_")


def test_what_the_account_lacks_is_named_by_number(tmp_path: Path, twilio: FakeTwilio) -> None:
    twilio.numbers = {OURS: f"{PUBLIC}/elsewhere"}
    status, said = check(tmp_path, **SETTINGS, TWILIO_API_URL=twilio.url)
    assert status == 1
    assert f"missing: {OURS} sends its texts elsewhere" in said
    assert "missing: +16125550111 is not a number of this account" in said
    assert "TWILIO_MESSAGING_SERVICE_SID" in said
    assert "no alert target" in said
    assert f"{PUBLIC}/sms/inbound#rc=2" in said
    assert "Advanced Opt-Out" in said
    assert "did not change any appointment" in said
    assert SETTINGS["TWILIO_AUTH_TOKEN"] not in said


def test_a_wrong_token_is_said_to_be_one(tmp_path: Path, twilio: FakeTwilio) -> None:
    status, said = check(tmp_path, **(SETTINGS | {"TWILIO_AUTH_TOKEN": "wrong"}), TWILIO_API_URL=twilio.url)
    assert status == 1
    assert "missing: Twilio does not answer for this account: configuration (code None, status 401)" in said


def test_a_complete_set_up_has_nothing_missing_offline(tmp_path: Path) -> None:
    alerts = {"ALERT_WEBHOOK_URL": "https://pager.example", "ALERT_WEBHOOK_SECRET": "pager-secret-for-tests"}
    service = {"TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32}
    status, said = check(tmp_path, "--offline", **SETTINGS, **service, **alerts)
    assert (status, "Nothing is missing" in said) == (0, True), said


def test_the_samples_to_register_are_the_texts_that_are_sent(tmp_path: Path) -> None:
    status, said = check(tmp_path, command="samples")
    assert status == 0
    assert "stopped.en (1 segment): North Loop Clinic: you will get no more texts" in said
    assert "reminder.en (1 segment): North Loop Clinic: your visit is Tue Dec 1, 2:00 PM" in said
