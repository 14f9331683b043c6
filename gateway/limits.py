"""Token buckets: how often a chat, an address prefix and the whole clinic may write."""

from __future__ import annotations

import math
import time
from collections import OrderedDict

from gateway.settings import Rate

MOST_KEYS = 20_000


class RateLimited(Exception):
    """Too much at once. `retry_after` is whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class Buckets:
    """One bucket per key. The least recently used of 20,000 is forgotten, which can only be kind to its owner."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._per_second = rate.count / rate.seconds
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """Take one token. Raises RateLimited, and takes nothing then."""
        now = time.monotonic()
        level, since = self._levels.pop(key, (self._rate.burst, now))
        level = min(self._rate.burst, level + (now - since) * self._per_second)
        self._levels[key] = (level - 1 if level >= 1 else level, now)
        if len(self._levels) > MOST_KEYS:
            self._levels.popitem(last=False)
        if level < 1:
            raise RateLimited(max(1, math.ceil((1 - level) / self._per_second)))
