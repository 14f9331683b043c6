"""Every refusal a caller can meet, as one exception tree.

    Problem
    ├── BadRequest        400 422   the request itself is wrong; the same request will be refused again
    ├── NotAllowed        403       identity, age, notice and cut-off rules
    ├── NotFound          404       nothing there, or nothing the caller may know of
    ├── Conflict          409 410 412   somebody was quicker, or the thing has changed
    └── TryLater          429 503   the same request may work later

Each carries a machine-readable `code`, an HTTP status, and a `detail` sentence that a patient can read (RFC 9457).
`detail_es` is the same sentence in Spanish, sent when the caller asks for it with Accept-Language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scheduling.slot import Slot


@dataclass
class Problem(Exception):
    """A refusal. `alternatives` are free slots near the refused one; `retryable`: the same request may work later."""

    code: str
    detail: str
    detail_es: str
    status: int = 422
    alternatives: Sequence[Slot] | None = None
    retryable: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"

    def body(self, language: str = "en") -> dict[str, Any]:
        """The problem+json document of RFC 9457."""
        document: dict[str, Any] = {
            "type": f"urn:problem:{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "code": self.code,
            "detail": self.detail_es if language == "es" else self.detail,
            "retryable": self.retryable,
        }
        if self.alternatives is not None:
            document["alternatives"] = [slot.body() for slot in self.alternatives]
        return document | self.extra


class BadRequest(Problem):
    """The request is wrong; the same request will be refused again."""


class NotAllowed(Problem):
    """A rule about identity, age, notice or cut-off says no."""


class NotFound(Problem):
    """Nothing there, or nothing the caller may know of: the answer is the same."""


class Conflict(Problem):
    """Somebody was quicker, or the thing has changed since it was read."""


class TryLater(Problem):
    """The same request may work later."""
