"""What the talks of the last days tell a clinic: `python -m gateway.report [--days 30] [--json]`.

    contained     talks that needed no person: no call-back asked for, no staff alert, no apology, not left without an answer
    outcomes      what was booked, moved, cancelled … in them
    time to book  from the first message to the confirmation, in seconds and in messages
    steps         each question the assistant asks: in how many talks it came up, how many of them ended there
    unanswered    messages that found no answer, alike ones together: the list of what to write next

Read where the talks are kept, by staff who may read them. The patients' words go to the terminal only, with digits masked.
Exit status: 0 done, 1 the database cannot be read or a setting is wrong.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from clinic import clock
from clinic.config import ClinicError, load
from clinic.settings import SettingsError
from gateway.database import READ, make_engine
from gateway.retention import database_url
from gateway.schema import conversations, events, inbox, staff_alerts

DAY = 86400.0
NO_ANSWER = ("fallback", "out_of_scope", "did_you_mean")
ALIKE = 0.5  # Jaccard overlap of the telling words from which two messages count as one question
SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "get",
        "had",
        "has",
        "have",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "its",
        "me",
        "my",
        "of",
        "on",
        "or",
        "should",
        "so",
        "that",
        "the",
        "their",
        "them",
        "there",
        "they",
        "this",
        "to",
        "was",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "al",
        "como",
        "con",
        "cual",
        "cuando",
        "de",
        "del",
        "donde",
        "el",
        "ella",
        "en",
        "es",
        "esa",
        "ese",
        "eso",
        "esta",
        "este",
        "esto",
        "hay",
        "la",
        "las",
        "le",
        "lo",
        "los",
        "me",
        "mi",
        "mis",
        "para",
        "pero",
        "por",
        "puede",
        "puedo",
        "que",
        "quien",
        "se",
        "si",
        "sin",
        "son",
        "su",
        "sus",
        "te",
        "tengo",
        "tiene",
        "un",
        "una",
        "y",
    ]
)


@dataclass
class Group:
    """Messages alike: how many, and up to three of them, digits masked."""

    count: int
    examples: list[str]


@dataclass
class Step:
    """A question of ours: in how many talks it was asked, and in how many the patient said nothing after it."""

    asked: int = 0
    left: int = 0


@dataclass
class Report:
    """See the module. Seconds are medians; None when nothing was booked."""

    days: int
    talks: dict[str, int] = field(default_factory=dict)
    contained: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    seconds_to_book: float | None = None
    messages_to_book: float | None = None
    steps: dict[str, Step] = field(default_factory=dict)
    topics: dict[str, int] = field(default_factory=dict)
    unanswered: list[Group] = field(default_factory=list)

    @property
    def containment(self) -> float | None:
        """Share of talks that needed no person, 0 to 1; None without talks."""
        total = sum(self.talks.values())
        return self.contained / total if total else None


@dataclass
class _Talk:
    channel: str
    events: list[dict[str, Any]] = field(default_factory=list)
    handed_over: bool = False
    topics: list[str | None] = field(default_factory=list)


def make(engine: Engine, days: int) -> Report:
    """The report on the talks that were last active in the past `days`."""
    with engine.connect().execution_options(**READ) as connection, connection.begin():
        talks, unanswered, topics = _read(connection, clock.timestamp() - days * DAY)
    report = Report(days, talks=dict(Counter(talk.channel for talk in talks)), topics=dict(topics.most_common(15)))
    outcomes: Counter[str] = Counter()
    times: list[tuple[float, int]] = []
    steps: dict[str, Step] = defaultdict(Step)
    for talk in talks:
        kinds = [event["outcome"]["kind"] for event in talk.events if event.get("outcome")]
        outcomes.update(kinds)
        open_end = bool(talk.topics) and talk.topics[-1] in NO_ANSWER
        report.contained += not (talk.handed_over or open_end or "requested" in kinds)
        if (booked := _time_to_book(talk)) is not None:
            times.append(booked)
        _count_steps(talk, steps)
    report.outcomes = dict(outcomes.most_common())
    if times:
        report.seconds_to_book = statistics.median(seconds for seconds, _ in times)
        report.messages_to_book = statistics.median(count for _, count in times)
    report.steps = dict(sorted(steps.items(), key=lambda item: -item[1].left))
    report.unanswered = grouped(unanswered)
    return report


def grouped(texts: Iterable[str]) -> list[Group]:
    """Put messages together whose telling words overlap, the most frequent group first."""
    groups: list[tuple[frozenset[str], list[str]]] = []
    for text in texts:
        telling = _telling(text)
        if not telling:
            continue
        best = max(groups, key=lambda one: _overlap(one[0], telling), default=None)
        if best is not None and _overlap(best[0], telling) >= ALIKE:
            best[1].append(text)
        else:
            groups.append((telling, [text]))
    groups.sort(key=lambda one: -len(one[1]))
    return [Group(len(said), list(dict.fromkeys(map(_masked, said)))[:3]) for _, said in groups]


def _read(connection: Connection, since: float) -> tuple[list[_Talk], list[str], Counter[str]]:
    wanted = select(conversations.c.id).where(conversations.c.seen_at >= since, conversations.c.last_seq > 0)
    talks = {
        row.id: _Talk(row.channel)
        for row in connection.execute(
            select(conversations.c.id, conversations.c.channel).where(
                conversations.c.seen_at >= since, conversations.c.last_seq > 0
            )
        )
    }
    rows = select(events).where(events.c.conversation.in_(wanted)).order_by(events.c.conversation, events.c.seq)
    for row in connection.execute(rows):
        talks[row.conversation].events.append(json.loads(row.body))
    alerts = select(staff_alerts.c.conversation).where(staff_alerts.c.conversation.in_(wanted))
    for conversation in connection.execute(alerts).scalars():
        talks[conversation].handed_over = True
    unanswered, topics = [], Counter[str]()
    for row in connection.execute(select(inbox).where(inbox.c.conversation.in_(wanted)).order_by(inbox.c.position)):
        talk = talks[row.conversation]
        talk.topics.append(row.topic)
        talk.handed_over |= row.apologised
        if row.topic in NO_ANSWER and row.text:
            unanswered.append(row.text)
        elif row.topic:
            topics[row.topic] += 1
    return list(talks.values()), unanswered, topics


def _time_to_book(talk: _Talk) -> tuple[float, int] | None:
    first: datetime | None = None
    messages = 0
    for event in talk.events:
        if event["type"] == "user":
            messages += 1
            first = first or datetime.fromisoformat(event["time"])
        elif first and (event.get("outcome") or {}).get("kind") == "booked":
            return (datetime.fromisoformat(event["time"]) - first).total_seconds(), messages
    return None


def _count_steps(talk: _Talk, steps: dict[str, Step]) -> None:
    asked = [event["expects"] for event in talk.events if event.get("expects")]
    for name in set(asked):
        steps[name].asked += 1
    last = next((event for event in reversed(talk.events) if event["type"] in ("bot", "user")), None)
    if last and last["type"] == "bot" and last.get("expects"):
        steps[last["expects"]].left += 1


def _telling(text: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(r"[a-z]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))
    return frozenset(word.removesuffix("s") for word in words if word not in SMALL_WORDS)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def _masked(text: str) -> str:
    # No control characters either: a patient's text must not steer the terminal of whoever reads it.
    shown = "".join(sign if sign.isprintable() else " " for sign in re.sub(r"\d", "•", text))
    return " ".join(shown.split())[:160]


def lines(report: Report) -> list[str]:
    """The report for people."""
    total = sum(report.talks.values())
    out = [
        f"Talks of the last {report.days} days: {total}" + "".join(f", {n} {name}" for name, n in report.talks.items())
    ]
    if report.containment is None:
        return out
    out.append(f"Needed no person: {report.contained} ({report.containment:.0%})")
    out.append(
        "Done: " + (", ".join(f"{n} {kind}" for kind, n in report.outcomes.items()) or "nothing was booked or changed")
    )
    if report.seconds_to_book is not None:
        out.append(
            f"Time to book: {report.seconds_to_book / 60:.1f} minutes, {report.messages_to_book:.0f} messages (medians)"
        )
    out += ["", "Where talks end, by the question that stood open:"]
    out += [f"  {name:15} {step.left:5} of {step.asked} that reached it" for name, step in report.steps.items()]
    out += ["", "Asked most:", *(f"  {n:5}  {topic}" for topic, n in report.topics.items())]
    out += ["", "Without an answer, alike ones together:"]
    for group in report.unanswered[:40]:
        out.append(f"  {group.count:5}  {group.examples[0]}")
        out += [f"         {example}" for example in group.examples[1:]]
    return out


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m gateway.report", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=30, help="how far back (default 30, as long as talks are kept)")
    parser.add_argument("--json", action="store_true", help="for programs")
    asked = parser.parse_args(arguments)
    try:
        clock.start(load().timezone)
        engine = make_engine(database_url())
        try:
            report = make(engine, asked.days)
        finally:
            engine.dispose()
    except (SettingsError, ClinicError, clock.ClockError) as error:
        print(f"report: {error}", file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        print(f"report: {type(error).__name__}: check GATEWAY_DATABASE_URL or VAR_DIR", file=sys.stderr)
        return 1
    if asked.json:
        print(json.dumps(asdict(report) | {"containment": report.containment}, ensure_ascii=False, indent=1))
    else:
        print("\n".join(lines(report)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
