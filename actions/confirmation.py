"""How a visit that the service confirmed is told: its day, time, zone, place and address, and the Reply's `outcome`."""

from __future__ import annotations

from actions.turn import Choice, Turn
from actions.visits import Appointment, Slot
from actions.wording import day, place, time, visit, zone


def slot_choice(turn: Turn, slot: Slot) -> Choice:
    """The button of a free time: "Tuesday, December 1, 1:30 pm, North Loop"; shorter by SMS."""
    label = visit(slot, turn.clinic, turn.language, turn.today(), short=turn.channel == "sms")
    return turn.choice(label, f"slot:{slot.slot_id}", "slot", day=slot.day.isoformat())


def told(turn: Turn, booked: Appointment) -> dict[str, str]:
    """What the sentences of a confirmation need."""
    begins = booked.begins
    return {
        "day": day(begins.date(), turn.language, turn.today()),
        "time": time(begins, turn.language),
        "zone": zone(booked.tz, turn.language),
        "place": place(booked.location, turn.clinic),
        "address": next((item.address for item in turn.clinic.locations if item.id == booked.location), ""),
    }


def outcome(kind: str, booked: Appointment, turn: Turn) -> dict[str, object]:
    """The Reply's `outcome`: only ever what the service confirmed."""
    found: dict[str, object] = {
        "kind": kind,
        "start": booked.start,
        "end": booked.end,
        "tz": booked.tz,
        "location": place(booked.location, turn.clinic),
    }
    if booked.calendar_url:
        found["calendar_url"] = booked.calendar_url
    return found


def line(turn: Turn, booked: Appointment) -> str:
    """A visit in one line: "consultation: Tuesday, December 1, 1:30 pm, North Loop"."""
    slot = Slot("", booked.service, booked.location, booked.start, booked.end, booked.tz)
    kind = next(
        (item.name(turn.language) for item in turn.clinic.visit_types if item.id == booked.service), booked.service
    )
    return f"{kind}: {visit(slot, turn.clinic, turn.language, turn.today())}"
