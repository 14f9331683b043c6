"""What can go wrong between us and the scheduling service, as one exception tree.

BackendError
├── Unreachable             refused, timed out, 5xx or no JSON; nothing was asked to change, or it is safe to ask again
│   └── OutcomeUnknown      a change was sent, and sent again with the same key, and no answer came
└── Refused                 problem+json with a `code`
    ├── SlotTaken           slot_taken; `alternatives` are free slots
    ├── HoldExpired         hold_expired
    ├── HoldUsed            hold_used: it has become a visit
    ├── KeyUsed             idempotency_mismatch: the change was made, in other words than these
    ├── NotVerified         not_verified: the patient token is missing, wrong or too old
    ├── CodeWrong           code_invalid
    ├── MatchExpired        match_expired: the details must be given again
    ├── TooManyCodes        too_many_codes: too many codes or wrong tries
    ├── NotBookable         off_grid, past, too_soon, closed, beyond_horizon
    ├── StaffDecide         a rule leaves it to staff
    │   ├── TooLate         too_late: inside the cut-off
    │   ├── UnderAge        under_age
    │   └── TooManyOpen     too_many_open: this phone number or conversation has its share of open visits
    ├── PatientConflict     patient_conflict: this verified person has a visit then
    ├── NotAuthorised       not_authorised: staff have not approved sessions for these dates
    │   └── TooManySessions authorisation_exceeded: `more["left"]` sessions are approved
    ├── NoRoom              course_partial_impossible: `more["possible"]` of `more["wanted"]` sessions fit
    ├── PlanExpired         plan_expired: plan again
    ├── NothingToDo         nothing_missed, nothing_to_do
    ├── Changed             version_conflict
    ├── InvalidPatient      invalid_patient
    └── NotFound            404
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from actions.visits import Slot


class BackendError(Exception):
    """Something went wrong between us and the scheduling service. Its text is a class and a code, never a patient's data."""


class Unreachable(BackendError):
    """The service gave no usable answer."""


class OutcomeUnknown(Unreachable):
    """A change was sent and no usable answer came back: it may or may not have happened."""


class Refused(BackendError):
    """The service said no. `code` is the problem's code; `alternatives` are slots that are free instead; `field` is the
    part of a patient's details that was not accepted; `more` holds the problem's own numbers."""

    def __init__(
        self,
        code: str,
        status: int,
        alternatives: Sequence[Slot] = (),
        field: str = "",
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.field = field
        self.more = dict(more or {})
        self.code = code
        self.status = status
        self.alternatives = list(alternatives)


class SlotTaken(Refused):
    """Somebody else has it now."""


class HoldExpired(Refused):
    """The hold ran out before it was used."""


class HoldUsed(Refused):
    """The hold has become a visit, so it cannot be given back."""


class KeyUsed(Refused):
    """A change with this key was made before, with another body."""


class NotVerified(Refused):
    """The patient token does not, or no longer, count."""


class CodeWrong(Refused):
    """The one-time code was not the one sent, or too old."""


class StaffDecide(Refused):
    """The clinic's rules leave this to staff."""


class TooLate(StaffDecide):
    """So close to the visit that only staff may change it."""


class UnderAge(StaffDecide):
    """Younger than a patient who may book alone."""


class TooManyOpen(StaffDecide):
    """This phone number, or this conversation, has as many open visits as it may have."""


class NotAuthorised(Refused):
    """Staff have not approved sessions for these dates."""


class TooManySessions(NotAuthorised):
    """More sessions than staff approved."""


class NoRoom(Refused):
    """Not all sessions fit the wish."""


class PlanExpired(Refused):
    """The plan is too old, or the book has changed."""


class NothingToDo(Refused):
    """There is no session that this could change."""


class PatientConflict(Refused):
    """This verified person already has a visit then."""


class MatchExpired(Refused):
    """The details were given too long ago."""


class TooManyCodes(Refused):
    """Too many codes or wrong tries: staff go on."""


class NotBookable(Refused):
    """No time the clinic's rules allow."""


class Changed(Refused):
    """The visit was changed by somebody meanwhile."""


class InvalidPatient(Refused):
    """Name, date of birth or phone were not accepted."""


class NotFound(Refused):
    """There is no such thing."""


CODES: Mapping[str, type[Refused]] = {
    "slot_taken": SlotTaken,
    "hold_expired": HoldExpired,
    "hold_used": HoldUsed,
    "idempotency_mismatch": KeyUsed,
    "not_verified": NotVerified,
    "code_invalid": CodeWrong,
    "staff_only": StaffDecide,
    "not_changeable": StaffDecide,
    "too_late": TooLate,
    "under_age": UnderAge,
    "too_many_open": TooManyOpen,
    "patient_conflict": PatientConflict,
    "match_expired": MatchExpired,
    "too_many_codes": TooManyCodes,
    "off_grid": NotBookable,
    "past": NotBookable,
    "too_soon": NotBookable,
    "closed": NotBookable,
    "beyond_horizon": NotBookable,
    "not_authorised": NotAuthorised,
    "authorisation_exceeded": TooManySessions,
    "course_partial_impossible": NoRoom,
    "plan_expired": PlanExpired,
    "nothing_missed": NothingToDo,
    "nothing_to_do": NothingToDo,
    "version_conflict": Changed,
    "invalid_patient": InvalidPatient,
    "not_found": NotFound,
}
