"""What the bot takes for an emergency, the gateway must: it tells staff again until one of them has taken it."""

from __future__ import annotations

import pytest

from bot.content_rules import SAFETY_KINDS
from gateway.alerts import is_urgent


@pytest.mark.parametrize("kind", SAFETY_KINDS)
def test_every_kind_of_emergency_is_urgent_to_staff(kind: str) -> None:
    assert is_urgent(kind)
    assert is_urgent(f"{kind}_opted_out")
