"""Matches, codes and tokens."""

from __future__ import annotations

from sqlalchemy import func, insert, select, update

from scheduling.office import new_id
from scheduling.sql.rows import from_row, to_row
from scheduling.sql.session import Session
from scheduling.sql.tables import code_event, contact_match, patient_token
from scheduling.storage import Match, Token


class SqlIdentities:
    """See scheduling.storage.Identities."""

    def __init__(self, session: Session) -> None:
        self._db = session

    def add_match(self, match: Match) -> None:
        self._db.execute(insert(contact_match), to_row(match))

    def get_match(self, match_id: str) -> Match | None:
        row = self._db.execute(select(contact_match).where(contact_match.c.id == match_id).with_for_update()).first()
        return from_row(Match, row) if row else None

    def save_match(self, match: Match) -> None:
        self._db.execute(update(contact_match).where(contact_match.c.id == match.id), to_row(match))

    def note(self, subject: str, kind: str, at: int) -> None:
        self._db.execute(insert(code_event), {"id": new_id(), "subject": subject, "kind": kind, "at": at})

    def count(self, subject: str, kind: str, since: int) -> int:
        these = (code_event.c.subject == subject, code_event.c.kind == kind, code_event.c.at > since)
        return int(self._db.execute(select(func.count()).where(*these)).scalar_one())

    def add_token(self, token: Token) -> None:
        self._db.execute(insert(patient_token), to_row(token))

    def get_token(self, token_hash: str) -> Token | None:
        row = self._db.execute(select(patient_token).where(patient_token.c.hash == token_hash)).first()
        return from_row(Token, row) if row else None
