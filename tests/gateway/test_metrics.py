"""Metrics: they tell what happens, tell it to nobody outside, and name nobody."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.gateway.front_door import FrontDoor, wait_for

ROOT = Path(__file__).resolve().parents[2]
CANARY = "Zebulon canary 612-555-0177"


def figures(door: FrontDoor) -> dict[str, float]:
    answer = door.get("/metrics")
    assert answer.status_code == 200
    lines = [line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_a_message_its_turn_its_outcome_and_its_alert_are_counted(open_door, rasa):
    rasa.script["book it"] = [{"text": "Booked.", "lang": "en", "outcome": {"kind": "booked"}}]
    rasa.script["danger"] = [{"text": "Call 988.", "lang": "en", "alert": {"kind": "suicidal"}}]
    door = open_door()
    chat = door.chat()
    for text in ("hello", "book it", "danger"):
        chat.ask(text)
    # A patient may see an answer a moment before it is counted.
    wait_for(lambda: figures(door).get('tms_turns_total{channel="web",end="answered"}') == 3)
    found = figures(door)
    assert found['tms_messages_total{channel="web"}'] == 3
    assert found['tms_turns_total{channel="web",end="answered"}'] == 3
    assert found['tms_turn_seconds_count{channel="web"}'] == 3
    assert found['tms_outcomes_total{outcome="booked"}'] == 1
    assert found['tms_staff_alerts_total{kind="suicidal"}'] == 1
    assert found["tms_staff_alerts_untaken"] == 1
    assert found['tms_queue_messages{queue="inbox"}'] == 0
    assert found['tms_request_seconds_count{method="POST",route="/chat/messages",status="202"}'] == 3


def test_what_waits_is_measured_with_its_age_and_the_apology_is_counted(open_door, rasa):
    door = open_door(GATEWAY_APOLOGISE_SECONDS="0.5")
    rasa.silent = True
    chat = door.chat()
    sent = chat.send("slow")
    chat.until_idle(sent)  # the apology
    wait_for(lambda: figures(door)["tms_apologies_total"] == 1)
    found = figures(door)
    assert found['tms_queue_messages{queue="inbox"}'] == 1
    assert found['tms_queue_age_seconds{queue="inbox"}'] > 0.4


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Proto"])
def test_metrics_are_closed_to_whatever_came_through_a_proxy(door, header):
    answer = door.get("/metrics", headers={header: "203.0.113.9"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "tms_" not in answer.text


def test_metrics_are_closed_to_addresses_that_were_not_named(open_door):
    door = open_door(GATEWAY_METRICS_FROM="10.9.0.0/16")
    assert door.get("/metrics").status_code == 404


def test_no_label_holds_text_names_numbers_or_ids(door, chat):
    chat.ask(CANARY)
    door.get(f"/{CANARY}")
    door.get(f"/calendar/{CANARY.replace(' ', '-')}")
    text = door.get("/metrics").text
    for part in (*CANARY.split(), chat.token):
        assert part not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text)


def test_every_figure_the_dashboard_draws_exists(door):
    dashboard = json.loads((ROOT / "deploy/grafana-dashboard.json").read_text())
    asked = {target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])}
    known = set(re.findall(r"^# TYPE (\w+)", door.get("/metrics").text, re.MULTILINE))
    names = {re.sub(r"_(bucket|count|sum)$", "", name) for expr in asked for name in re.findall(r"tms_\w+", expr)}
    assert names
    assert names <= known
