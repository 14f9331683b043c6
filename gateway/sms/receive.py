"""What a text from a patient brings about: talk, an opt-out, help, or nothing. Decided and stored in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select

from clinic import clock
from gateway.channels import SmsSettings
from gateway.events import Locked
from gateway.inbox import Inbox, alert
from gateway.schema import outbox, sms_received, staff_alerts
from gateway.sms import consent, words
from gateway.sms.numbers import can_be_answered, keyed_hash
from gateway.sms.talk import Talk
from gateway.sms.templates import Templates
from gateway.text import clean, for_understanding

DAY = 86400.0
LOOP_WINDOW, LOOP_TEXTS = 600.0, 25  # Twilio blocks a pair after 30 quick replies (14107); stop well before

# Made once: building a statement costs more than running it, and these run for every text.
_SEEN = select(sms_received.c.kind).where(sms_received.c.message_sid == bindparam("sid"))
_RECEIVED = insert(sms_received)
_SENT = (
    select(func.count())
    .select_from(outbox)
    .where(outbox.c.number_hash == bindparam("number"), outbox.c.created_at >= bindparam("since"))
)


@dataclass(frozen=True)
class Received:
    """A text as Twilio posts it. `opt_out_type` is there only with Advanced Opt-Out."""

    sid: str
    ours: str
    theirs: str
    body: str
    media: int
    opt_out_type: str

    @classmethod
    def of(cls, form: dict[str, str]) -> Received:
        media = form.get("NumMedia", "0")
        return cls(
            sid=form.get("MessageSid") or form.get("SmsMessageSid") or "",
            ours=form.get("To", ""),
            theirs=form.get("From", ""),
            body=form.get("Body", ""),
            media=int(media) if media.isdigit() and len(media) < 4 else 0,
            opt_out_type=form.get("OptOutType", "").upper(),
        )


class Taken(NamedTuple):
    """What a text was taken for, and the conversation in which it waits for an answer."""

    kind: str
    conversation: str | None = None


AGAIN = Taken("again")


class Desk:
    """Takes texts in. `receive` returns what the text was taken for; a text that came before is `AGAIN`."""

    def __init__(self, sms: SmsSettings, inbox: Inbox, talk: Talk, templates: Templates, key: str) -> None:
        self._sms, self._inbox, self._talk, self._templates, self._key = sms, inbox, talk, templates, key

    def receive(self, connection: Connection, text: Received) -> Taken:
        """Store a text and what follows from it, once per MessageSid."""
        if connection.execute(_SEEN, {"sid": text.sid}).first():
            return AGAIN
        number = keyed_hash(text.theirs, self._key)
        taken = self._take(connection, text, number)
        row = {"message_sid": text.sid, "kind": taken.kind, "number_hash": number, "received_at": clock.timestamp()}
        connection.execute(_RECEIVED, row)
        return taken

    def _take(self, connection: Connection, text: Received, number: str) -> Taken:
        if text.ours not in self._sms.senders or not can_be_answered(text.theirs):
            return Taken("ignored")
        said = clean(words.decoded(text.body))
        if words.is_reaction(said):
            return Taken("reaction")
        if words.is_automatic(said):
            return Taken("automatic")
        held = self._talk.open(connection, text.ours, text.theirs)
        suppressed = consent.is_suppressed(connection, number)
        match self._command(text, said, suppressed):
            case "stop":
                return Taken(self._stop(connection, held, text, said, number))
            case "start":
                return Taken(self._start(connection, held, text, said, number))
            case "help":
                return Taken(self._help(connection, held, text))
        if suppressed:
            if for_understanding(said):
                self._inbox.accept_text(connection, held, text.sid, said, 0.0, safety_only=True)
            return Taken("opted_out", held.id)
        if self._loops(connection, number):
            alert(connection, held, None, "text_loop")
            return Taken("loop")
        consent.note_first(connection, number, "inbound_text", text.sid)
        if not for_understanding(said):
            if text.media:
                self._talk.send(connection, held, "picture", self._templates.picture(held.lang))
            return Taken("picture" if text.media else "empty")
        self._inbox.accept_text(connection, held, text.sid, said, self._sms.join_seconds, safety_only=False)
        return Taken("talk", held.id)

    def _command(self, text: Received, said: str, suppressed: bool) -> str | None:
        """ "stop", "start" or "help". Twilio's own verdict comes first; then the words, since any reasonable wording counts."""
        if text.opt_out_type == "STOP" or words.revokes(said):
            return "stop"
        if text.opt_out_type == "HELP" or words.keyword(said) == "help":
            return "help"
        if text.opt_out_type == "START" or words.keyword(said) == "start":
            # From somebody who never opted out, YES is an answer, whatever Twilio takes it for.
            return "start" if suppressed else None
        return None

    def _carrier_answers(self, text: Received, said: str, kind: str) -> bool:
        """Whether Twilio itself has acted on this text and answered it: then we stay silent."""
        if self._sms.opt_out_mode == "advanced":
            return text.opt_out_type == kind.upper()
        return self._sms.opt_out_mode == "twilio_default" and words.twilio_keyword(text.body) == kind

    def _stop(self, connection: Connection, held: Locked, text: Received, said: str, number: str) -> str:
        new = consent.suppress(connection, number, "opt_out", text.sid)
        if new and not self._carrier_answers(text, said, "stop"):
            self._talk.send(connection, held, "opt_out", self._templates.stopped(held.lang))
        if words.may_mean_appointment(said):
            # They may believe that their visit is cancelled now; we cannot text them that it is not.
            alert(connection, held, None, "texted_cancel")
        elif new and held.last_turn is not None:
            alert(connection, held, None, "opted_out_in_talk")
        return "stop"

    def _start(self, connection: Connection, held: Locked, text: Received, said: str, number: str) -> str:
        consent.allow(connection, number, "text", text.sid)
        self._talk.resumed(connection, held)
        if not self._carrier_answers(text, said, "start"):
            self._talk.send(connection, held, "opt_in", self._templates.started(held.lang))
        return "start"

    def _help(self, connection: Connection, held: Locked, text: Received) -> str:
        since = clock.timestamp() - DAY
        flagged = connection.execute(
            select(staff_alerts.c.id).where(staff_alerts.c.conversation == held.id, staff_alerts.c.created_at >= since)
        ).first()
        if flagged:
            # Twilio answers HELP with a form letter; this person may mean it.
            alert(connection, held, None, "help_after_crisis")
        if not self._carrier_answers(text, clean(text.body), "help"):
            self._talk.send(connection, held, "help", self._templates.help(held.lang))
        return "help"

    def _loops(self, connection: Connection, number: str) -> bool:
        """Two machines may be talking: too many answers to one number in ten minutes."""
        since = clock.timestamp() - LOOP_WINDOW
        sent = connection.execute(_SENT, {"number": number, "since": since}).scalar_one()
        return bool(sent >= LOOP_TEXTS)
