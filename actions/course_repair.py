"""Repair of a booked course: one session made up, the rest moved to another time of day, or the rest called off."""

from __future__ import annotations

from datetime import date, timedelta

from actions import course_shift, said
from actions.courses import Course
from actions.problems import NoRoom, NotAuthorised, NothingToDo, StaffDecide
from actions.turn import Turn
from actions.wording import day, listing, time

CHOICES = ("make_up", "shift", "rest")


async def begin(turn: Turn, course: Course) -> None:
    """Show the course, and what can be done about it."""
    draft = turn.open_draft
    wanted = (draft.plan or {}).get("shift")
    draft.plan = {"course_id": course.course_id, "looked": True, "count": len(course.upcoming)}
    first = course.upcoming[0]
    draft.plan["next"] = f"{day(first.begins.date(), turn.language, turn.today())}, {time(first.begins, turn.language)}"
    if wanted:
        await _shift(turn, wanted)
    else:
        ask(turn)


def ask(turn: Turn) -> None:
    """The open question of the repair."""
    draft = turn.open_draft
    plan = draft.plan or {}
    if draft.asked == "repair_hours":
        choices = [
            turn.button("when_mornings", "shift:06:00-12:00"),
            turn.button("when_afternoons", "shift:12:00-17:00"),
        ]
        turn.ask("ask_shift_hours", "time", choices)
        return
    if draft.asked == "repair_rest_yes":
        turn.ask(
            "shall_i_cancel_rest",
            "yes_no",
            [turn.button("yes_cancel", "yes"), turn.button("keep_it", "no")],
            count=plan["count"],
        )
        return
    if draft.asked == "repair_shift_yes":
        choices = [turn.button("yes_move", "yes"), turn.button("keep_it", "no")]
        _say_what_stays(turn)
        turn.ask("shall_i_shift", "yes_no", choices, count=plan["moves"], example=plan["example"])
        return
    draft.asked = "repair"
    choices = [turn.button(f"course_{name}", name) for name in CHOICES]
    turn.ask("course_open", "choice", choices, count=plan["count"], next=plan["next"])


def _say_what_stays(turn: Turn) -> None:
    """The last day before the shift, and the first after it, where the patient named them."""
    wanted = (turn.open_draft.plan or {}).get("shift") or {}
    if wanted.get("after", "") > turn.today().isoformat():
        last = date.fromisoformat(wanted["after"])
        turn.say("shift_keeps_until", day=day(last, turn.language, turn.today()))
    if wanted.get("until"):
        first = date.fromisoformat(wanted["until"]) + timedelta(days=1)
        turn.say("shift_keeps_from", day=day(first, turn.language, turn.today()))


async def use(turn: Turn) -> bool:
    """Use a message for the open question of the repair."""
    draft, text = turn.open_draft, turn.said.text
    choice = turn.said.choice
    if draft.asked == "repair" and not choice:
        place = said.number(text, len(CHOICES))
        words = f" {said.plain(text)} "
        choice = CHOICES[place - 1] if place else _named(words)
        if choice is None and turn.said.when:
            choice = "shift"
    if choice in CHOICES:
        await _start(turn, choice)
    elif choice and choice.startswith("shift:"):
        earliest, _, latest = choice[6:].partition("-")
        await _shift(turn, {"earliest": earliest, "latest": latest})
    elif draft.asked in ("repair_hours", "repair_shift_yes") and (wanted := course_shift.wish(turn.said.when, turn)):
        await _shift(turn, wanted)
    elif choice == "yes" or (choice is None and said.yes(text) and draft.asked.endswith("_yes")):
        await _do(turn)
    elif choice == "no" or (choice is None and said.no(text) and draft.asked.endswith("_yes")):
        turn.finish()
        turn.say("course_kept")
        turn.close()
    elif choice:
        ask(turn)
    else:
        return False
    return True


def _named(words: str) -> str | None:
    if any(f" {one} " in words for one in ("make up", "makeup", "missed", "recuperar", "falte")):
        return "make_up"
    if any(f" {one} " in words for one in ("cancel", "stop", "cancelar", "quit")):
        return "rest"
    if any(f" {one} " in words for one in ("move", "shift", "change", "mover", "cambiar")):
        return "shift"
    return None


async def _start(turn: Turn, choice: str) -> None:
    draft = turn.open_draft
    assert draft.plan is not None
    if choice == "shift":
        await _shift(turn, course_shift.wish(turn.said.when, turn))
    elif choice == "rest":
        draft.asked = "repair_rest_yes"
        ask(turn)
    else:
        await _make_up(turn)


async def _make_up(turn: Turn) -> None:
    draft = turn.open_draft
    assert draft.plan is not None
    key = turn.key("make_up")
    try:
        done = await turn.change(key, turn.desk.backend.make_up, draft.plan["course_id"], key, turn.token or "")
    except NothingToDo:
        turn.finish()
        turn.say("course_nothing_missed")
        turn.close([turn.link("to_cancel", "/cancel")])
        return
    except (NoRoom, NotAuthorised, StaffDecide):
        _to_staff(turn)
        return
    added = done.changed or done.upcoming[-1:]
    _tell(
        turn,
        done,
        "course_made_up",
        "booked",
        [f"{day(one.begins.date(), turn.language, turn.today())}, {time(one.begins, turn.language)}" for one in added],
    )


async def _shift(turn: Turn, wanted: dict[str, str]) -> None:
    """Add what was said to the wish for a shift; ask for the time of day, or propose it."""
    draft = turn.open_draft
    assert draft.plan is not None
    wish = {"after": turn.today().isoformat(), **(draft.plan.get("shift") or {}), **wanted}
    draft.plan["shift"] = wish
    if "earliest" not in wish:
        draft.asked = "repair_hours"
        ask(turn)
    else:
        await _propose_shift(turn, wish)


async def _propose_shift(turn: Turn, wish: dict[str, str]) -> None:
    draft = turn.open_draft
    assert draft.plan is not None
    key = draft.key(turn.said.message_id, "shift")
    try:
        plan = await turn.call(turn.desk.backend.shift, draft.plan["course_id"], wish, key, turn.token or "", True)
    except NothingToDo:
        turn.say("course_nothing_to_move")
        draft.asked = "repair"
        ask(turn)
        return
    except NoRoom as error:
        turn.say("course_no_room", possible=error.more.get("possible", 0), wanted=error.more.get("wanted", 0))
        draft.asked = "repair_hours"
        ask(turn)
        return
    except StaffDecide:
        _to_staff(turn)
        return
    if not plan.changed:
        turn.say("course_nothing_to_move")
        draft.asked = "repair"
        ask(turn)
        return
    first = plan.changed[0].begins
    draft.plan["moves"] = len(plan.changed)
    draft.plan["example"] = f"{day(first.date(), turn.language, turn.today())}, {time(first, turn.language)}"
    draft.asked = "repair_shift_yes"
    ask(turn)


async def _do(turn: Turn) -> None:
    draft = turn.open_draft
    assert draft.plan is not None
    course_id = draft.plan["course_id"]
    try:
        if draft.asked == "repair_shift_yes":
            key = turn.key("shift")
            done = await turn.change(
                key, turn.desk.backend.shift, course_id, draft.plan["shift"], key, turn.token or ""
            )
            dates = [
                f"{day(one.begins.date(), turn.language, turn.today(), short=True)} {time(one.begins)}"
                for one in done.changed[:3]
            ]
            _tell(turn, done, "course_shifted", "moved", dates)
        else:
            key = turn.key("cancel_rest")
            done = await turn.change(key, turn.desk.backend.cancel_rest, course_id, key, turn.token or "")
            _tell(turn, done, "course_rest_cancelled", "cancelled", [])
    except (NoRoom, NothingToDo, StaffDecide):
        _to_staff(turn)


def _tell(turn: Turn, done: Course, key: str, kind: str, dates: list[str]) -> None:
    from actions.course import outcome

    turn.finish()
    count = done.called_off if kind == "cancelled" else len(done.changed)
    turn.say(key, count=count, dates=listing(dates, turn.language))
    turn.close(outcome=outcome(kind, done, turn))


def _to_staff(turn: Turn) -> None:
    turn.finish()
    turn.say("staff_change")
    turn.close([turn.link("to_human", "/human")])
