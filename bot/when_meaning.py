"""What a whole message wants: the groups of its clauses joined, the old appointment told apart, exclusions taken out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bot.when_calendar import Calendar, Dates, days, following
from bot.when_clauses import clauses
from bot.when_clocks import MIDNIGHT
from bot.when_groups import WHOLE, Group, Span, groups
from bot.when_items import Item, items

Piece = tuple["date | None", int, int]


@dataclass
class Meaning:
    """`wanted` and `old`: pieces (a date or None, first minute, last minute). The items are kept for series and problems."""

    wanted: list[Piece] = field(default_factory=list)
    old: list[Piece] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)


def meaning(text: str, calendar: Calendar) -> Meaning:
    """`text` is canonical and masked."""
    wanted: list[Group] = []
    old: list[Group] = []
    ruled_out: list[Group] = []
    cannot: list[tuple[Group, str, int]] = []
    busy: list[Item] = []
    found = Meaning()
    for clause in clauses(text):
        its = items(clause, calendar)
        found.items += [i for i in its if i.role == "new" and not i.negative]
        found.impossible += [i.day.impossible for i in its if i.day and i.day.impossible and i.role not in {"past"}]
        for role in ("old", "come", "cannot", "away", "new", "busy"):
            mine = [i for i in its if i.role == role and not i.negative]
            if not mine:
                continue
            if role == "busy":
                busy += mine
            elif role in {"come", "cannot", "away"}:
                always = any(i.day and i.day.every for i in mine)
                cannot += [(g, role, len(wanted) or always) for g in groups(_named(mine), calendar)]
            elif role == "old":
                old += groups(mine, calendar)
            else:
                wanted = _joined(wanted, groups(mine, calendar), calendar)
        ruled_out += groups([i for i in its if i.negative and i.role not in {"past"}], calendar)
    wanted, old = _borrowed(
        wanted, old, [g for g, _, _ in cannot] + groups([i for i in busy if i.day], calendar), calendar
    )
    for group, role, before in cannot:
        every = _repeated(group, calendar)
        if wanted and (
            group.dates is None or ((before or role == "away") and _covers(wanted, every) and _wider(wanted, group))
        ):
            ruled_out.append(every)
        elif group.dates is not None and role != "away" and (role == "come" or wanted):
            old.append(group)
        elif not wanted and group.dates is None:
            ruled_out.append(group)
    if not wanted and not old:
        wanted = _around(busy) + [
            Group(calendar.ahead(max(g.dates) + timedelta(days=1)), None, period=True)
            for g, role, _ in cannot
            if role == "away" and g.dates and g.period and calendar.today in g.dates
        ]
    if ruled_out and (not wanted or all(g.dates is None and g.loose for g in wanted)):
        wanted = _rest(wanted, ruled_out, calendar)
    if old and not wanted:
        wanted = _later(text, old)
    found.wanted = _without(_pieces(wanted), ruled_out)
    found.old = _pieces(old)
    return found


_BY_SO_MUCH = re.compile(
    r"\b(?:(back|out|off|later|up|earlier|sooner) (?:by )?(a|an|\d{1,2}|a couple of) (day|week|hour|month)s?"
    r"|(a|an|\d{1,2}|a couple of) (day|week|hour|month)s? (later|after|earlier|sooner|before|back|up))\b(?! (?:from|of)\b)"
)


def _later(text: str, old: Sequence[Group]) -> list[Group]:
    """ "push the 8th back a week", "an hour earlier": as far from the old time."""
    m = _BY_SO_MUCH.search(text)
    if not m or len(old) != 1 or not old[0].dates or m[3] == "month" or m[5] == "month":
        return []
    count, unit, way = m[2] or m[4], m[3] or m[5], m[1] or m[6]
    sign = -1 if way in {"up", "earlier", "sooner", "before"} else 1
    amount = sign * (int(count) if count.isdigit() else 2 if "couple" in count else 1)
    if unit != "hour":
        step = timedelta(days=amount * (7 if unit == "week" else 1))
        return [replace(old[0], dates=frozenset(d + step for d in old[0].dates), loose=frozenset())]
    if not old[0].spans:
        return []
    spans = tuple((a + 60 * amount, b + 60 * amount) for a, b in old[0].spans)
    return [replace(old[0], spans=spans)] if all(0 <= a < b <= MIDNIGHT for a, b in spans) else []


def _named(mine: list[Item]) -> list[Item]:
    """Marked as ruled out, so that a bare weekday means every such day."""
    return [replace(i, negative=False) for i in mine]


def _joined(before: list[Group], more: list[Group], calendar: Calendar) -> list[Group]:
    """Groups of a later clause beside those of earlier ones: "any day next week. mornings are best."."""
    for group in more:
        if group.dates is None and not group.asks - {"time"} and before:
            bare = [g for g in before if g.spans is None and g.until is None]
            if bare:
                before = [replace(g, spans=group.spans, asks=g.asks | group.asks) if g in bare else g for g in before]
                continue
            before = [*before[:-1], replace(before[-1], spans=(before[-1].spans or ()) + (group.spans or ()))]
            continue
        if (
            group.loose
            and not group.period
            and before
            and before[-1].period
            and before[-1].dates
            and group.dates is not None
        ):
            inside = frozenset(d for d in before[-1].dates if d.weekday() in group.loose)
            if inside:
                before = [*before[:-1], replace(group, dates=inside, spans=group.spans or before[-1].spans)]
                continue
        if group.period and group.dates and before and before[-1].loose and not before[-1].period:
            inside = frozenset(d for d in group.dates if d.weekday() in before[-1].loose)
            if inside:
                before = [
                    *before[:-1],
                    replace(before[-1], dates=inside, spans=before[-1].spans or group.spans, period=True),
                ]
                continue
        if _narrower(group, before[-1:]) or _day_of(group, before[-1:]):
            before = [*before[:-1], replace(group, spans=group.spans or before[-1].spans)]
            continue
        if before and before[-1].dates is None and before[-1].spans and group.dates is not None and group.spans is None:
            before = [*before[:-1], replace(group, spans=before[-1].spans)]
            continue
        before = [*before, group]
    return before


def _narrower(group: Group, before: Sequence[Group]) -> bool:
    """ "I'm off on Mondays. Next Monday at 1?": the later words say which of the earlier days, and when."""
    if not before or before[0].spans is not None or group.dates is None or group.spans is None or before[0].until:
        return False
    within = before[0].dates is not None and group.dates <= before[0].dates
    return within or (bool(before[0].loose) and {d.weekday() for d in group.dates} <= before[0].loose)


def _day_of(group: Group, before: Sequence[Group]) -> bool:
    """ "I can come on Wednesdays at 1, so Wednesday the 9th?": one date among the weekdays named before."""
    if not before or not before[0].loose or before[0].period or not before[0].spans or group.spans or group.asks:
        return False
    return (
        not group.loose and len(group.dates or ()) == 1 and {d.weekday() for d in group.dates or ()} <= before[0].loose
    )


def _borrowed(
    wanted: list[Group], old: list[Group], cannot: list[Group], calendar: Calendar
) -> tuple[list[Group], list[Group]]:
    """ "same time", "that week", and a move that names only the new time take the rest from the old appointment."""
    sources = old + cannot
    spans = next((g.spans for g in sources if g.spans), None)
    dates = next((g.dates for g in sources if g.dates), None)
    out: list[Group] = []
    for group in wanted:
        if "time" in group.asks:
            group = replace(group, spans=spans or group.spans)
        if not dates and group.asks & {"day", "week"} and out and out[-1].dates:
            last = out.pop()  # "I'm back on the 28th, any time that week": only the week is wished for
            group = replace(
                group, dates=last.dates if "day" in group.asks else following("week", max(last.dates or ()), calendar)
            )
        if "day" in group.asks and dates:
            group = replace(group, dates=dates)
        if "week" in group.asks and dates:
            monday = calendar.monday(min(dates))
            group = replace(group, dates=days(max(monday, calendar.today), monday + timedelta(days=6)))
        for part in sorted(group.asks & {"week after", "day after", "after", "before"}):
            source = dates or next((g.dates for g in reversed(out) if g.dates), None)
            group = replace(group, dates=following(part, max(source or {calendar.today}), calendar))
        timed = next((g.dates for g in cannot if g.dates and g.spans), None)
        if group.dates is None and group.spans and not old and timed and len(timed) == 1 and not group.asks - {"time"}:
            group = replace(group, dates=timed)  # "can't do 8 tomorrow, could I do 10?"
        if group.dates is None and old and dates and len(dates) == 1 and group.spans and not group.asks - {"time"}:
            group = replace(group, dates=dates)
        if group.dates is not None or group.spans or group.loose:
            out.append(group)
    return out, old


def _covers(wanted: Sequence[Group], group: Group) -> bool:
    if group.dates is None:
        return False
    return any(g.dates is not None and g.dates & group.dates for g in wanted)


def _wider(wanted: Sequence[Group], group: Group) -> bool:
    dates: set[date] = set()
    for g in wanted:
        dates |= g.dates or set()
    return bool(group.dates) and len(dates) > len(group.dates or ())


def _repeated(group: Group, calendar: Calendar) -> Group:
    """A ruled-out weekday is ruled out every week."""
    if not group.loose or group.period:
        return group
    return replace(
        group, dates=frozenset(d for d in days(calendar.today, calendar.horizon) if d.weekday() in group.loose)
    )


def _around(busy: Sequence[Item]) -> list[Group]:
    """ "I work until 5" alone: after that."""
    return [
        Group(None, ((i.clock.last, MIDNIGHT),))
        for i in busy
        if i.clock and i.clock.kind == "before" and i.clock.last < MIDNIGHT
    ][:1]


def _rest(wanted: list[Group], ruled_out: Sequence[Group], calendar: Calendar) -> list[Group]:
    """Only exclusions: "no mornings" leaves the rest of any day, "any day but wednesday" the next days of the week."""
    if any(g.dates is not None for g in ruled_out):
        if not wanted:
            return []
        spans = next((g.spans for g in wanted if g.spans), None)
        return [Group(frozenset(calendar.weekday(w) for w in range(7)), spans)]
    return wanted or [Group(None, None)]


def _pieces(found: Sequence[Group]) -> list[Piece]:
    dated = any(g.dates is not None for g in found)
    out: list[Piece] = []
    for group in found:
        spans: Sequence[Span] = group.spans or (WHOLE,)
        if group.dates is None:
            if not dated and (group.spans or not group.loose):
                out += [(None, *span) for span in spans if not _night(span)]
            continue
        for day in sorted(group.dates):
            if group.until and day == group.until[0]:
                out.append((day, 0, group.until[1]))
            else:
                out += [(day, *span) for span in spans]
    return out


def _night(span: Span) -> bool:
    """ "I wake up at 3 am": no time of day that a clinic is asked for."""
    return span[1] - span[0] == 1 and not 300 <= span[0] < 1320


def _without(pieces: list[Piece], ruled_out: Sequence[Group]) -> list[Piece]:
    for group in ruled_out:
        less = [rest for piece in pieces for rest in _less(piece, group)]
        pieces = less or pieces
    return pieces


def _less(piece: Piece, group: Group) -> list[Piece]:
    day, first, last = piece
    if group.dates is not None and (day is None or day not in group.dates):
        return [piece]
    kept = [(first, last)]
    for low, high in group.spans or (WHOLE,):
        if low < MIDNIGHT and high - low < MIDNIGHT and (low, high) == (360, 720):
            low = 0  # "no mornings": not before six either
        kept = [part for a, b in kept for part in ((a, min(b, low)), (max(a, high), b)) if part[0] < part[1]]
    return [(day, a, b) for a, b in kept]


def covered(pieces: Sequence[Piece]) -> Dates:
    """The dates among the pieces."""
    return frozenset(day for day, _, _ in pieces if day is not None)
