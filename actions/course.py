"""A whole course of sessions: planned from a wish, shown as one summary, booked completely or not at all.

Repair of a booked course: a make-up session at the end, the rest moved to other times, or the rest called off.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from actions import course_repair, course_shift, identity, said
from actions.courses import Course as Booked
from actions.courses import Plan
from actions.problems import NoRoom, NotAuthorised, NotVerified, OutcomeUnknown, PlanExpired, SlotTaken, TooManySessions
from actions.safely import Safely
from actions.skill import Skill, opened
from actions.turn import Turn
from actions.wording import DAYS, clock_time, day, listing, place, time

COUNT = re.compile(
    r"\b(\d{1,3})\s*(?:tms |treatment |treatments?|sessions?|visits?|appointments?|sesiones|citas)", re.I
)
NUMBER = re.compile(r"\b(\d{1,3})\b")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PARTS = {"06:00-12:00": ("06:00", "12:00"), "12:00-17:00": ("12:00", "17:00"), "any": ("00:00", "24:00")}
MOST = 120


class Course(Skill):
    """asked: name … code, location, hours, plan_yes, repair, and the questions of `course_repair`. `draft.plan` is the wish."""

    slug = "course"
    own_topics = ("book", "availability", "reschedule", "cancel", "missed_sessions", "course_schedule")

    async def begin(self, turn: Turn) -> None:
        await self._open(turn, {})

    async def mend(self, turn: Turn) -> None:
        """Several sessions are to be moved. Who has no course booked moves a single visit."""
        await self._open(turn, {"mend": True})

    async def _open(self, turn: Turn, plan: dict[str, Any]) -> None:
        draft = opened(turn, self.slug)
        draft.plan = plan
        if course_shift.SEVERAL.search(turn.said.text) and (wanted := course_shift.wish(turn.said.when, turn)):
            draft.plan["shift"] = wanted
        await identity.use(turn)
        self._take_wish(turn)
        await self.proceed(turn)

    async def go_on(self, turn: Turn) -> bool:
        draft, choice = turn.open_draft, turn.said.choice
        if choice == "stop":
            await self.stop(turn)
            return True
        if draft.asked in identity.STEPS:
            if not await identity.use(turn):
                return False
            if turn.draft is draft and not turn.asked:
                await self.proceed(turn)
            return True
        if draft.asked.startswith("repair"):
            return await course_repair.use(turn)
        if choice:
            await self._chosen(turn, choice)
            return True
        if draft.asked == "plan_yes" and said.yes(turn.said.text):
            await self._book(turn)
            return True
        if draft.asked == "plan_yes" and said.no(turn.said.text):
            self._ask_hours(turn)
            return True
        if self._take_wish(turn):
            await self.proceed(turn)
            return True
        return False

    async def _chosen(self, turn: Turn, choice: str) -> None:
        draft = turn.open_draft
        kind, _, value = choice.partition(":")
        wish = self._wish(turn)
        if choice == "yes" and draft.asked == "plan_yes":
            await self._book(turn)
        elif choice == "no":
            self._ask_hours(turn)
        elif kind == "place" and value in [one.id for one in turn.clinic.locations]:
            draft.location = value
            await self.proceed(turn)
        elif choice.startswith("hours:") and choice[6:] in PARTS:
            wish["earliest"], wish["latest"] = PARTS[choice[6:]]
            await self.proceed(turn)
        else:
            await self.proceed(turn)

    # ---- the wish -----------------------------------------------------------------------------------------------------

    @staticmethod
    def _wish(turn: Turn) -> dict[str, Any]:
        draft = turn.open_draft
        draft.plan = draft.plan if draft.plan is not None else {}
        return draft.plan

    def _take_wish(self, turn: Turn) -> bool:
        """Count, weekdays, time of day, first day and place, as far as the message names them."""
        draft, heard, wish = turn.open_draft, turn.said.when, self._wish(turn)
        used = False
        if match := COUNT.search(turn.said.text) or (
            NUMBER.fullmatch(turn.said.text.strip()) if draft.asked == "count" else None
        ):
            wish["count"], used = max(1, min(int(match[1]), MOST)), True
        if turn.said.location:
            draft.location, used = turn.said.location, True
        series = heard.series or {}
        if days := [name for name in series.get("weekdays") or () if name in WEEK]:
            wish["weekdays"], wish["per_week"], used = days, len(days), True
        if series.get("start"):
            wish["start"] = str(series["start"])[:10]
        if series.get("time"):
            wish["earliest"], wish["latest"] = course_shift.around(str(series["time"]), turn)
            used = True
        for start, end in heard.windows[:1]:
            if start.startswith("T"):
                exact = heard.exact
                wish["earliest"], wish["latest"] = (
                    course_shift.around(start[1:], turn) if exact else (start[1:], end[1:])
                )
                used = True
            elif not series:
                wish["start"], used = start[:10], True
        if draft.asked == "place" and (number := said.number(turn.said.text, len(turn.clinic.locations))):
            draft.location, used = turn.clinic.locations[number - 1].id, True
        return used

    async def proceed(self, turn: Turn) -> None:
        draft = turn.open_draft
        if not await identity.ensure(turn):
            return
        wish = self._wish(turn)
        if not wish.get("looked"):
            wish["looked"] = True
            try:
                open_courses = [
                    one for one in await turn.call(turn.desk.backend.courses, turn.token or "") if one.upcoming
                ]
            except NotVerified:
                turn.verified = None
                await identity.ensure(turn)
                return
            if open_courses:
                await course_repair.begin(turn, open_courses[0])
                return
            if wish.get("mend"):
                from actions.reschedule import Reschedule

                await Reschedule().instead(turn)
                return
        if draft.location is None and len(turn.clinic.locations) > 1:
            draft.asked = "place"
            choices = [turn.choice(one.name, f"place:{one.id}") for one in turn.clinic.locations]
            turn.ask("ask_course_place", "choice", choices)
        elif "earliest" not in wish:
            self._ask_hours(turn)
        else:
            await self._propose(turn)

    async def ask(self, turn: Turn) -> None:
        if turn.open_draft.asked.startswith("repair"):
            course_repair.ask(turn)
        else:
            await self.proceed(turn)

    def _ask_hours(self, turn: Turn) -> None:
        turn.open_draft.asked = "hours"
        choices = [
            turn.button("when_mornings", "hours:06:00-12:00"),
            turn.button("when_afternoons", "hours:12:00-17:00"),
            turn.button("any_time", "hours:any"),
        ]
        turn.ask("ask_course_hours", "time", choices)

    # ---- the plan -----------------------------------------------------------------------------------------------------

    async def _propose(self, turn: Turn) -> None:
        """Have the service plan; when fewer sessions are approved, or fit, say so and plan or ask again."""
        draft, wish = turn.open_draft, self._wish(turn)
        service = next(kind.id for kind in turn.clinic.visit_types if kind.course)
        location = draft.location or turn.clinic.locations[0].id
        asked = {key: wish[key] for key in ("per_week", "weekdays", "earliest", "latest", "away") if wish.get(key)}
        start = wish.get("start") or (turn.today() + timedelta(days=1)).isoformat()
        count = wish.get("count") or MOST
        for _ in range(2):
            try:
                plan = await turn.call(
                    turn.desk.backend.plan, service, location, count, start, turn.token or "", **asked
                )
                break
            except TooManySessions as error:
                left = int(error.more.get("left") or 0)
                if left < 1:
                    self._to_staff(turn, "course_none_left")
                    return
                if wish.get("count"):
                    turn.say("course_left", left=left)
                count = left
            except NotAuthorised:
                self._to_staff(turn, "course_not_approved")
                return
            except NoRoom as error:
                turn.say(
                    "course_no_room", possible=error.more.get("possible", 0), wanted=error.more.get("wanted", count)
                )
                self._ask_hours(turn)
                return
        else:
            self._to_staff(turn, "course_not_approved")
            return
        wish["plan_id"] = plan.plan_id
        self._show(turn, plan, location)

    def _to_staff(self, turn: Turn, key: str) -> None:
        turn.finish()
        turn.say(key)
        turn.close([turn.link("to_human", "/human")])

    def _show(self, turn: Turn, plan: Plan, location: str) -> None:
        """The plan in a few lines: how many, from when to when, on which days and hours, and which days are left out."""
        draft = turn.open_draft
        draft.asked = "plan_yes"
        first, last = plan.sessions[0], plan.sessions[-1]
        turn.say(
            "course_plan",
            count=len(plan.sessions),
            first=day(first.day, turn.language, turn.today()),
            last=day(last.day, turn.language, turn.today()),
            days=weekdays(plan, turn.language),
            hours=hours(plan, turn.language),
            place=place(location, turn.clinic),
        )
        if plan.skipped:
            dates = [day(date.fromisoformat(one), turn.language, turn.today(), short=True) for one, _ in plan.skipped]
            shown = dates[: 3 if turn.channel == "sms" else 8]
            turn.say("course_skipped", dates=listing(shown, turn.language) + (" …" if len(dates) > len(shown) else ""))
        choices = [turn.button("yes_course", "yes"), turn.button("other_hours", "no"), turn.button("dont_book", "stop")]
        turn.ask("shall_i_book_course", "yes_no", choices, count=len(plan.sessions))

    async def try_again(self, turn: Turn) -> bool:
        if turn.open_draft.asked != "plan_yes":
            return False
        await self._book(turn)
        return True

    async def find_out(self, turn: Turn) -> bool:
        """Before the plan there was no open course: one that is there now is the one whose answer was lost."""
        if turn.open_draft.asked != "plan_yes" or not turn.token:
            return False
        found = [one for one in await turn.call(turn.desk.backend.courses, turn.token) if one.upcoming]
        if not found:
            return False
        turn.say("went_through")
        told(turn, found[0])
        return True

    async def _book(self, turn: Turn) -> None:
        wish = self._wish(turn)
        plan_id = str(wish.get("plan_id") or "")
        # One plan is one booking, however often the yes is said or sent.
        key = f"course:{plan_id[-60:]}"
        try:
            booked = await turn.change(key, turn.desk.backend.book_course, plan_id, key, turn.token or "")
        except (PlanExpired, SlotTaken):
            turn.say("course_changed")
            await self._propose(turn)
            return
        except NotAuthorised:
            self._to_staff(turn, "course_not_approved")
            return
        except NotVerified:
            turn.verified = None
            await identity.ensure(turn)
            return
        if not booked.upcoming:
            raise OutcomeUnknown("the answer is not what was asked for")
        told(turn, booked)


def told(turn: Turn, booked: Booked) -> None:
    """Say that a course is booked, and close the task."""
    first, last = booked.upcoming[0], booked.upcoming[-1]
    turn.unsure = None
    turn.finish()
    turn.say(
        "course_booked",
        count=len(booked.upcoming),
        first=day(first.begins.date(), turn.language, turn.today()),
        time=time(first.begins, turn.language),
        last=day(last.begins.date(), turn.language, turn.today()),
        place=place(booked.location, turn.clinic),
    )
    turn.say("after_booking")
    turn.close(outcome=outcome("booked", booked, turn))


def outcome(kind: str, booked: Booked, turn: Turn) -> dict[str, object]:
    """The Reply's outcome of a course: start of its first, end of its last session, and all of them."""
    sessions = booked.upcoming
    found: dict[str, object] = {
        "kind": kind,
        "location": place(booked.location, turn.clinic),
        "sessions": [{"start": one.start, "end": one.end} for one in sessions],
    }
    if sessions:
        found |= {"start": sessions[0].start, "end": sessions[-1].end, "tz": sessions[0].tz}
    if booked.calendar:
        found["calendar_url"] = f"/calendar/{booked.calendar}"
    return found


def weekdays(plan: Plan, language: str) -> str:
    """ "Mon, Wed and Fri"."""
    seen = sorted({slot.day.weekday() for slot in plan.sessions})
    return listing([DAYS[language][index][:3] for index in seen], language)


def hours(plan: Plan, language: str) -> str:
    """ "9:00 am" when all start alike, else "9:00 am to 9:40 am"."""
    starts = sorted({(slot.begins.hour, slot.begins.minute, slot.start) for slot in plan.sessions})
    low = clock_time(starts[0][2], plan.sessions[0].tz, language)
    high = clock_time(starts[-1][2], plan.sessions[0].tz, language)
    return low if low == high else f"{low} - {high}"


class ActionCourse(Safely):
    """Opens the planning or the repair of a course."""

    def name(self) -> str:
        return "action_course"

    async def respond(self, turn: Turn) -> None:
        await Course().begin(turn)
