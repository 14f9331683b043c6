"""A talk as it stands in a YAML file, played against the real processes.

talk: a sentence that says what is claimed
channel: web | sms                  web goes through the gateway, sms through the private channel
now: 2026-11-25T09:00               the clock of all processes when the talk begins
phone: "+16125550123"               the sender's number (sms)
before: [ {…}, … ]                  steps of the same kinds as below that are not shown to the bot
turns:
  - patient: what they type         {code} stands for the last one-time code that was sent
  - press: part of a button's label
  - pick: 2                         the second of the offered times
  - clock: 2026-11-25T09:30         set the clock
  - service: stop | start | pause | resume      the scheduling process
  - taken: 2                        somebody else books the second of the offered times
with any patient, press or pick step:
    bot: pattern | [patterns]       each must be found in what the bot says (case and line breaks do not count)
    not: pattern | [patterns]       none may be found
    offers: 3                       so many times are offered now
    day: 2026-12-01                 every offered time is on this day
    buttons: [part of a label, …]   buttons that are there
    expects: name                   what the open question asks for (null: nothing is asked)
    outcome: booked                 the outcome of this turn; otherwise there must be none
holds: [ {service, start, location, status}, … ]     what the service holds at the end: exactly these visits, in order
asked: {"POST /v1/appointments": 1}                  how often the service was asked
turns_at_most: 7                                     patient turns
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.house.patient import ANSWER_SECONDS, Patient
from tests.stack import NOW, Stack

FOLDER = Path(__file__).parent
BEHAVIOURS = (
    "happy_path",
    "corrections",
    "changes_of_mind",
    "digressions",
    "wrong_identity",
    "silence_and_garbage",
    "urgent_words",
    "stop_words",
    "backend_trouble",
)
ACTS = ("patient", "press", "pick", "clock", "service", "taken", "staff")
CLAIMS = ("bot", "not", "offers", "day", "buttons", "expects", "outcome", "summary")
FALSE_CLAIM = re.compile(
    r"\b(?:you'?re booked|is booked|has been (?:booked|moved|cancell?ed)|was (?:moved|cancell?ed)\b|"
    r"reservada: |quedó (?:cambiada|cancelada))",
    re.IGNORECASE,
)


class TalkError(ValueError):
    """A talk's file is not as described in the module. The message names the file."""


@dataclass(frozen=True)
class Script:
    """One file. `name` is skill/behaviour/claim."""

    name: str
    title: str
    turns: list[dict[str, Any]]
    channel: str = "web"
    now: str = NOW
    phone: str | None = None
    before: list[dict[str, Any]] = field(default_factory=list)
    holds: list[dict[str, Any]] | None = None
    gone: int = 0
    asked: dict[str, int] = field(default_factory=dict)
    turns_at_most: int | None = None


def scripts(folder: Path = FOLDER) -> Iterator[Script]:
    """All talks, in the order of their names. Raises TalkError."""
    for file in sorted(folder.glob("*/*/*.yml")):
        name = str(file.relative_to(folder).with_suffix(""))
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        if file.parent.name not in BEHAVIOURS:
            raise TalkError(f"{name}: the folder {file.parent.name} is no behaviour")
        if not isinstance(data, dict) or "talk" not in data or "turns" not in data:
            raise TalkError(f"{name}: needs talk and turns")
        title = data.pop("talk")
        for step in data["turns"] + data.get("before", []):
            acts = [key for key in step if key in ACTS]
            unknown = set(step) - set(ACTS) - set(CLAIMS)
            if len(acts) != 1 or unknown:
                raise TalkError(f"{name}: a step has one of {ACTS} and claims; unknown here: {sorted(unknown)}")
        yield Script(
            name=name, title=title, **{key: _text(value) if key == "now" else value for key, value in data.items()}
        )


def _text(value: Any) -> str:
    """YAML reads an unquoted time as a datetime."""
    return str(value.isoformat())[:16] if hasattr(value, "isoformat") else str(value)


class Web:
    """A patient at the chat API."""

    def __init__(self, stack: Stack, script: Script) -> None:
        self._patient = Patient(stack.gateway)

    def say(self, text: str) -> list[dict[str, Any]]:
        return self._patient.say(text)

    def press(self, choice: dict[str, Any]) -> list[dict[str, Any]]:
        return self._patient.pick(choice["id"])

    def close(self) -> None:
        self._patient.http.close()


class Sms:
    """A patient who texts: the private channel with `channel: sms`."""

    def __init__(self, stack: Stack, script: Script) -> None:
        self._http = httpx.Client(
            base_url=stack.rasa,
            timeout=ANSWER_SECONDS,
            verify=False,  # plain HTTP: the certificates of all the world take 40 ms to read
            headers={"Authorization": f"Bearer {stack.tokens['BOT_TOKEN']}"},
        )
        self._conversation = str(uuid.uuid4())
        self._phone = script.phone

    def say(self, text: str) -> list[dict[str, Any]]:
        return self._turn(text=text)

    def press(self, choice: dict[str, Any]) -> list[dict[str, Any]]:
        return self._turn(payload=choice["payload"])

    def _turn(self, **what: str) -> list[dict[str, Any]]:
        body = {
            "conversation": self._conversation,
            "message_id": str(uuid.uuid4()),
            "channel": "sms",
            "metadata": {"phone": self._phone} if self._phone else {},
            **what,
        }
        answer = self._http.post("/webhooks/private/turn", json=body)
        answer.raise_for_status()
        replies: list[dict[str, Any]] = answer.json()["replies"]
        return replies

    def close(self) -> None:
        self._http.close()


def says_each_thing_once(turn: list[dict[str, Any]]) -> bool:
    """Whether the bot ends its turn: one that no rule ends says again that it did not understand, up to ten times."""
    texts = [message.get("text", "") for message in turn]
    return len(texts) == len(set(texts))


class Played:
    """A script while it runs. AssertionErrors name the step and what was said."""

    def __init__(self, stack: Stack, script: Script) -> None:
        self.stack = stack
        self.script = script
        self.patient = (Sms if script.channel == "sms" else Web)(stack, script)
        self.choices: list[dict[str, Any]] = []
        self.heard: list[str] = []
        self.patient_turns = 0

    def run(self) -> None:
        self.stack.set_clock(self.script.now)
        self._before = self.stack.open_visits()
        asked_before = len(self.stack.scheduling_requests()) if self.script.asked else 0
        try:
            for step in self.script.before:
                self._do(step)
            for number, step in enumerate(self.script.turns, 1):
                turn = self._do(step)
                if turn is not None:
                    self._check(number, step, turn)
        finally:
            self.patient.close()
        self._check_end(self.stack.scheduling_requests()[asked_before:] if self.script.asked else "")

    def _do(self, step: dict[str, Any]) -> list[dict[str, Any]] | None:
        """Do a step; the bot's messages of its turn, or None when it is none."""
        if "clock" in step:
            self.stack.set_clock(_text(step["clock"]))
            return None
        if "service" in step:
            getattr(self.stack, step["service"])("scheduling")
            return None
        if "taken" in step:
            self._take(int(step["taken"]))
            return None
        if "staff" in step:
            self.stack.scheduling_command(*str(step["staff"]).split())
            return None
        self.patient_turns += 1
        if "patient" in step:
            self.heard.append(f"PATIENT {step['patient']}")
            turn = self.patient.say(self._filled(str(step["patient"])))
        elif "pick" in step:
            slots = [choice for choice in self.choices if choice["kind"] == "slot"]
            self.heard.append(f"PICK {step['pick']}")
            turn = self.patient.press(slots[int(step["pick"]) - 1])
        else:
            wanted = str(step["press"])
            found = [choice for choice in self.choices if wanted.lower() in choice["label"].lower()]
            assert found, f"no button {wanted!r} among {[choice['label'] for choice in self.choices]}\n{self._so_far()}"
            self.heard.append(f"PRESS {wanted}")
            turn = self.patient.press(found[0])
        fresh = [choice for message in turn for choice in message.get("choices", [])]
        self.choices = fresh or self.choices
        self.heard += [
            f"    BOT {message.get('text', '')} {[c['label'] for c in message.get('choices', [])]}" for message in turn
        ]
        return turn

    def _filled(self, text: str) -> str:
        return text.replace("{code}", self.stack.last_code()) if "{code}" in text else text

    def _take(self, number: int) -> None:
        """Somebody else holds the offered slot, by the service's own API."""
        slots = [choice for choice in self.choices if choice["kind"] == "slot"]
        self.stack.take(slots[number - 1]["label"], slots[number - 1]["day"])

    def _check(self, number: int, step: dict[str, Any], turn: list[dict[str, Any]]) -> None:
        where = f"{self.script.name}, step {number}\n{self._so_far()}"
        said = " ".join(" ".join(message.get("text", "").split()) for message in turn)
        assert said, f"the bot was silent: {where}"
        assert says_each_thing_once(turn), f"the bot repeats itself: {where}"
        for pattern in _list(step.get("bot")):
            assert re.search(pattern, said, re.IGNORECASE), f"{pattern!r} was not said: {where}"
        for pattern in _list(step.get("not")):
            assert not re.search(pattern, said, re.IGNORECASE), f"{pattern!r} was said: {where}"
        choices = [choice for message in turn for choice in message.get("choices", [])]
        slots = [choice for choice in choices if choice["kind"] == "slot"]
        if "offers" in step:
            assert len(slots) == step["offers"], f"{len(slots)} times were offered: {where}"
        if "day" in step:
            assert {choice["day"] for choice in slots} == {_text(step["day"])[:10]}, f"offered on other days: {where}"
        for label in _list(step.get("buttons")):
            assert any(label.lower() in choice["label"].lower() for choice in choices), f"no button {label!r}: {where}"
        if "expects" in step:
            expects = next((message["expects"] for message in reversed(turn) if message.get("expects")), None)
            assert expects == step["expects"], f"asks for {expects}: {where}"
        outcomes = [message["outcome"]["kind"] for message in turn if message.get("outcome")]
        assert outcomes == _list(step.get("outcome")), f"outcome {outcomes}: {where}"
        if not outcomes:
            assert not FALSE_CLAIM.search(said), f"claims a change without an outcome: {where}"
        if self.script.channel == "sms":
            for message in turn:
                assert len(message["text"]) <= 306, f"{len(message['text'])} characters by SMS: {where}"

    def _check_end(self, log: str) -> None:
        where = f"{self.script.name}\n{self._so_far()}"
        now = self.stack.open_visits()
        fresh = [row for row in now if row not in self._before]
        gone = [row for row in self._before if row not in now]
        assert len(gone) == self.script.gone, f"{len(gone)} visits are gone: {where}"
        if self.script.holds is not None:
            assert len(fresh) == len(self.script.holds), f"the service now holds {fresh}: {where}"
            for row, wanted in zip(fresh, self.script.holds, strict=True):
                for key, value in wanted.items():
                    assert str(row[key]).startswith(_text(value)), f"{key} is {row[key]}: {where}"
        for request, times in self.script.asked.items():
            method, path = request.split()
            seen = len(re.findall(rf'"method": "{method}", "path": "{re.escape(path)}"', log))
            assert seen == times, f"{request} was asked {seen} times: {where}"
        if self.script.turns_at_most:
            assert self.patient_turns <= self.script.turns_at_most, f"{self.patient_turns} turns: {where}"

    def _so_far(self) -> str:
        return "\n".join(self.heard)


def _list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
