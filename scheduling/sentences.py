"""The refusals by name: one function per code, with the sentence a patient can read in English and Spanish.

Where staff can help, the sentence ends with the clinic's phone number, which the caller passes in as people write it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scheduling.problem import BadRequest, Conflict, NotAllowed, NotFound, Problem, TryLater

if TYPE_CHECKING:
    from scheduling.slot import Slot

Slots = Sequence["Slot"]


def slot_taken(near: Slots) -> Conflict:
    return Conflict(
        "slot_taken",
        "That time was just taken by someone else.",
        "Otra persona acaba de tomar ese horario.",
        409,
        near,
    )


def past(near: Slots) -> BadRequest:
    return BadRequest("past", "That time has already passed.", "Ese horario ya pasó.", 422, near)


def too_soon(near: Slots, phone: str) -> NotAllowed:
    return NotAllowed(
        "too_soon",
        f"That time is too soon to book here. Please choose a later one, or call us at {phone}.",
        f"Ese horario está demasiado cerca para reservarlo aquí. Elija uno más tarde o llámenos al {phone}.",
        422,
        near,
    )


def beyond_horizon(near: Slots, days: int) -> BadRequest:
    return BadRequest(
        "beyond_horizon",
        f"We can book visits up to {days} days ahead. Please choose an earlier date.",
        f"Podemos reservar visitas con hasta {days} días de anticipación. Elija una fecha más cercana.",
        422,
        near,
    )


def closed(near: Slots) -> BadRequest:
    return BadRequest("closed", "We are closed at that time.", "Estamos cerrados a esa hora.", 422, near)


def off_grid(near: Slots) -> BadRequest:
    return BadRequest(
        "off_grid",
        "Visits of this kind do not start at that time. Please choose one of the offered times.",
        "Este tipo de visita no empieza a esa hora. Elija uno de los horarios ofrecidos.",
        422,
        near,
    )


def wrong_offset(near: Slots) -> BadRequest:
    return BadRequest(
        "wrong_offset",
        "That time does not fit the time zone of the location. Please choose one of the offered times.",
        "Ese horario no corresponde a la zona horaria del lugar. Elija uno de los horarios ofrecidos.",
        422,
        near,
    )


def invalid_slot() -> BadRequest:
    return BadRequest("invalid_slot", "That is not one of our times.", "Ese no es uno de nuestros horarios.")


def invalid_window() -> BadRequest:
    return BadRequest(
        "invalid_window",
        "That time range cannot be read: it needs a beginning and a later end.",
        "No se puede leer ese rango de tiempo: necesita un comienzo y un final posterior.",
    )


def invalid_cursor() -> BadRequest:
    return BadRequest(
        "invalid_cursor", "That page of times cannot be found.", "No se encuentra esa página de horarios."
    )


def unknown_service() -> BadRequest:
    return BadRequest("unknown_service", "We do not offer that kind of visit.", "No ofrecemos ese tipo de visita.")


def unknown_location() -> BadRequest:
    return BadRequest("unknown_location", "We have no location by that name.", "No tenemos un lugar con ese nombre.")


def service_mismatch() -> BadRequest:
    return BadRequest(
        "service_mismatch",
        "That time is for another kind of visit.",
        "Ese horario es para otro tipo de visita.",
    )


def invalid_patient(detail: str, detail_es: str, field: str) -> BadRequest:
    return BadRequest("invalid_patient", detail, detail_es, extra={"field": field})


def invalid_request(detail: str) -> BadRequest:
    return BadRequest("invalid_request", detail, "La solicitud no se puede leer.")


def key_required() -> BadRequest:
    return BadRequest(
        "idempotency_key_required",
        "This request needs an Idempotency-Key header.",
        "Esta solicitud necesita el encabezado Idempotency-Key.",
        400,
    )


def key_invalid() -> BadRequest:
    return BadRequest(
        "idempotency_key_invalid",
        "The Idempotency-Key must have 1 to 200 visible ASCII characters.",
        "Idempotency-Key debe tener de 1 a 200 caracteres ASCII visibles.",
        400,
    )


def idempotency_mismatch() -> BadRequest:
    return BadRequest(
        "idempotency_mismatch",
        "This request was already used for something else.",
        "Esta solicitud ya se usó para otra cosa.",
    )


def hold_expired(near: Slots, phone: str) -> Conflict:
    return Conflict(
        "hold_expired",
        "That time is no longer held for you. Please choose a time again.",
        "Ese horario ya no está reservado para usted. Elija un horario de nuevo.",
        410,
        near,
    )


def hold_used() -> Conflict:
    return Conflict(
        "hold_used", "That held time has already been booked.", "Ese horario reservado ya fue confirmado.", 409
    )


def not_verified() -> NotAllowed:
    return NotAllowed(
        "not_verified",
        "We need to make sure it is you before we can do that.",
        "Necesitamos confirmar su identidad antes de hacer eso.",
        403,
    )


def staff_only(phone: str) -> NotAllowed:
    return NotAllowed(
        "staff_only",
        f"Our staff arrange this kind of visit. Please call us at {phone}.",
        f"Nuestro personal programa este tipo de visita. Llámenos al {phone}.",
        403,
    )


def under_age(years: int, phone: str) -> NotAllowed:
    return NotAllowed(
        "under_age",
        f"For people under {years} our staff arrange visits together with a parent or guardian. Please call us at {phone}.",
        f"Para menores de {years} años, nuestro personal programa las visitas con un padre, madre o tutor. "
        f"Llámenos al {phone}.",
        403,
    )


def too_many_open(phone: str) -> NotAllowed:
    return NotAllowed(
        "too_many_open",
        f"There are already visits booked with these details. To book another one, please call us at {phone}.",
        f"Ya hay visitas reservadas con estos datos. Para reservar otra, llámenos al {phone}.",
        403,
    )


def too_late(hours: int, phone: str) -> NotAllowed:
    return NotAllowed(
        "too_late",
        f"Less than {hours} hours ahead, only our staff can change a visit. Please call us at {phone}.",
        f"Con menos de {hours} horas de anticipación, solo nuestro personal puede cambiar una visita. "
        f"Llámenos al {phone}.",
        403,
    )


def not_changeable(phone: str) -> Conflict:
    return Conflict(
        "not_changeable",
        f"This visit can no longer be changed. Please call us at {phone}.",
        f"Esta visita ya no se puede cambiar. Llámenos al {phone}.",
        409,
    )


def patient_conflict(near: Slots) -> Conflict:
    return Conflict(
        "patient_conflict",
        "You already have a visit at that time or on that day.",
        "Usted ya tiene una visita a esa hora o ese día.",
        409,
        near,
    )


def version_conflict() -> Conflict:
    return Conflict(
        "version_conflict",
        "This visit was changed in the meantime. Please look at it again.",
        "Esta visita cambió mientras tanto. Revísela de nuevo.",
        412,
    )


def not_found() -> NotFound:
    return NotFound("not_found", "There is nothing here.", "Aquí no hay nada.", 404)


def backend_unavailable() -> TryLater:
    return TryLater(
        "backend_unavailable",
        "Our schedule cannot be reached right now. Please try again in a moment.",
        "No podemos consultar nuestra agenda en este momento. Inténtelo de nuevo en un momento.",
        503,
        retryable=True,
    )


REFUSALS: tuple[type[Problem], ...] = (BadRequest, NotAllowed, NotFound, Conflict, TryLater)
