"""Calendar files, read by a reader of its own that knows only RFC 5545's grammar, not the library that wrote them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.office import Office
from tests.scheduling.client import TestClient
from tests.scheduling.conftest import Travel
from tests.scheduling.people import ANA, book, enter, key, token_of
from tests.scheduling.test_courses import booked

SLOT = "consultation~north-loop~2026-12-01T14:00-06:00"


def parse(data: bytes) -> dict[str, Any]:
    """{"props", "VEVENT": [props], "VTIMEZONE": {tzid: [(onset, offset)]}}; strict about line ends, length and nesting."""
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    lines = data.decode().split("\r\n")[:-1]
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded: list[str] = []
    for line in lines:
        if line.startswith((" ", "\t")):
            unfolded[-1] += line[1:]
        else:
            unfolded.append(line)
    found: dict[str, Any] = {"props": {}, "VEVENT": [], "VTIMEZONE": {}}
    stack: list[tuple[str, dict[str, Any]]] = []
    for line in unfolded:
        name, params, value = re.match(r"^([A-Z-]+)((?:;[^:]*)?):(.*)$", line).groups()  # type: ignore[union-attr]
        if name == "BEGIN":
            stack.append((value, {}))
        elif name == "END":
            kind, props = stack.pop()
            assert kind == value
            if kind == "VEVENT":
                found["VEVENT"].append(props)
            elif kind in ("STANDARD", "DAYLIGHT"):
                stack[-1][1].setdefault("onsets", []).extend(_onsets(props))
            elif kind == "VTIMEZONE":
                found["VTIMEZONE"][props["TZID"][1]] = sorted(props["onsets"])
        elif name in ("RDATE",):
            stack[-1][1].setdefault(name, []).append((params, value))
        else:
            stack[-1][1][name] = (params, value)
            if len(stack) == 1:
                found["props"][name] = value
    assert not stack
    return found


def _onsets(props: dict[str, Any]) -> list[tuple[datetime, timedelta]]:
    text = props["TZOFFSETTO"][1]
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:5])) * (-1 if text[0] == "-" else 1)
    stamps = [props["DTSTART"][1]] + [one for _, value in props.get("RDATE", []) for one in value.split(",")]
    return [(datetime.strptime(stamp, "%Y%m%dT%H%M%S"), offset) for stamp in stamps]


def instant(file: dict[str, Any], prop: tuple[str, str]) -> datetime:
    """The UTC instant of a DTSTART;TZID=… by the file's own VTIMEZONE."""
    zone = re.match(r";TZID=(.+)", prop[0])[1]  # type: ignore[index]
    wall = datetime.strptime(prop[1], "%Y%m%dT%H%M%S")
    offset = [to for onset, to in file["VTIMEZONE"][zone] if onset <= wall][-1]
    return (wall - offset).replace(tzinfo=timezone.utc)


def get(api: TestClient, signed: str) -> dict[str, Any]:
    answer = api.get(f"/v1/calendar/{signed}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/calendar")
    return parse(answer.content)


def test_a_visit_keeps_its_uid_and_counts_its_changes(lite: Office, web: TestClient) -> None:
    made = book(web, SLOT, ANA).json()
    first = get(web, made["calendar"])["VEVENT"][0]
    proof = token_of(lite, web, ANA)
    path = f"/v1/appointments/{made['appointment_id']}"
    moved = web.post(
        f"{path}:reschedule", json={"slot_id": SLOT.replace("14:00", "10:00")}, headers=proof | key()
    ).json()
    second = get(web, moved["calendar"])["VEVENT"][0]
    web.post(f"{path}:cancel", json={}, headers=proof)
    last = get(web, moved["calendar"])
    third = last["VEVENT"][0]
    assert first["UID"] == second["UID"] == third["UID"]
    assert [int(one["SEQUENCE"][1]) for one in (first, second, third)] == [0, 1, 2]
    assert (last["props"]["METHOD"], third["STATUS"][1]) == ("CANCEL", "CANCELLED")
    assert re.fullmatch(r"\d{8}T\d{6}Z", first["DTSTAMP"][1])
    assert "TMS" not in first["SUMMARY"][1]
    assert "consultation" not in str(first)


def test_a_course_is_one_event_per_session_right_across_the_clock_change(
    lite: Office, web: TestClient, travel: Travel
) -> None:
    travel("2027-02-25T09:00")
    enter(lite, ANA, sessions=36)
    made = booked(web, token_of(lite, web, ANA), count=15, start="2027-03-01")
    file = get(web, made["calendar"])
    assert len(file["VEVENT"]) == 15
    assert len({one["UID"][1] for one in file["VEVENT"]}) == 15
    for event, session in zip(file["VEVENT"], made["sessions"], strict=True):
        assert instant(file, event["DTSTART"]) == datetime.fromisoformat(session["start"]).astimezone(timezone.utc)
        assert instant(file, event["DTEND"]) == datetime.fromisoformat(session["end"]).astimezone(timezone.utc)
    utc_hours = {instant(file, event["DTSTART"]).hour for event in file["VEVENT"]}
    assert utc_hours == {14, 15}, "nine o'clock on the wall before and after the change"
    assert ZoneInfo("America/Chicago")


def test_a_link_that_was_changed_or_is_old_gives_nothing(lite: Office, web: TestClient, travel: Travel) -> None:
    one = book(web, SLOT, ANA).json()
    other = book(web, "consultation~north-loop~2026-12-02T14:00-06:00").json()
    signed = one["calendar"]
    parts, others = signed.split("."), other["calendar"].split(".")
    for forged in (
        "x",
        ".".join([parts[0], others[1], *parts[2:]]),
        ".".join([*parts[:2], str(int(parts[2]) + 9), parts[3]]),
        ".".join(["c", *parts[1:]]),
        signed[:-1] + ("0" if signed[-1] != "0" else "1"),
    ):
        assert web.get(f"/v1/calendar/{forged}").status_code == 404
    travel("2026-12-30T09:00")
    answer = web.get(f"/v1/calendar/{signed}")
    assert (answer.status_code, answer.json()["code"]) == (410, "link_expired")
