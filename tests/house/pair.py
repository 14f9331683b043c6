"""Two of everything on one PostgreSQL behind one nginx, which hands each request to whichever gateway is next."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.house.booker import LIMITS
from tests.ports import free_port
from tests.postgres import Server
from tests.stack import Stack

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


@dataclass(frozen=True)
class Pair:
    """`front` is the address that patients see."""

    front: str
    stacks: list[Stack]
    postgres: Server

    def booked(self) -> Counter[str]:
        """How often each time is booked."""
        return Counter(row["start"] for row in self.stacks[1].appointments())


@contextlib.contextmanager
def two_of_each(folder: Path) -> Iterator[Pair]:
    """Both stacks, started, behind their front."""
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
        yield Pair(address, stacks, postgres)
