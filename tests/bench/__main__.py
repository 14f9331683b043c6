"""`make bench`: the stock `rasa init` bot and ours, one after the other on this machine, as one JSON line on standard output."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.booking import booking_turns
from tests.bench.measure import resident_mb, run
from tests.bench.ours import Ours
from tests.bench.stock import Stock
from tests.bench.traffic import phrases, share_said_once, talks


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measure(bot: Stock | Ours, messages: int, seed: int) -> dict[str, Any]:
    """Train, start, warm up, then one client and eight clients."""
    name = type(bot).__name__.lower()
    say(f"{name}: training ...")
    bot.train()
    say(f"{name}: trained in {bot.train_s:.1f} s; starting ...")
    try:
        bot.start()
        say(f"{name}: ready in {bot.start_s:.1f} s; talking ...")
        pool = phrases()
        asyncio.run(run(bot.open, talks(40, seed, pool), 2))
        one = talks(messages, seed + 1, pool)
        eight = talks(messages * 2, seed + 2, pool)
        result: dict[str, Any] = {
            "train_s": round(bot.train_s, 1),
            "start_s": round(bot.start_s, 2),
            "one_client": asyncio.run(run(bot.open, one, 1)).summary() | {"said_once": round(share_said_once(one), 2)},
            "eight_clients": asyncio.run(run(bot.open, eight, 8)).summary(),
            "memory_mb": resident_mb(bot.pids()),
        }
        if isinstance(bot, Ours):
            result["booking_turns"] = asyncio.run(booking_turns(bot.open))
        say(f"{name}: {json.dumps(result)}")
        return result
    finally:
        bot.stop()


def ratio(ours: float, stock: float) -> float:
    return round(ours / stock, 3)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--messages", type=int, default=400, help="messages of the one-client run (default 400)")
    parser.add_argument("--seed", type=int, default=20261122)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        stock = measure(Stock(Path(folder) / "stock"), arguments.messages, arguments.seed)
        ours = measure(Ours(Path(folder) / "ours"), arguments.messages, arguments.seed)
    ratios = {
        "messages_per_s_1": ratio(ours["one_client"]["messages_per_s"], stock["one_client"]["messages_per_s"]),
        "messages_per_s_8": ratio(ours["eight_clients"]["messages_per_s"], stock["eight_clients"]["messages_per_s"]),
        "p50_1": ratio(ours["one_client"]["p50_ms"], stock["one_client"]["p50_ms"]),
        "p95_1": ratio(ours["one_client"]["p95_ms"], stock["one_client"]["p95_ms"]),
        "start_s": ratio(ours["start_s"], stock["start_s"]),
        "memory": ratio(ours["memory_mb"], stock["memory_mb"]),
        "train_s": ratio(ours["train_s"], stock["train_s"]),
    }
    print(json.dumps({"cores": os.cpu_count(), "stock": stock, "ours": ours, "ratios": ratios}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
