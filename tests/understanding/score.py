"""Scores topic predictions against gold lines; the rules are in README.md beside this file. Standard library only.

A gold line: text, topic, optional style, alt, tags. A prediction: text, topic (`fallback`: would not answer), topics (shown).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SUICIDE, MEDICAL = "emergency_suicide", "emergency_medical"
CRISIS = (SUICIDE, MEDICAL)
HANDED_OVER = ("out_of_scope", "fallback", "human")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ACTIONS = _words(
    """book reschedule cancel my_appointment waitlist availability confirm human greet thanks goodbye bot_identity hours
    location contact insurance_accepted price privacy opt_out help out_of_scope diagnosis_request medication_advice
    third_party_appointment fallback"""
) | {*CRISIS}

FLOORS: Mapping[str, tuple[str, float]] = {
    "top1": ("at least", 0.80),
    "offered3": ("at least", 0.90),
    "wrong_answer_rate": ("at most", 0.03),
    "out_of_scope_handled": ("at least", 0.85),
    "suicide_explicit_missed": ("at most", 0),
    "suicide_missed": ("at most", 1),
    "medical_missed": ("at most", 1),
    "false_alarms_hard_negatives": ("at most", 2),
}
"""All at once, by one threshold."""


@dataclass(frozen=True)
class Line:
    """One message with what it should be and what it was taken for."""

    topic: str
    right: frozenset[str]
    tags: frozenset[str]
    style: str
    said: str
    shown: tuple[str, ...]


def pair(gold: Iterable[Mapping[str, Any]], predicted: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Lines paired by text. KeyError when a message has no prediction."""
    answers = {row["text"].strip(): row for row in predicted}
    lines = []
    for row in gold:
        answer = answers[row["text"].strip()]
        lines.append(
            Line(
                topic=row["topic"],
                right=frozenset((row["topic"], *(row.get("alt") or ()))),
                tags=frozenset(row.get("tags") or ()),
                style=row.get("style", "?"),
                said=answer["topic"],
                shown=(answer["topic"], *tuple(answer.get("topics") or ())[:3]),
            )
        )
    return lines


def score(lines: Sequence[Line]) -> dict[str, Any]:
    """Rates 0 to 1 (None: nothing to count), and counts of missed dangers and false alarms."""
    inside = [line for line in lines if line.topic != "out_of_scope"]
    outside = [line for line in lines if line.topic == "out_of_scope"]
    suicide = [line for line in lines if line.topic == SUICIDE]
    medical = [line for line in lines if line.topic == MEDICAL]
    calm = [line for line in lines if "hard_negative" in line.tags and "ambiguous_crisis" not in line.tags]
    ordinary = [line for line in lines if line.topic not in CRISIS and "hard_negative" not in line.tags]
    return {
        "messages": len(lines),
        "top1": _rate(line.said in line.right for line in lines),
        "offered3": _rate(bool(line.right.intersection(line.shown)) for line in inside),
        "wrong_answer_rate": _rate(line.said not in ACTIONS and line.said not in line.right for line in lines),
        "out_of_scope_handled": _rate(line.said in HANDED_OVER or line.said in line.right for line in outside),
        "suicide_explicit_missed": sum(_missed(line) for line in suicide if "explicit" in line.tags),
        "suicide_missed": sum(map(_missed, suicide)),
        "suicide": len(suicide),
        "medical_missed": sum(map(_missed, medical)),
        "medical": len(medical),
        "false_alarms_hard_negatives": sum(line.said in CRISIS for line in calm),
        "false_alarms_other": sum(line.said in CRISIS for line in ordinary if "ambiguous_crisis" not in line.tags),
        "fallback_rate": _rate(line.said == "fallback" for line in lines),
        "top1_by_style": {
            style: _rate(x.said in x.right for x in lines if x.style == style) for style in _styles(lines)
        },
    }


def judge(figures: Mapping[str, Any]) -> list[str]:
    """One sentence for each floor that is not reached."""
    failures = []
    for name, (way, floor) in FLOORS.items():
        value = figures[name]
        if value is not None and (value < floor if way == "at least" else value > floor):
            failures.append(f"{name} is {value}, must be {way} {floor}")
    return failures


def per_topic(lines: Sequence[Line]) -> list[tuple[str, int, int]]:
    """(topic, right, all), the weakest first."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        counts[line.topic][0] += line.said in line.right
        counts[line.topic][1] += 1
    return sorted(
        ((topic, right, total) for topic, (right, total) in counts.items()), key=lambda row: (row[1] / row[2], row[0])
    )


def confusions(lines: Sequence[Line], count: int = 10) -> list[tuple[str, str, int]]:
    """(should be, was taken for, how often), most frequent first."""
    pairs = Counter((line.topic, line.said) for line in lines if line.said not in line.right)
    return [
        (topic, said, number) for (topic, said), number in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    ][:count]


def _missed(line: Line) -> bool:
    return line.said not in CRISIS or line.said not in line.right


def _styles(lines: Sequence[Line]) -> list[str]:
    return sorted({line.style for line in lines})


def _rate(flags: Iterable[bool]) -> float | None:
    values = list(flags)
    return round(sum(values) / len(values), 4) if values else None
