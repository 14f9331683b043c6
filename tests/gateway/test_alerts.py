"""Staff alerts by mail and text: sent to a real mail server, again until somebody takes them, and never with a patient's words."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway import mail
from gateway.channels import MailSettings
from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.fake_scheduling import FakeScheduling
from tests.gateway.fake_twilio import FakeTwilio
from tests.gateway.front_door import FrontDoor, wait_for
from tests.gateway.post_office import PASSWORD, USER, PostOffice, self_signed
from tests.gateway.texter import PUBLIC, SETTINGS, Texter

DESK, NURSE, PHONE = "desk@northloop.example", "nurse@northloop.example", "+16125550120"
CRISIS = {"text": "Call or text 988.", "lang": "en", "alert": {"kind": "suicidal"}}


class Night:
    """A clock that tests move. It starts at night: staff are told at any hour."""

    def __init__(self, file: Path) -> None:
        self.file, self.local = file, datetime(2026, 11, 25, 23, 0)
        self.ahead(timedelta(0))

    def ahead(self, by: timedelta) -> None:
        self.local += by
        self.file.write_text(self.local.isoformat(timespec="seconds"))
        stamp = time.time_ns()
        os.utime(self.file, ns=(stamp, stamp))


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    office = PostOffice()
    office.start()
    yield office
    office.stop()


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    return Night(tmp_path_factory.mktemp("clock") / "now")


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory,
    shared_rasa: FakeRasa,
    office: PostOffice,
    twilio: FakeTwilio,
    scheduling: FakeScheduling,
    night: Night,
) -> Iterator[FrontDoor]:
    settings = SETTINGS | {
        "TWILIO_API_URL": twilio.url,
        "SCHEDULING_PORT": str(scheduling.port),
        "SMTP_URL": f"smtp+insecure://127.0.0.1:{office.port}?from=bot@northloop.example",
        "ALERT_EMAIL_TO": f"{DESK},{NURSE}",
        "ALERT_SMS_TO": PHONE,
        "TEST_MODE": "1",
        "TEST_NOW_FILE": str(night.file),
    }
    door = FrontDoor(tmp_path_factory.mktemp("alerts"), shared_rasa.port, **settings)
    door.start()
    yield door
    door.stop()


@pytest.fixture(autouse=True)
def nothing_yet(office: PostOffice, twilio: FakeTwilio) -> None:
    office.taken.clear()
    office.refuse.clear()
    twilio.forget()


def link_in(text: str) -> str:
    found = re.search(rf"{PUBLIC}(/staff/alerts/\S+)", text)
    assert found, text
    return found.group(1)


def test_a_crisis_is_told_by_mail_and_text_each_round_until_somebody_takes_it(
    house: FrontDoor, office: PostOffice, twilio: FakeTwilio, rasa: FakeRasa, night: Night
) -> None:
    words = "I have the pills in my hand"
    rasa.script[words] = [CRISIS]
    house.chat().ask(words)
    wait_for(lambda: office.to(DESK) and office.to(NURSE) and twilio.bodies(PHONE))
    (told,) = office.to(DESK)
    assert told["From"] == "bot@northloop.example"
    assert told["Subject"] == "[North Loop Clinic] Emergency message (suicidal)"
    assert told["Auto-Submitted"] == "auto-generated"
    assert "website chat" in house.get(link_in(told.get_content())).text
    assert link_in(twilio.bodies(PHONE)[0])
    everything = told.as_string() + twilio.bodies(PHONE)[0] + house.log.read_text()
    assert "pills" not in everything
    for round_ in (2, 3):
        night.ahead(timedelta(minutes=15))
        wait_for(lambda round_=round_: len(office.to(NURSE)) == round_ == len(twilio.bodies(PHONE)))  # type: ignore[misc]
    house.post(link_in(told.get_content())).raise_for_status()
    night.ahead(timedelta(minutes=15))
    time.sleep(2.2)  # two looks of the pager
    assert len(office.to(NURSE)) == 3


def test_nobody_is_told_more_than_four_times(
    house: FrontDoor, office: PostOffice, twilio: FakeTwilio, rasa: FakeRasa, night: Night
) -> None:
    rasa.script["help me"] = [CRISIS]
    house.chat().ask("help me")
    for round_ in (1, 2, 3, 4):
        wait_for(lambda round_=round_: len(office.to(DESK)) == round_)  # type: ignore[misc]
        night.ahead(timedelta(minutes=15))
    time.sleep(2.2)
    assert len(office.to(DESK)) == 4


def test_what_is_not_urgent_is_mailed_once_and_wakes_nobody(
    house: FrontDoor, office: PostOffice, twilio: FakeTwilio, night: Night
) -> None:
    Texter(house.url, "+16125550181").text("CANCEL", OptOutType="STOP")
    wait_for(lambda: office.to(DESK))
    assert "texted CANCEL" in office.to(DESK)[0]["Subject"]
    night.ahead(timedelta(minutes=20))
    time.sleep(2.2)
    assert len(office.to(DESK)) == 1
    assert twilio.bodies(PHONE) == []


def test_whoever_can_be_reached_is_told_when_others_cannot(
    house: FrontDoor, office: PostOffice, twilio: FakeTwilio, rasa: FakeRasa
) -> None:
    office.refuse.add(DESK)
    rasa.script["help"] = [CRISIS]
    house.chat().ask("help")
    wait_for(lambda: office.to(NURSE) and twilio.bodies(PHONE))
    wait_for(lambda: "alert_mail_failed" in house.log.read_text())
    assert office.to(DESK) == []


def test_when_nobody_was_reached_the_same_round_is_tried_again(
    open_door: Callable[..., FrontDoor], office: PostOffice, rasa: FakeRasa, tmp_path: Path
) -> None:
    clock = Night(tmp_path / "now")
    door = open_door(
        SMTP_URL=f"smtp+insecure://127.0.0.1:{office.port}?from=bot@northloop.example",
        ALERT_EMAIL_TO=DESK, TEST_MODE="1", TEST_NOW_FILE=str(clock.file),
    )  # fmt: skip
    office.refuse.add(DESK)
    rasa.script["help"] = [CRISIS]
    door.chat().ask("help")
    wait_for(lambda: "alert_mail_failed" in door.log.read_text())
    office.refuse.clear()
    clock.ahead(timedelta(seconds=40))
    wait_for(lambda: office.to(DESK))


def test_what_staff_must_know_of_scheduling_is_told_too_and_patients_get_their_mail(
    house: FrontDoor, office: PostOffice, scheduling: FakeScheduling
) -> None:
    scheduling.add(71, audience="staff", kind="callback", to=None, text="North Loop: callback c1.")
    patient = scheduling.add(72, to="ann@patient.example", text="North Loop Clinic: you are booked.")
    assert scheduling.wait_for_report(patient)[0] == "sent"
    (mailed,) = office.to("ann@patient.example")
    assert mailed.get_content().strip() == "North Loop Clinic: you are booked."
    assert mailed["Subject"] == "Your visit"
    wait_for(lambda: office.to(DESK))
    office.refuse.add("bo@patient.example")
    refused = scheduling.add(73, to="bo@patient.example")
    what, body = scheduling.wait_for_report(refused)
    assert (what, body["retryable"]) == ("failed", True)


def test_mail_goes_out_encrypted_to_a_server_that_proves_who_it_is_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path)
    server = PostOffice(certificate)
    server.start()
    try:
        good = MailSettings("localhost", server.port, USER, PASSWORD, "starttls", "bot@northloop.example")
        with pytest.raises(mail.MailError):
            mail.send(good, DESK, "Subject", "words")
        assert server.taken == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        wrong = MailSettings("localhost", server.port, USER, "another", "starttls", "bot@northloop.example")
        with pytest.raises(mail.MailError):
            mail.send(wrong, DESK, "Subject", "words")
        assert server.taken == []
        mail.send(good, DESK, "Cita", "¿Mañana?")
        assert server.to(DESK)[0].get_content().strip() == "¿Mañana?"
    finally:
        server.stop()
