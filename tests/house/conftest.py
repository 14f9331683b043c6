"""One running house for the tests of privacy, exposure and rotation.

Every log is as talkative as it can be made, the gateway is told to listen everywhere, and all secrets are just being changed.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stack import Stack

FRESH = "fresh-secret-of-all-kinds-0123456789"


@pytest.fixture(scope="session")
def talkative(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The four processes with GATEWAY_HOST=0.0.0.0 and every log level that an environment can ask for at DEBUG."""
    levels = ("LOG_LEVEL", "LOG_LEVEL_LIBRARIES", "LOG_LEVEL_MATPLOTLIB", "LOG_LEVEL_RABBITMQ", "LOG_LEVEL_KAFKA")
    folder = tmp_path_factory.mktemp("talkative") / "var"
    folder.mkdir(mode=0o700)
    stack = Stack(folder, GATEWAY_HOST="0.0.0.0", **dict.fromkeys(levels, "DEBUG"))
    for name in ("TEST_MODE", "TEST_NOW_FILE"):
        del stack.env[name]  # a house that can be reached from outside refuses a test clock
    for name, old in stack.tokens.items():
        stack.env[name] = f"{FRESH},{old}"
    stack.env["NUMBER_KEY"] = stack.tokens["SIGNING_KEY"]
    with stack:
        yield stack
