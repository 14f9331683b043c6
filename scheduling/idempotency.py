"""The same request twice does its work once (IETF draft-ietf-httpapi-idempotency-key-header).

A key belongs to one turn of one conversation, never to a slot and a patient: a visit that was booked, cancelled and is booked
again must not meet its own ghost. Answers are kept for KEPT_DAYS. Refusals are not kept: the retry may succeed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scheduling import sentences
from scheduling.office import Office
from scheduling.storage import Answer, Book

KEPT_DAYS = 7
_KEY = re.compile(r"^[!-~]{1,200}$", re.ASCII)

Work = Callable[[Book], tuple[dict[str, Any], str | None]]
"""Does the work; returns the answer's body and the id of the booking that it tells of."""


@dataclass(frozen=True)
class Request:
    """What makes a request the same: its key, what it asks for, and its body."""

    key: str | None
    operation: str
    content: dict[str, Any]

    def hashes(self, office: Office) -> list[str]:
        """Sealed, so that the stored value cannot be guessed back into a name or a date of birth; the first is what is stored."""
        return office.seals("request", json.dumps([self.operation, self.content], sort_keys=True))


def once(office: Office, request: Request, work: Work) -> dict[str, Any]:
    """Do the work and keep its answer, or give the kept answer. Raises idempotency_mismatch, key_required, key_invalid."""
    if request.key is None:
        raise sentences.key_required()
    if not _KEY.match(request.key):
        raise sentences.key_invalid()
    key, seals = request.key, request.hashes(office)

    def run(book: Book) -> dict[str, Any]:
        if kept := book.answers.take(key, seals[0], office.now()):
            if kept.request_hash not in seals:
                raise sentences.idempotency_mismatch()
            return kept.body
        body, booking_id = work(book)
        book.answers.finish(key, Answer(seals[0], 201, body, booking_id))
        return body

    return office.storage.write(run)


def maybe_once(office: Office, request: Request, work: Work) -> dict[str, Any]:
    """For operations that are the same when done twice: with a key as `once`, without one plainly."""
    if request.key is not None:
        return once(office, request, work)
    return office.storage.write(work)[0]
