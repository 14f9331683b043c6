"""The clinic's own facts: reads `clinic.yml`, checks it against `clinic/schema.json`, and hands out frozen values.

Every mistake is told with its line: `clinic.yml:12: locations[0].phone: '5550100' does not match …`.
Times of day are local to the location; `Span` is half-open minutes of the local day.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class ClinicError(ValueError):
    """clinic.yml is missing or wrong. The message has one line per mistake: `file:line: where: what`."""


@dataclass(frozen=True)
class Span:
    """Half-open minutes of a local day: 09:00-17:00 is Span(540, 1020)."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


Hours = Mapping[str, tuple[Span, ...]]
"""Weekday (`mon` … `sun`) to the open spans of that day; a missing weekday is closed."""


@dataclass(frozen=True)
class Location:
    id: str
    name: str
    address: str
    timezone: str
    hours: Hours
    phone: str
    parking: str | None
    transit: str | None
    accessibility: str | None


@dataclass(frozen=True)
class VisitType:
    """`minutes` is the length a patient sees; `buffer_minutes` follow it; starts lie every `every_minutes` after opening."""

    id: str
    names: Mapping[str, str]
    minutes: int
    every_minutes: int
    buffer_minutes: int
    needs: tuple[str, ...]
    self_book: str
    course: bool
    one_per_day: bool

    def name(self, language: str = "en") -> str:
        return self.names.get(language, self.names["en"])


@dataclass(frozen=True)
class Resource:
    """A chair, operator, physician or room; `works` maps a location id to hours (empty: the location's hours)."""

    id: str
    kind: str
    name: str
    works: Mapping[str, Hours]


@dataclass(frozen=True)
class Closure:
    day: date
    reason: str | None
    location: str | None


@dataclass(frozen=True)
class Booking:
    notice_minutes: int
    horizon_days: int
    change_cutoff_hours: int
    hold_minutes: Mapping[str, int]
    open_per_phone: int
    minimum_age: int


@dataclass(frozen=True)
class Waitlist:
    """A free time is offered to `group` people at once, for `minutes`, and not later than `stop_hours` before it begins."""

    group: int = 3
    minutes: int = 30
    stop_hours: int = 4


@dataclass(frozen=True)
class Messages:
    """Patients are texted in the local hours `awake` only (codes at any time), and reminded so many days before a visit."""

    awake: Span = Span(8 * 60, 21 * 60)
    reminder_days: tuple[int, ...] = (7, 2, 1)


@dataclass(frozen=True)
class Facts:
    """What answers quote; None or empty: staff will tell."""

    treats: tuple[str, ...]
    device: str | None
    insurers: tuple[str, ...]
    billing_phone: str | None
    prices: Mapping[str, int]
    referral_needed: bool | None
    cancellation_policy: str | None
    companion: str | None
    bring: str | None
    privacy_url: str | None


@dataclass(frozen=True)
class Clinic:
    name: str
    short_name: str
    phone: str
    email: str | None
    website: str | None
    timezone: str
    languages: tuple[str, ...]
    embed_on: tuple[str, ...]
    locations: tuple[Location, ...]
    holidays_country: str | None
    holidays_observed: tuple[str, ...]
    closures: tuple[Closure, ...]
    visit_types: tuple[VisitType, ...]
    resources: tuple[Resource, ...]
    booking: Booking
    waitlist: Waitlist
    messages: Messages
    facts: Facts

    def location(self, location_id: str) -> Location:
        """The location of this id; KeyError when there is none."""
        return {place.id: place for place in self.locations}[location_id]

    def visit_type(self, visit_type_id: str) -> VisitType:
        """The visit type of this id; KeyError when there is none."""
        return {kind.id: kind for kind in self.visit_types}[visit_type_id]


class _DatesAsText(RoundTripConstructor):
    """Leaves dates as written, so that a wrong one is our mistake to tell, with its line."""


_DatesAsText.add_constructor("tag:yaml.org,2002:timestamp", lambda self, node: self.construct_scalar(node))


def load(path: str | Path | None = None) -> Clinic:
    """Read and check a clinic file (default: $CLINIC_FILE, else `clinic.yml`). Raises ClinicError."""
    file = Path(path or os.environ.get("CLINIC_FILE", "clinic.yml"))
    try:
        return _read(file, file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ClinicError(f"{file}: cannot be read ({error.strerror}): set CLINIC_FILE or restore the file") from error
    except UnicodeDecodeError as error:
        raise ClinicError(f"{file}:1: {error}") from error


@lru_cache(1)
def _read(file: Path, content: str) -> Clinic:
    """Several parts of a process ask for the clinic, and to parse and check it takes 80 ms."""
    reader = YAML(typ="rt")
    reader.Constructor = _DatesAsText
    try:
        document = reader.load(content)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ClinicError(f"{file}:{line}: {error.problem}") from error
    except YAMLError as error:
        raise ClinicError(f"{file}:1: {str(error).splitlines()[0]}") from error
    mistakes = sorted(_mistakes(document))
    if mistakes:
        raise ClinicError("\n".join(f"{file}:{line}: {where}: {what}" for line, where, what in mistakes))
    return _clinic(_plain(document))


def display_phone(number: str) -> str:
    """An E.164 number as people here write it: +16125550100 → 612-555-0100; other countries stay as they are."""
    if number.startswith("+1") and len(number) == 12:
        return f"{number[2:5]}-{number[5:8]}-{number[8:]}"
    return number


def _mistakes(document: Any) -> Iterator[tuple[int, str, str]]:
    """(line, where, what) of each mistake, first by shape, then, when the shape is right, by meaning."""
    schema = json.loads((Path(__file__).parent / "schema.json").read_text())
    shape = list(jsonschema.Draft7Validator(schema).iter_errors(_plain(document)))
    for error in shape:
        yield _line(document, error.absolute_path), _where(error.absolute_path), _sentence(error)
    if not shape:
        yield from _contradictions(document)


def _contradictions(document: Any) -> Iterator[tuple[int, str, str]]:
    def mistake(path: list[str | int], what: str) -> tuple[int, str, str]:
        return _line(document, path), _where(path), what

    places = [place["id"] for place in document["locations"]]
    kinds = {thing["kind"] for thing in document["resources"]}
    for key in ("locations", "visit_types", "resources"):
        seen: set[str] = set()
        for index, item in enumerate(document[key]):
            if item["id"] in seen:
                yield mistake([key, index, "id"], f"{item['id']!r} is used twice")
            seen.add(item["id"])
    zones: list[list[str | int]] = [["timezone"]]
    zones += [
        ["locations", index, "timezone"] for index, place in enumerate(document["locations"]) if "timezone" in place
    ]
    for path in zones:
        name = document["timezone"] if len(path) == 1 else document["locations"][path[1]]["timezone"]
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            yield mistake(path, f"{name!r} is no IANA time zone (like America/Chicago)")
    for index, place in enumerate(document["locations"]):
        yield from (mistake(["locations", index, "hours", day], what) for day, what in _bad_hours(place["hours"]))
    for index, kind in enumerate(document["visit_types"]):
        for need in kind["needs"]:
            if need not in kinds:
                yield mistake(["visit_types", index, "needs"], f"no resource is a {need}")
    for index, thing in enumerate(document["resources"]):
        for place, hours in thing["works"].items():
            if place not in places:
                yield mistake(["resources", index, "works", place], f"{place!r} is no location")
            yield from (mistake(["resources", index, "works", place, day], what) for day, what in _bad_hours(hours))
    for index, closure in enumerate(document.get("closures") or []):
        try:
            date.fromisoformat(str(closure["date"]))
        except ValueError:
            yield mistake(["closures", index, "date"], f"{closure['date']} is no date")
        if closure.get("location") not in (None, *places):
            yield mistake(["closures", index, "location"], f"{closure['location']!r} is no location")
    awake, lawful = (document.get("messages") or {}).get("awake"), Messages().awake
    if awake and not lawful.start <= _spans(awake)[0].start < _spans(awake)[0].end <= lawful.end:
        yield mistake(["messages", "awake"], f"texts may be sent between {lawful} only, and the hours must go forward")
    for service in (document.get("facts") or {}).get("prices") or {}:
        if service not in [kind["id"] for kind in document["visit_types"]]:
            yield mistake(["facts", "prices", service], f"{service!r} is no visit type")


def _bad_hours(hours: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for day, value in hours.items():
        spans = _spans(value)
        if any(span.start >= span.end for span in spans) or any(a.end > b.start for a, b in itertools.pairwise(spans)):
            yield day, "hours must go forward and not overlap"


def _sentence(error: jsonschema.ValidationError) -> str:
    """What is wrong, in words, without printing half the file."""
    value = "" if isinstance(error.instance, (dict, list)) else f"{error.instance!r} "
    if error.validator in ("additionalProperties", "required"):
        return str(error.message)
    if error.validator == "pattern":
        return f"{value}is not written as expected (pattern {error.validator_value})"
    if error.validator == "not":
        return f"{value}must not name the treatment: text messages show it on lock screens"
    return str(error.message)[:160] if value else f"does not fit: {error.validator} {error.validator_value}"[:160]


def _line(document: Any, path: Any) -> int:
    """The line of the innermost part of `path` that the file has, counted from 1."""
    node, line = document, 1
    for key in path:
        try:
            position = node.lc.key(key) if hasattr(node, "keys") else node.lc.item(key)
            line, node = position[0] + 1, node[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return int(line)


def _where(path: Any) -> str:
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.lstrip(".") or "clinic.yml"


def _plain(node: Any) -> Any:
    """Plain dicts, lists and strings, as the schema and the dataclasses expect them."""
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, (list, tuple)):
        return [_plain(value) for value in node]
    if isinstance(node, str):
        return str(node)
    return node


def _spans(value: Any) -> tuple[Span, ...]:
    def minutes(text: str) -> int:
        hour, minute = text.split(":")
        return int(hour) * 60 + int(minute)

    return tuple(Span(*map(minutes, str(part).split("-"))) for part in ([value] if isinstance(value, str) else value))


def _hours(value: Mapping[str, Any]) -> Hours:
    return MappingProxyType({day: _spans(value[day]) for day in WEEKDAYS if day in value})


def _messages(data: Mapping[str, Any]) -> Messages:
    usual = Messages()
    return Messages(
        awake=_spans(data["awake"])[0] if "awake" in data else usual.awake,
        reminder_days=tuple(sorted(data.get("reminder_days", usual.reminder_days), reverse=True)),
    )


def _clinic(data: dict[str, Any]) -> Clinic:
    booking, facts, days_off = data["booking"], data.get("facts") or {}, data.get("holidays") or {}
    return Clinic(
        name=data["name"],
        short_name=data["short_name"],
        phone=data["phone"],
        email=data.get("email"),
        website=data.get("website"),
        timezone=data["timezone"],
        languages=tuple(data.get("languages", ["en"])),
        embed_on=tuple(data.get("embed_on", [])),
        locations=tuple(
            Location(
                id=place["id"],
                name=place["name"],
                address=place["address"],
                timezone=place.get("timezone", data["timezone"]),
                hours=_hours(place["hours"]),
                phone=place.get("phone", data["phone"]),
                parking=place.get("parking"),
                transit=place.get("transit"),
                accessibility=place.get("accessibility"),
            )
            for place in data["locations"]
        ),
        holidays_country=days_off.get("country"),
        holidays_observed=tuple(days_off.get("observe", [])),
        closures=tuple(
            Closure(date.fromisoformat(item["date"]), item.get("reason"), item.get("location"))
            for item in data.get("closures") or []
        ),
        visit_types=tuple(
            VisitType(
                id=kind["id"],
                names=MappingProxyType(dict(kind["name"])),
                minutes=kind["minutes"],
                every_minutes=kind.get("every_minutes", 5),
                buffer_minutes=kind.get("buffer_minutes", 0),
                needs=tuple(kind["needs"]),
                self_book=kind["self_book"],
                course=kind.get("course", False),
                one_per_day=kind.get("one_per_day", False),
            )
            for kind in data["visit_types"]
        ),
        resources=tuple(
            Resource(
                id=thing["id"],
                kind=thing["kind"],
                name=thing["name"],
                works=MappingProxyType({place: _hours(hours) for place, hours in thing["works"].items()}),
            )
            for thing in data["resources"]
        ),
        booking=Booking(
            notice_minutes=booking.get("notice_minutes", 120),
            horizon_days=booking.get("horizon_days", 180),
            change_cutoff_hours=booking.get("change_cutoff_hours", 4),
            hold_minutes=MappingProxyType({"web": 5, "sms": 15} | booking.get("hold_minutes", {})),
            open_per_phone=booking.get("open_per_phone", 2),
            minimum_age=booking.get("minimum_age", 18),
        ),
        waitlist=Waitlist(**data.get("waitlist") or {}),
        messages=_messages(data.get("messages") or {}),
        facts=Facts(
            treats=tuple(facts.get("treats") or ()),
            device=facts.get("device"),
            insurers=tuple(facts.get("insurers") or ()),
            billing_phone=facts.get("billing_phone"),
            prices=MappingProxyType(dict(facts.get("prices") or {})),
            referral_needed=facts.get("referral_needed"),
            cancellation_policy=facts.get("cancellation_policy"),
            companion=facts.get("companion"),
            bring=facts.get("bring"),
            privacy_url=facts.get("privacy_url"),
        ),
    )
