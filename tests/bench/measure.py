"""One way to measure any bot: clients that hold one talk after another, latency per message, memory and start-up."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

import psutil


class Talk(Protocol):
    """One conversation at a bot's public door."""

    async def say(self, text: str) -> None:
        """Return when the turn is over."""

    async def close(self) -> None: ...


Open = Callable[[], Awaitable[Talk]]


@dataclass
class Load:
    """What a run showed: seconds per message, in the order they ended, and the wall time in seconds."""

    wall: float = 0.0
    seconds: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, float]:
        cuts = statistics.quantiles(self.seconds, n=100, method="inclusive")
        return {
            "messages": len(self.seconds),
            "messages_per_s": round(len(self.seconds) / self.wall, 2),
            "p50_ms": round(1000 * cuts[49], 2),
            "p95_ms": round(1000 * cuts[94], 2),
        }


async def run(open_talk: Open, talks: list[list[str]], clients: int) -> Load:
    """Hold all talks with so many clients at once, each client one talk after another."""
    waiting = asyncio.Queue[list[str]]()
    for talk in talks:
        waiting.put_nowait(talk)
    load = Load()

    async def client() -> None:
        while not waiting.empty():
            texts = waiting.get_nowait()
            talk = await open_talk()
            try:
                for text in texts:
                    from_ = time.perf_counter()
                    await talk.say(text)
                    load.seconds.append(time.perf_counter() - from_)
            finally:
                await talk.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    load.wall = time.perf_counter() - began
    return load


def resident_mb(pids: list[int]) -> float:
    """Resident memory of the processes and their children, MiB."""
    family = {
        child.pid: child
        for pid in pids
        for child in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    }
    return round(sum(process.memory_info().rss for process in family.values()) / 2**20, 1)
