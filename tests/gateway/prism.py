"""Prism between the real Twilio client and the fake: whatever either says against Twilio's own description is refused."""

from __future__ import annotations

import fcntl
import json
import subprocess
import time
from pathlib import Path

from tests.gateway.rig import overlay
from tests.ports import free_port

RIG = Path(overlay.__file__).parent


def installed() -> Path:
    """The folder with Prism and Twilio's calculator, fetched when it is not there or the lock file has changed."""
    with (RIG / ".installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done, asked = RIG / "node_modules" / ".package-lock.json", RIG / "package-lock.json"
        if not done.exists() or done.stat().st_mtime < asked.stat().st_mtime:
            subprocess.run(["npm", "ci", "--ignore-scripts", "--silent"], cwd=RIG, check=True, timeout=300)
    return RIG


class Prism:
    """`url` checks every request and every answer on their way to `behind`: 422 for a wrong request, 500 for a wrong answer."""

    def __init__(self, folder: Path, behind: str) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        description = folder / "twilio.json"
        description.write_text(json.dumps(overlay.description()), encoding="utf-8")
        program = installed() / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
        self.log = folder / "prism.log"
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                ["node", program, "proxy", "-h", "127.0.0.1", "-p", str(port), "--errors", description, behind],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + 120
        while "Prism is listening" not in self.log.read_text():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.1)

    def complaints(self) -> list[str]:
        """What it refused so far."""
        return [
            line for line in self.log.read_text().splitlines() if "terminated with error" in line or "iolation" in line
        ]

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)
