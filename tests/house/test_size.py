"""How large the house grows, and what a second Rasa worker costs: the bench's traffic, through the gateway."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.bench.measure import resident_mb, run
from tests.bench.ours import PYTHON, UNLIMITED, OurTalk
from tests.bench.traffic import phrases, talks
from tests.house.house import House
from tests.ports import free_ports

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]
NAMES = ("gateway", "scheduling", "rasa", "actions")
TOKEN = "bot-token-of-the-size-tests-0123456789"


def say(house: House, messages: int, seed: int) -> int:
    """Hold talks with eight clients; returns how many messages were answered."""
    load = asyncio.run(run(lambda: OurTalk.open(house.gateway), talks(messages, seed, phrases()), 8))
    return len(load.seconds)


def judge_growth(house: House, warm: int, many: int) -> None:
    """Talk until all is loaded and in use (Duckling takes its last 30 MB with some 250 messages), then `many` messages more: the four together are at most 5 % larger."""
    say(house, warm, 1)
    pids = [house.pid(name) for name in NAMES]
    before = [resident_mb([pid]) for pid in pids]
    answered = say(house, many, 2)
    assert pids == [house.pid(name) for name in NAMES], "none was started anew"
    after = [resident_mb([pid]) for pid in pids]
    print(f"MB before and after {answered} messages:", dict(zip(NAMES, zip(before, after, strict=True), strict=True)))
    assert answered >= many
    assert sum(after) <= 1.05 * sum(before)


def test_after_two_hundred_messages_the_four_processes_are_at_most_5_percent_larger(house: House) -> None:
    judge_growth(house, 300, 200)


@pytest.mark.soak
def test_after_twenty_thousand_messages_the_four_processes_are_at_most_5_percent_larger(tmp_path: Path) -> None:
    house = House(tmp_path / "var", **UNLIMITED).start()
    try:
        judge_growth(house, 2_000, 20_000)
    finally:
        house.stop()


def _cpu_ms(tmp_path: Path, workers: int, messages: int = 600) -> float:
    """Processor time of all Rasa workers per message, ms."""
    ports = free_ports(workers)
    urls = ",".join(f"http://127.0.0.1:{port}" for port in ports)
    house = House(tmp_path / f"var{workers}", **UNLIMITED, RASA_URLS=urls, BOT_TOKEN=TOKEN)
    house.ports["RASA_PORT"] = ports[0]
    house.env["RASA_PORT"] = str(ports[0])
    house.var.mkdir(mode=0o700)
    others = [
        subprocess.Popen(
            [PYTHON, "-m", "bot.serve"],
            env=house.env | {"RASA_PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for port in ports[1:]
    ]
    try:
        house.start()
        say(house, 100, 3)
        processes = [psutil.Process(pid) for pid in (house.pid("rasa"), *(other.pid for other in others))]
        used = [-sum(process.cpu_times()[:2]) for process in processes]
        answered = say(house, messages, 4)
        used = [spent + sum(process.cpu_times()[:2]) for spent, process in zip(used, processes, strict=True)]
        assert min(used) > 0.2 * max(used), "conversations go to every worker"
        return 1000 * sum(used) / answered
    finally:
        house.stop()
        for other in others:
            other.terminate()
            other.wait(20)


@pytest.mark.soak
def test_a_message_costs_two_workers_at_most_a_tenth_more_than_one(tmp_path: Path) -> None:
    """The least of three runs each, in turn: a busy neighbour makes processor time longer, never shorter."""
    costs: dict[int, list[float]] = {1: [], 2: []}
    for number in range(3):
        for workers, found in costs.items():
            folder = tmp_path / str(number)
            folder.mkdir(exist_ok=True)
            found.append(_cpu_ms(folder, workers))
    print({workers: [round(cost, 1) for cost in found] for workers, found in costs.items()})
    assert min(costs[2]) <= 1.1 * min(costs[1])
