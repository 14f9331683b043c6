"""A scripted stand-in for Rasa's private channel: the talks the browser tests need, word for word the same each time."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = dict[str, Any]

NINE = datetime(2026, 11, 25, 15, tzinfo=timezone.utc)

SOURCE = {
    "title": "National Institute of Mental Health: Brain Stimulation Therapies",
    "url": "https://www.nimh.nih.gov/",
}
SOURCES = [SOURCE, {"title": "Mayo Clinic: Transcranial magnetic stimulation", "url": "https://www.mayoclinic.org/"}]
HURT = (
    "Most people feel a **tapping** on the scalp, and some have a mild headache during the first sessions.\n\n"
    "- It usually eases within a week.\n- You stay awake and can ask us to pause at any time."
)
LONG = "\n\n".join(f"Paragraph {n}. TMS uses short magnetic pulses while you sit in a chair. " * 2 for n in range(12))
CRISIS = "I am very glad you told me. Please call or text 988 now, or call 911 if you are in danger."
HOSTILE = (
    "<script>window.pwned=1</script> <img src=x onerror=window.pwned=1> <svg onload=window.pwned=1>\n\n"
    "[click](javascript:window.pwned=1) [data](data:text/html,x) [vb](vbscript:x) [ok](https://example.org/a) "
    "https://example.org/b?c=<d> [mail](mailto:a@example.org) \u202egpj.exe\u202c **<b>bold</b>**"
)
SLOTS = [
    ("2026-12-01", "Tuesday, December 1, 1:00 PM, North Loop", "1300"),
    ("2026-12-01", "Tuesday, December 1, 2:30 PM, North Loop", "1430"),
    ("2026-12-02", "Wednesday, December 2, 9:00 AM, Lakeside", "0900"),
]


def say(text: str, **more: Any) -> Reply:
    return {"text": text, "lang": "en", **more}


def choice(label: str, payload: str, kind: str = "answer", **more: Any) -> dict[str, Any]:
    return {"label": label, "payload": payload, "kind": kind, **more}


class Script:
    """What the assistant answers. One talk at a time needs no more state than what was asked last, per conversation."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.expects: dict[str, str] = {}
        self.booked: list[str] = []
        self.heard: list[dict[str, Any]] = []
        self.down = False
        self.refused = 0
        self._free = threading.Event()
        self._free.set()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Inside, no answer comes."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    def talk(self, said: str) -> list[dict[str, Any]]:
        """All turns of the newest conversation in which exactly this was typed."""
        found = [turn["conversation"] for turn in self.heard if turn.get("text") == said]
        return [turn for turn in self.heard if found and turn["conversation"] == found[-1]]

    def bookings(self, said: str) -> int:
        """How many visits that conversation has."""
        return self.booked.count(self.talk(said)[0]["conversation"])

    def turn(self, body: dict[str, Any]) -> list[Reply]:
        self.heard.append(body)
        self._free.wait(120)
        conversation, text, payload = body["conversation"], body.get("text", ""), body.get("payload", "")
        expects = self.expects.pop(conversation, "")
        if payload:
            return self._payload(conversation, payload)
        if expects:
            return self._answer(conversation, expects, text)
        return self._text(conversation, text.lower())

    def _in_five_minutes(self) -> str:
        """The gateway's clock stood at nine, clinic time, when the script began."""
        return (NINE + timedelta(seconds=time.monotonic() - self.began, minutes=5)).isoformat()

    def _ask(self, conversation: str, expects: str) -> None:
        self.expects[conversation] = expects

    def _slots(self, conversation: str) -> Reply:
        self._ask(conversation, "slot")
        slots = [choice(label, f"/in_task{{{at}}}", "slot", day=day) for day, label, at in SLOTS]
        more = choice("More times", "/more", "more")
        return say("These times are free.", choices=[*slots, more], expects="choice", progress={"step": 1, "of": 4})

    def _text(self, conversation: str, text: str) -> list[Reply]:
        if "book" in text or "visit" in text:
            return [self._slots(conversation)]
        if "hurt" in text:
            return [say(HURT, sources=SOURCES, reviewed="2026-11-20")]
        if "cost" in text:
            return [say("Staff will tell you.", sources=[SOURCE], reviewed="2026-11-20")]
        if "code" in text:
            return [say("Please enter the code we sent to the phone on file.", expects="code")]
        if "hostile" in text:
            return [say(HOSTILE, choices=[choice("<b>tag</b> & label", "/x")])]
        if "long" in text:
            return [say(LONG)]
        if "espa" in text:
            return [say("Claro, podemos hablar en español. ¿En qué le ayudo?", lang="es")]
        if "kill" in text:
            return [say(CRISIS)]
        if "two" in text:
            return [say("First part."), say("Second part.", choices=[choice("Thanks", "/thanks", "topic")])]
        return [say(f"You said: {text}"[:900])]

    def _payload(self, conversation: str, payload: str) -> list[Reply]:
        if payload == "/more":
            slot = choice("Thursday, December 3, 11:00 AM, Lakeside", "/in_task{1100}", "slot", day="2026-12-03")
            self._ask(conversation, "slot")
            return [say("One more time is free.", choices=[slot], expects="choice", progress={"step": 1, "of": 4})]
        if payload.startswith("/in_task{"):
            self._ask(conversation, "name")
            return [
                say(
                    "I am keeping this time for you. What is your full name?",
                    expects="name",
                    progress={"step": 2, "of": 4},
                    hold_expires_at=self._in_five_minutes(),
                )
            ]
        if payload == "/change":
            return [self._slots(conversation)]
        if payload == "/yes":
            return [self._book(conversation)]
        if payload == "/no":
            return [say("All right. Nothing is booked.")]
        return [say("Thank you.")]

    def _answer(self, conversation: str, expects: str, text: str) -> list[Reply]:
        if expects == "slot":
            return [say("It depends on the visit: most take an hour."), self._slots(conversation)]
        if expects == "name":
            self._ask(conversation, "date_of_birth")
            return [
                say("Thank you. What is your date of birth?", expects="date_of_birth", progress={"step": 3, "of": 4})
            ]
        if expects == "date_of_birth":
            self._ask(conversation, "phone")
            return [say("Step 4 of 4: and a phone number?", expects="phone", progress={"step": 4, "of": 4})]
        if expects == "phone":
            self._ask(conversation, "yes_no")
            return [self._summary()]
        if expects == "yes_no" and text.lower().startswith("y"):
            return [self._book(conversation)]
        return [say("All right. Nothing is booked.")]

    def _summary(self) -> Reply:
        rows = [
            ("time", "Time", "Tue, Dec 1, 2:30 PM CST"),
            ("location", "Place", "North Loop"),
            ("name", "Name", "Ann Sample"),
        ]
        return say(
            "Please check this:\n\n"
            + "\n".join(f"{label}: {value}" for _, label, value in rows)
            + "\n\nShall I book it?",
            summary=[{"item": i, "label": label, "value": value, "payload": "/change"} for i, label, value in rows],
            choices=[choice("Yes, book it", "/yes"), choice("No, do not book", "/no")],
            expects="yes_no",
            hold_expires_at=self._in_five_minutes(),
        )

    def _book(self, conversation: str) -> Reply:
        self.booked.append(conversation)
        return say(
            "You are booked for a consultation on Tuesday, December 1, 2:30 PM CST at North Loop.",
            outcome={
                "kind": "booked",
                "start": "2026-12-01T14:30:00-06:00",
                "end": "2026-12-01T15:30:00-06:00",
                "tz": "America/Chicago",
                "location": "North Loop",
                "calendar_url": "/calendar/abc",
            },
        )


class Channel:
    """The private channel on a free loopback port. `script` decides; repeats of a message id get the first replies."""

    def __init__(self) -> None:
        self.script = Script()
        self._done: dict[str, list[Reply]] = {}
        self._lock = threading.Lock()
        channel = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                self._send(200, {"ready": True, "model": "scripted"})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if channel.script.down:
                    channel.script.refused += 1
                    return self._send(503, {"code": "not_ready"})
                if self.path.endswith("/safety"):
                    crisis = "kill" in body["text"].lower()
                    reply = say(CRISIS) if crisis else None
                    return self._send(200, {"kind": "suicidal" if crisis else None, "reply": reply, "lang": "en"})
                return self._send(200, {"message_id": body["message_id"], "replies": channel.replies(body)})

            def _send(self, status: int, body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def replies(self, body: dict[str, Any]) -> list[Reply]:
        with self._lock:
            known = self._done.get(body["message_id"])
            if known is None:
                known = self._done[body["message_id"]] = self.script.turn(body)
            return known

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
