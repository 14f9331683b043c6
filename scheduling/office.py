"""The office: the clinic's rules, its appointment book, its clock and its seal, as every use case gets them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from clinic import clock
from clinic.config import Clinic, VisitType, display_phone

from scheduling import sentences
from scheduling.rota import Rota
from scheduling.storage import Storage


@dataclass(frozen=True)
class Office:
    """`signing_key` seals links and tokens, and never leaves this object; `new,old` while it is changed."""

    clinic: Clinic
    storage: Storage
    signing_key: str

    @cached_property
    def rota(self) -> Rota:
        return Rota(self.clinic)

    def now(self) -> int:
        """The present in whole seconds since 1970, of the injected clock."""
        return int(clock.timestamp())

    def today(self) -> date:
        """The date in the clinic's own zone."""
        return clock.now().astimezone(ZoneInfo(self.clinic.timezone)).date()

    @property
    def phone(self) -> str:
        """The clinic's number as people write it."""
        return display_phone(self.clinic.phone)

    def service(self, service_id: str) -> VisitType:
        """Raises `unknown_service`."""
        try:
            return self.rota.services[service_id]
        except KeyError:
            raise sentences.unknown_service() from None

    def locations(self, location_id: str | None) -> list[str]:
        """One location, or all of them. Raises `unknown_location`."""
        if location_id is None:
            return list(self.rota.places)
        if location_id not in self.rota.places:
            raise sentences.unknown_location()
        return [location_id]

    def seal(self, purpose: str, text: str) -> str:
        """HMAC-SHA256 of a text for one purpose, hexadecimal; a seal for one purpose fits no other."""
        return self.seals(purpose, text)[0]

    def seals(self, purpose: str, text: str) -> list[str]:
        """The seal under each key: the one we make, and while the key is changed the one made before."""
        said = f"{purpose}\n{text}".encode()
        return [hmac.new(key.encode(), said, hashlib.sha256).hexdigest() for key in self.signing_key.split(",")]

    def fits(self, purpose: str, text: str, seal: str) -> bool:
        """Whether a seal was made by us. All keys are compared: which one fits is nobody's business."""
        given = seal.encode()
        return any([hmac.compare_digest(given, one.encode()) for one in self.seals(purpose, text)])


def new_id() -> str:
    """128 random bits, 32 hexadecimal digits."""
    return secrets.token_hex(16)
