"""Who is asking: nobody we know, or a person who proved to be the patient of certain records."""

from __future__ import annotations

from dataclasses import dataclass

from scheduling import sentences


@dataclass(frozen=True)
class Caller:
    """`patient_ids`: the records of one and the same verified person; the one that staff entered comes first."""

    patient_ids: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        return bool(self.patient_ids)

    @property
    def actor(self) -> str:
        """For the audit."""
        return "patient" if self.verified else "visitor"

    def must_be_verified(self) -> None:
        """Raises `not_verified`."""
        if not self.verified:
            raise sentences.not_verified()


STRANGER = Caller()
