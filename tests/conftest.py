"""What holds for the tests of every room."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.stack import nurseries

__all__ = ["nurseries"]

# How long an example takes says how busy the machine is, not whether the claim holds.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("search"), derandomize=True)
settings.load_profile(os.environ.get("EXAMPLES", "same"))
