"""What a patient says is kept where it must be and nowhere else: not in a log, and after an erasure nowhere at all."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.house.patient import Patient, choices, outcomes, words
from tests.stack import ROOT, SERVICES_PYTHON, Stack, nursery

pytestmark = pytest.mark.stack

NAME = "Zebulina Quarkworth"
BORN = "July 19, 1971"
PHONE = "612-555-0187"
TEXT = "my marmalade xylophone feels gloomy"
CANARIES = ("Zebulina", "Quarkworth", "1971-07-19", "July 19", "6125550187", PHONE, "marmalade", "xylophone")


def book(gateway: str, name: str, born: str, phone: str, text: str) -> Patient:
    """A whole booking talk, with a question, nonsense, a typed command and a changed mind in it."""
    patient = Patient(gateway)
    patient.say(f"hello, {text}")
    patient.say(f"/restart {text}")
    offer = patient.say("can I come in for a consultation as soon as possible?")
    patient.pick(choices(offer, "slot")[0]["id"])
    details = {"name": name, "date_of_birth": born, "phone": phone}
    for _ in range(6):
        expects = next((event["expects"] for event in reversed(patient.heard) if event.get("expects")), None)
        if expects not in details:
            break
        patient.say(details.pop(expects))
    done = patient.say("yes")
    assert [one["kind"] for one in outcomes(done)] == ["booked"], words(patient.heard)
    assert words(patient.say(f"thanks, and {text}"))
    return patient


@pytest.fixture(scope="module")
def told(talkative: Stack) -> Stack:
    """The house after our canary booked a visit, and after somebody else did."""
    book(talkative.gateway, NAME, BORN, PHONE, TEXT)
    book(talkative.gateway, "Ann Lee", "March 4, 1980", "612-555-0123", "it rains today")
    return talkative


def kept(folder: Path) -> dict[str, list[str]]:
    """File → the canaries whose bytes are in it, the databases' logs among them."""
    found = {}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        try:
            content = path.read_bytes().lower()
        except FileNotFoundError:  # gone since it was listed, as SQLite's logs go
            continue
        if hits := [word for word in CANARIES if word.lower().encode() in content]:
            found[str(path.relative_to(folder))] = hits
    return found


def patient_id(stack: Stack, phone: str) -> str:
    return stack.scheduling_command("patient", "find", "--phone", phone).split()[0]


def run(stack: Stack, *words: str) -> str:
    done = nursery(SERVICES_PYTHON).run(["-m", *words], stack.env)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_no_log_of_any_process_holds_a_name_number_or_word_of_a_patient(told):
    logs = {name: told.log(name) for name in told.names}
    for name, log in logs.items():
        assert log, f"{name} logs something"
        for canary in CANARIES:
            assert canary.lower() not in log.lower(), f"{canary!r} is in the log of {name}"
        assert not re.search(r"\+1\d{10}", log), f"a telephone number is in the log of {name}"
    found = kept(told.folder)
    assert not [file for file in found if file.endswith(".log")]
    assert {"scheduling.db", "gateway.db", "tracker.db"} <= {file.split("-wal")[0] for file in found}, (
        "the canary reached the stores, so that this test can fail"
    )


def test_what_is_kept_of_a_patient_can_be_shown_whole(told):
    shown = json.loads(run(told, "scripts.patient", "export", patient_id(told, PHONE)))
    text = json.dumps(shown)
    assert shown["scheduling"]["patient"]["name"] == NAME
    assert len(shown["scheduling"]["appointments"]) == 1
    assert "marmalade" in json.dumps(shown["gateway"])
    assert "marmalade" in json.dumps(shown["tracker"])
    assert "Ann Lee" not in text
    assert "token_hash" not in text


def test_a_backup_of_the_running_house_holds_the_talks_and_is_its_owners_alone(told, tmp_path):
    made = Path(run(told, "scripts.backup", "create", str(tmp_path / "backups")).strip())
    assert {path.name for path in made.iterdir()} == {"scheduling.db", "gateway.db", "tracker.db", "manifest.json"}
    assert {path.stat().st_mode & 0o777 for path in made.iterdir()} == {0o600}
    assert {"marmalade", "xylophone"} <= set(kept(made)["tracker.db"])
    assert "6125550187" in kept(made)["scheduling.db"]


def test_an_erased_patient_leaves_no_row_and_no_byte_of_any_file(told):
    mine = patient_id(told, PHONE)
    said = run(told, "scripts.patient", "erase", mine, "--yes")
    assert said.startswith("erased; 1 visits called off, 1 conversations forgotten")
    assert kept(told.folder) == {}
    visits = told.appointments()
    assert len([one for one in visits if one["status"] in ("booked", "confirmed")]) == 1, (
        "the other patient's visit stands"
    )
    for store, question in (("gateway", "id) FROM conversations"), ("tracker", "DISTINCT sender_id) FROM events")):
        with contextlib.closing(sqlite3.connect(told.folder / f"{store}.db")) as database:
            assert database.execute(f"SELECT count({question}").fetchone() == (1,), "the other patient's talk stands"
    again = run(told, "scripts.patient", "erase", mine, "--yes")
    assert again.startswith("erased; 0 visits called off, 0 conversations")


def test_a_patient_who_does_not_exist_is_named_in_one_line(told):
    done = subprocess.run(
        [SERVICES_PYTHON, "-m", "scripts.patient", "export", "nobody"],
        cwd=ROOT,
        env={**os.environ, **told.env},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "patient find" in done.stderr
