"""What can be booked, where, and when."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Query

from scheduling import availability, window
from scheduling.api import bodies
from scheduling.api.asked import TheOffice
from scheduling.office import Office

router = APIRouter(tags=["catalogue"])

DEFAULT_LIMIT, MAX_LIMIT = 20, 500

Part = Literal["morning", "afternoon", "evening"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@router.get("/capabilities", response_model=bodies.CapabilitiesBody)
def capabilities(office: TheOffice) -> dict[str, Any]:
    """What this engine and this clinic can do; word replies by it."""
    rules = office.clinic.booking
    return vars(office.storage.capabilities) | {
        "cancel_reasons": list(get_args(bodies.Reason)),
        "horizon_days": rules.horizon_days,
        "notice_minutes": rules.notice_minutes,
        "change_cutoff_hours": rules.change_cutoff_hours,
        "hold_minutes": dict(rules.hold_minutes),
        "minimum_age": rules.minimum_age,
        "today": office.today(),
    }


@router.get("/locations", response_model=bodies.Locations)
def locations(office: TheOffice) -> dict[str, Any]:
    """Where the clinic sees patients."""
    return {
        "locations": [
            {"location": place.id, "name": place.name, "address": place.address, "tz": place.timezone}
            | {"phone": place.phone}
            for place in office.clinic.locations
        ]
    }


@router.get("/services", response_model=bodies.Services)
def services(office: TheOffice) -> dict[str, Any]:
    """The kinds of visit. `self_book`: who may book it without staff."""
    return {
        "services": [
            {"service": kind.id, "name": kind.name(), "names": dict(kind.names), "minutes": kind.minutes}
            | {"self_book": kind.self_book, "course": kind.course}
            for kind in office.clinic.visit_types
        ]
    }


@router.get("/slots", response_model=bodies.Slots)
def slots(
    office: TheOffice,
    service: Annotated[str, Query(max_length=40)],
    location: Annotated[str | None, Query(max_length=40)] = None,
    window_: Annotated[
        list[Annotated[str, Query(max_length=80)]] | None,
        Query(alias="window", max_length=window.MAX_WINDOWS, description="FROM/TO, half-open; any of several"),
    ] = None,
    part_of_day: Annotated[list[Part] | None, Query(max_length=3)] = None,
    weekday: Annotated[list[Weekday] | None, Query(max_length=7)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=80)] = None,
) -> dict[str, Any]:
    """Free starts, soonest first. Never one that is past, too soon, closed, off the grid or taken."""
    wish = window.parse(window_ or (), part_of_day or (), weekday or ())
    after = availability.parse_cursor(cursor) if cursor else None
    query = availability.Query(office.service(service), office.locations(location), wish, limit + 1, after)
    now = office.now()
    found = office.storage.read(lambda book: availability.search(office.rota, book, query, now))
    page = found[:limit]
    return {
        "slots": [slot.body() for slot in page],
        "next_cursor": availability.cursor(office.rota, page[-1]) if len(found) > limit else None,
        "empty_because": _why(office, query, now) if not found and not cursor else None,
    }


def _why(office: Office, query: availability.Query, now: int) -> str:
    return office.storage.read(lambda book: availability.why_none(office.rota, book, query, now))
