"""What can be reached and read from outside: the gateway's port, and nothing else."""

from __future__ import annotations

import ipaddress
import stat

import psutil
import pytest

from tests.house.conftest import FRESH
from tests.stack import Stack

pytestmark = pytest.mark.stack


def sockets(stack: Stack, name: str) -> list[tuple[str, int]]:
    """Where a process, or a child of it, listens (TCP) or is bound (UDP)."""
    process = psutil.Process(stack.pid(name))
    found = []
    for one in (process, *process.children(recursive=True)):
        for connection in one.net_connections("inet"):
            if connection.status == psutil.CONN_LISTEN or (not connection.raddr and connection.type == 2):
                found.append((connection.laddr.ip, connection.laddr.port))
    return found


def test_only_the_gateway_listens_outside_loopback_even_when_told_to_listen_everywhere(talkative):
    assert sockets(talkative, "gateway") == [("0.0.0.0", talkative.ports["gateway"])]
    for name in ("rasa", "actions", "scheduling"):
        found = sockets(talkative, name)
        assert (("127.0.0.1", talkative.ports[name])) in found
        assert all(ipaddress.ip_address(address).is_loopback for address, _ in found), f"{name} listens on {found}"


def test_what_is_in_the_var_folder_is_its_owners_alone(talkative):
    assert stat.S_IMODE(talkative.folder.stat().st_mode) == 0o700
    databases = sorted(talkative.folder.glob("*.db*"))
    assert {path.name for path in databases} >= {"scheduling.db", "gateway.db", "tracker.db"}
    for path in databases:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, f"{path.name} can be read by others"


def test_no_process_has_a_secret_on_its_command_line(talkative):
    for name in talkative.names:
        line = " ".join(psutil.Process(talkative.pid(name)).cmdline())
        assert not any(secret in line for secret in (FRESH, *talkative.tokens.values()))
