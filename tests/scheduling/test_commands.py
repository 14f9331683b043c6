"""What staff do at a terminal."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from clinic.config import Clinic
from scheduling import __main__ as program
from scheduling.office import Office
from tests.ports import free_port
from tests.scheduling.client import TestClient
from tests.scheduling.conftest import KEY, TOKEN, Travel, client_of, copied, open_office
from tests.scheduling.people import ANA, book, slots, token_of
from tests.scheduling.test_courses import booked

ROOT = Path(__file__).parents[2]
SLOT = "consultation~north-loop~2026-12-01T14:00-06:00"


@pytest.fixture
def run(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Run a command; returns its standard output, and asserts its exit status."""
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("CLINIC_FILE", str(ROOT / "clinic.yml"))
    monkeypatch.setenv("SCHEDULING_DATABASE_URL", copied(sqlite_template, tmp_path))

    def command(*words: str, status: int = 0) -> str:
        capsys.readouterr()
        assert program.main(list(words)) == status
        out, err = capsys.readouterr()
        return out if status == 0 else err

    return command


@pytest.fixture
def desk(run, tmp_path: Path, sample: Clinic):  # type: ignore[no-untyped-def]
    with open_office(f"sqlite:///{tmp_path / 'scheduling.db'}", sample) as office:
        yield office


def test_list_tells_exactly_what_is_booked(run, desk: Office) -> None:  # type: ignore[no-untyped-def]
    assert json.loads(run("list", "--json")) == []
    made = book(client_of(desk), SLOT, ANA).json()
    (row,) = json.loads(run("list", "--json"))
    assert row["appointment_id"] == made["appointment_id"]
    assert (row["start"], row["location"]) == ("2026-12-01T14:00:00-06:00", "north-loop")
    assert row["patient"]["phone"] == "+16125550123"
    assert "1 appointments" in run("list")


def test_a_patient_is_entered_authorised_exported_and_erased(run, desk: Office) -> None:  # type: ignore[no-untyped-def]
    api: TestClient = client_of(desk)
    who = run("patient", "add", "--name", "Ana Sample", "--born", "1980-02-29", "--phone", "612-555-0123").strip()
    run("authorise", "--patient", who, "--sessions", "5")
    made = booked(api, token_of(desk, api, ANA), count=5)
    assert "Ana Sample" in run("patient", "find", "--phone", "612-555-0123")
    kept = json.loads(run("patient", "export", who))
    assert len(kept["appointments"]) == 5
    assert [line["action"] for line in kept["audit"]][:3] == ["add_patient", "authorise", "send_code"]
    assert run("patient", "erase", who, "--yes") == "erased; 5 visits called off\n"
    assert json.loads(run("patient", "export", who))["patient"]["name"] == "erased"
    assert run("patient", "find", "--phone", "612-555-0123") == ""
    assert api.post("/v1/messages:claim", json={}).json() == {"messages": []}
    assert "erased before" in run("patient", "erase", who, "--yes", status=1)
    assert "book_course" in run("audit", made["course_id"])
    assert "nothing here" in run("authorise", "--patient", "0" * 32, "--sessions", "5", status=1)


def test_closing_a_day_takes_its_times_away_and_names_who_is_booked(run, desk: Office) -> None:  # type: ignore[no-untyped-def]
    api = client_of(desk)
    made = book(api, SLOT, ANA).json()
    told = run("closure", "add", "2026-12-01/2026-12-02", "--location", "north-loop", "--reason", "Floor repair")
    assert made["appointment_id"] in told
    assert slots(api, window="2026-12-01/2026-12-03") == []
    hold = api.post("/v1/holds", json={"slot_id": SLOT.replace("14:00", "10:00")})
    assert hold.json()["code"] == "closed"
    assert "Floor repair" in run("closure", "list")
    assert run("closure", "remove", "2026-12-01/2026-12-02", "--location", "north-loop") == "2 closures taken back\n"
    assert slots(api, window="2026-12-01/2026-12-03")


def test_an_absent_physician_is_offered_by_nobody(run, desk: Office) -> None:  # type: ignore[no-untyped-def]
    api = client_of(desk)
    before = len(slots(api, window="2026-12-01/2026-12-02"))
    absence = run("away", "add", "physician-1", "2026-12-01T09:00", "2026-12-01T12:00").splitlines()[0]
    assert {one["start"][11:13] for one in slots(api, window="2026-12-01/2026-12-02")} <= {"12", "13", "14", "15", "16"}
    assert "physician-1" in run("away", "list")
    run("away", "remove", absence)
    assert len(slots(api, window="2026-12-01/2026-12-02")) == before
    assert "no resource" in run("away", "add", "chair-99", "2026-12-01T09:00", "2026-12-01T12:00", status=1)


def test_a_missed_visit_is_marked_and_callbacks_are_worked_off(run, desk: Office) -> None:  # type: ignore[no-untyped-def]
    api = client_of(desk)
    made = book(api, SLOT, ANA).json()
    run("mark", made["appointment_id"], "no_show")
    assert json.loads(run("list", "--json"))[0]["status"] == "no_show"
    wish = {"name": "Bo Sample", "phone": "612-555-0124"}
    call = api.post("/v1/callbacks", json=wish).json()["callback_id"]
    assert "Bo Sample" in run("callbacks", "--status", "open")
    run("callbacks", "--set", call, "called")
    assert "Bo Sample" not in run("callbacks", "--status", "open")
    alert = api.post("/v1/alerts", json={"kind": "medical"}).json()["alert_id"]
    assert json.loads(run("alerts", "--acknowledge", alert))[0]["status"] == "acknowledged"


def test_visitors_who_never_came_are_forgotten(run, desk: Office, travel: Travel) -> None:  # type: ignore[no-untyped-def]
    book(client_of(desk), SLOT, ANA)
    assert json.loads(run("prune")) == {"visitors": 0, "callbacks": 0, "claims": 0}
    os.environ["TEST_NOW"] = "2029-01-01T09:00"
    assert json.loads(run("prune")) == {"visitors": 1, "callbacks": 0, "claims": 24}
    assert json.loads(run("tick") or "null") is None


def test_changed_zone_rules_are_found_and_the_promise_is_kept(run, desk: Office) -> None:  # type: ignore[no-untyped-def]
    made = book(client_of(desk), SLOT, ANA).json()
    with desk.storage.engine.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("UPDATE claim SET cell = cell + 12 WHERE cell < 6000000 + 100000 AND cell > 12")
        connection.exec_driver_sql("UPDATE booking SET first_cell = first_cell + 12, end_cell = end_cell + 12")
    assert made["appointment_id"] in run("zones")
    assert "1 visits moved" in run("zones", "--apply")
    assert json.loads(run("list", "--json"))[0]["start"] == "2026-12-01T14:00:00-06:00"
    assert run("zones") == "0 visits\n"


@pytest.mark.parametrize(
    "words", [["--help"], ["list", "--help"], ["authorise", "--help"], ["closure", "add", "--help"]]
)
def test_every_command_explains_itself(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        program.main(words)
    assert done.value.code == 0
    assert "usage: python -m scheduling" in capsys.readouterr().out


def test_a_start_that_cannot_be_is_one_line_that_names_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "clinic.yml"
    broken.write_text("name: x\n")
    right = {
        "VAR_DIR": str(tmp_path),
        "SCHEDULING_PORT": str(free_port()),
        "SCHEDULING_TOKEN": TOKEN,
        "SIGNING_KEY": KEY,
    }
    cases = {
        "SCHEDULING_TOKEN": {"SCHEDULING_TOKEN": ""},
        "SIGNING_KEY": {"SIGNING_KEY": "short"},
        "SCHEDULING_PORT": {"SCHEDULING_PORT": "http"},
        "SCHEDULING_DATABASE_URL": {"SCHEDULING_DATABASE_URL": "mysql://x"},
        "clinic.yml": {"CLINIC_FILE": str(broken)},
        "TEST_NOW": {"TEST_MODE": "0"},
    }
    for name, changes in cases.items():
        with monkeypatch.context() as environment:
            for setting, value in (right | changes).items():
                environment.setenv(setting, value)
            assert program.main(["serve"]) == 2
        said = capsys.readouterr().err
        assert name in said
        assert "Traceback" not in said
