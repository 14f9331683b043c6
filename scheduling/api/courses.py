"""Whole courses over HTTP: for verified people, within what staff authorised; completely or not at all."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter

from scheduling import course, sentences
from scheduling.api import course_bodies as bodies
from scheduling.api.asked import AnyId, Key, TheCaller, TheOffice, content
from scheduling.course_plan import Wish
from scheduling.idempotency import Request

router = APIRouter(tags=["courses"])


@router.post("/courses:plan", response_model=bodies.PlanBody)
def plan(office: TheOffice, caller: TheCaller, asked: bodies.PlanAsked) -> dict[str, Any]:
    """A proposal without conflicts: the sessions, and which days were skipped and why. Nothing is booked."""
    wish = Wish(
        asked.count,
        asked.per_week,
        _date(asked.start),
        tuple(asked.weekdays),
        _minutes(asked.earliest, asked.latest),
        tuple((_date(one.first), _date(one.last)) for one in asked.away),
        asked.max_gap_days,
    )
    return course.plan(office, caller, asked.service, asked.location, wish)


@router.post("/courses", response_model=bodies.CourseBody, response_model_exclude_none=True, status_code=201)
def book(office: TheOffice, caller: TheCaller, asked: bodies.BookCourseAsked, key: Key = None) -> dict[str, Any]:
    """Book every session of a plan, or none."""
    return course.book(office, caller, asked.plan_id, Request(key, "book_course", content(asked)))


@router.get("/courses", response_model=bodies.Courses, response_model_exclude_none=True)
def list_courses(office: TheOffice, caller: TheCaller) -> dict[str, Any]:
    """A verified person's courses."""
    return {"courses": course.list_mine(office, caller)}


@router.get("/courses/{course_id}", response_model=bodies.CourseBody, response_model_exclude_none=True)
def read(office: TheOffice, caller: TheCaller, course_id: AnyId) -> dict[str, Any]:
    """One course with all its sessions."""
    return course.read(office, caller, course_id)


@router.post("/courses/{course_id}:extend", response_model=bodies.CourseBody, response_model_exclude_none=True)
def extend(
    office: TheOffice, caller: TheCaller, course_id: AnyId, asked: bodies.ExtendAsked, key: Key = None
) -> dict[str, Any]:
    """More sessions after the last one, in the course's own rhythm."""
    request = Request(key, f"extend {course_id}", content(asked))
    return course.extend(office, caller, course_id, asked.count, request)


@router.post("/courses/{course_id}:make_up", response_model=bodies.CourseBody, response_model_exclude_none=True)
def make_up(office: TheOffice, caller: TheCaller, course_id: AnyId, key: Key = None) -> dict[str, Any]:
    """One session at the end for one that was missed or called off."""
    return course.make_up(office, caller, course_id, Request(key, f"make_up {course_id}", {}))


@router.post("/courses/{course_id}:shift", response_model=bodies.CourseBody, response_model_exclude_none=True)
def shift(
    office: TheOffice, caller: TheCaller, course_id: AnyId, asked: bodies.ShiftAsked, key: Key = None
) -> dict[str, Any]:
    """Move part of a course ("everything after the 10th to afternoons"). With dry_run only a proposal."""
    until = _date(asked.until) if asked.until else None
    wanted = course.Shift(_date(asked.after), until, _minutes(asked.earliest, asked.latest), tuple(asked.weekdays))
    request = Request(key, f"shift {course_id}", content(asked))
    return course.shift(office, caller, course_id, wanted, asked.dry_run, request)


@router.post("/courses/{course_id}:cancel_rest", response_model=bodies.CourseBody, response_model_exclude_none=True)
def cancel_rest(office: TheOffice, caller: TheCaller, course_id: AnyId, key: Key = None) -> dict[str, Any]:
    """Call off what is to come; `kept` are sessions too close to now."""
    return course.cancel_rest(office, caller, course_id, Request(key, f"cancel_rest {course_id}", {}))


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise sentences.invalid_request("That date does not exist.") from error
    if not 1971 <= found.year <= 2500:
        raise sentences.invalid_request("That date is too far away.")
    return found


def _minutes(earliest: str, latest: str) -> tuple[int, int]:
    low, high = (int(text[:2]) * 60 + int(text[3:]) for text in (earliest, latest))
    if low >= high:
        raise sentences.invalid_request("The latest time must be after the earliest.")
    return low, high
