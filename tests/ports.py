"""Ports of loopback for the servers that tests start."""

import random
import socket

# Below those that Linux gives to outgoing connections, so that a server which was stopped finds its port free again.
FIRST, LAST = 20_000, 32_767
_claims: list[socket.socket] = []


def free_port() -> int:
    """A TCP port that nothing listens on, and that no other process of the tests is given while this one lives."""
    while True:
        port = random.SystemRandom().randint(FIRST, LAST)
        claim = socket.socket(type=socket.SOCK_DGRAM)
        try:
            claim.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
        else:
            _claims.append(claim)
            return port


def free_ports(count: int) -> list[int]:
    return [free_port() for _ in range(count)]
