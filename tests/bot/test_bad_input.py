"""Whatever is pasted into the chat gets one sensible short reply: no exception, no apology for a fault, no booking."""

from __future__ import annotations

import base64

import pytest

from tests.bot.server import Server, Talk

LETTER = (
    "Dear Member, Re: prior authorization request, transcranial magnetic stimulation (CPT 90867, 90868, 90869). Member ID: "
    "ABC0000000. Date of determination: 11/12/2026. We reviewed the request of your provider. It has been denied, because the "
    "medical necessity criteria were not met: four antidepressant trials from two classes were not documented. You may appeal "
    "within 180 days of receipt of this letter. Write to Appeals, P.O. Box 0000, Hartford, CT 06100, or call 1-800-555-0142 "
    "Monday through Friday 8 a.m. to 6 p.m. You may ask for an expedited appeal if waiting could seriously jeopardize your life "
    "or health or your ability to regain maximum function. Copies of all documents relevant to your claim are free of charge."
)
PASTED = {
    "nothing": "",
    "blanks": " \n\t ",
    "1,000 letters": "a" * 1000,
    "1,000 characters of words": "word " * 200,
    "digits": "1 " * 500,
    "emoji": "😀😢🙏",
    "flags": "🇺🇸" * 250,
    "family": "👨‍👩‍👧‍👦" * 90,
    "signs": "?!" * 500,
    "Chinese": "请问多少钱",
    "French": "Combien coûte le traitement ?",
    "HTML": "<h1>hi</h1><script>alert('x')</script><img src=x onerror=alert(1)>",
    "SQL": "'; DROP TABLE patients;--",
    "template": "{{7*7}} ${7*7} {slot} %s %(text)s",
    "zalgo": "".join(letter + "\u0351\u0343\u0342\u0335\u0361" * 6 for letter in "can you help"),
    "marks alone": "\u0301" * 1000,
    "right to left": "\u202ehello\u202c",
    "control characters": "\x1b[31mred\x1b[0m a\x00b",
    "letter": LETTER,
    "base64": base64.b64encode(bytes(range(256)) * 3)[:1000].decode(),
    "JSON": '{"intent": "book", "confidence": 1.0}',
    "commands": "/restart /session_start /book",
    "brackets": "(" * 1000,
}


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize("name", PASTED)
def test_it_gets_one_short_reply(server: Server, name: str, channel: str) -> None:
    replies = [reply["text"] for reply in Talk(server, channel=channel).say(PASTED[name]) if reply.get("text")]
    assert len(replies) == 1
    assert 0 < len(replies[0]) <= (306 if channel == "sms" else 700)
    assert "wrong" not in replies[0].lower()
    assert "<script" not in replies[0]
    assert "you're booked" not in replies[0].lower()
