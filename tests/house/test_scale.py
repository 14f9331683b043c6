"""Two of everything on one PostgreSQL behind one nginx: no sticky sessions, no shared lock store, and nothing doubled."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.house.booker import LIMITS, Booker, weekdays
from tests.ports import free_port
from tests.postgres import Server
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.postgres, pytest.mark.timeout(900)]

NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream gateways {{ {servers} }}
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://gateways; proxy_set_header Host $http_host; }} }}
}}
"""


@contextlib.contextmanager
def two_of_each(folder: Path):
    """Yields the front address and the two stacks."""
    with Server() as postgres, contextlib.ExitStack() as ends:
        urls = {name: postgres.new_database() for name in ("SCHEDULING", "GATEWAY", "TRACKER")}
        settings = {f"{name}_DATABASE_URL": url for name, url in urls.items()} | LIMITS
        stacks = [Stack(folder / str(number), **settings) for number in range(2)]
        for stack in stacks:
            stack.env |= stacks[0].tokens | {"RASA_URLS": ",".join(one.rasa for one in stacks)}
            stack.tokens = stacks[0].tokens
            ends.enter_context(stack)
        port = free_port()
        servers = " ".join(f"server 127.0.0.1:{stack.ports['gateway']};" for stack in stacks)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, servers=servers, port=port))
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        front = subprocess.Popen(
            [nginx, "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        )
        ends.callback(front.wait)
        ends.callback(front.terminate)
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 120
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{address}/readyz").status_code == 200:
                    break
            assert time.monotonic() < deadline, "the front is not ready"
            time.sleep(0.2)
        yield address, stacks


def test_patients_book_through_any_gateway_and_a_killed_one_takes_nothing_with_it(tmp_path):
    choose = random.Random(7)
    with two_of_each(tmp_path) as (front, stacks):
        patients = [Booker(front, number, day) for number, day in enumerate(weekdays(12))]

        async def talk() -> None:
            talks = [asyncio.create_task(patient.book()) for patient in patients]
            await asyncio.sleep(choose.uniform(1, 2))
            stacks[0].kill("gateway")
            stacks[0].kill("rasa")
            await asyncio.sleep(1)
            for name in ("rasa", "gateway"):
                await asyncio.to_thread(stacks[0].start, name)
            await asyncio.gather(*talks)

        asyncio.run(talk())
        confirmed = [
            event["outcome"]["start"] for patient in patients for event in patient.events if "outcome" in event
        ]
        booked = [row["start"] for row in stacks[1].appointments()]
        assert Counter(booked) == Counter(confirmed)
        assert len(booked) == len(patients)
        handled = [stack.log("rasa").count("\n") for stack in stacks]
        assert all(handled), "both workers took part"
