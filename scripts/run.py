"""`make run`: start the four processes of the Procfile, say when they are ready, keep them running, end them together.

A process that dies is started again at once, one that dies again within 30 seconds after 1, 2, 4 … 30 seconds; one that stops
during the first start ends everything.
Process ids stand in $VAR_DIR/run/<name>.pid. Exit status: 0 after Ctrl-C or SIGTERM, 1 when something could not start.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ctypes
import os
import secrets
import shlex
import signal
import socket
import sys
import time
from pathlib import Path

import httpx

from clinic import clock, config, settings

PORTS = {
    "gateway": ("GATEWAY_PORT", 8000),
    "scheduling": ("SCHEDULING_PORT", 8001),
    "rasa": ("RASA_PORT", 5005),
    "actions": ("ACTIONS_PORT", 5055),
}
SECRETS = ("BOT_TOKEN", "SCHEDULING_TOKEN", "SIGNING_KEY")
CHANNELS = {
    "text messages": ("TWILIO_ACCOUNT_SID",),
    "e-mail": ("SMTP_URL",),
    "staff alerts": ("ALERT_EMAIL_TO", "ALERT_WEBHOOK_URL", "ALERT_SMS_TO"),
}
READY_SECONDS = 90.0
STOP_SECONDS = 4.0
LONGEST_PAUSE = 30.0


class StartError(RuntimeError):
    """Something needed for the start is missing or taken. The message is one line that names it."""


def procfile(path: Path) -> dict[str, list[str]]:
    """Name → command of each line of a Procfile."""
    lines = (line.split(":", 1) for line in path.read_text().splitlines() if ":" in line and not line.startswith("#"))
    return {name.strip(): shlex.split(command) for name, command in lines}


def load_secrets(path: Path) -> dict[str, str]:
    """The secrets of this installation; missing ones are made. The file has mode 600."""
    known = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line) if path.exists() else {}
    if fresh := {name: secrets.token_urlsafe(32) for name in SECRETS if name not in known}:
        known |= fresh
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text("".join(f"{name}={value}\n" for name, value in known.items()))
    return known


def check_ports(names: list[str]) -> None:
    """Raise StartError when a port of a process to start is taken."""
    for name in names:
        variable, default = PORTS[name]
        port = settings.port(variable, default)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((os.environ.get("GATEWAY_HOST", "127.0.0.1") if name == "gateway" else "127.0.0.1", port))
            except OSError as error:
                raise StartError(
                    f"port {port} is taken: stop what uses it, or set {variable} to another port"
                ) from error


def environment(var: Path, zone: str) -> dict[str, str]:
    """The environment of the four processes: ours, the secrets, and one shared test clock when TEST_NOW is set."""
    clock.Clock(zone)
    env = {**load_secrets(var / "secrets.env"), **os.environ, "VAR_DIR": str(var)}
    env |= {"PYTHONUNBUFFERED": "1", "RASA_TELEMETRY_ENABLED": "false"}
    if "TEST_NOW" in env and "TEST_NOW_FILE" not in env:
        shared = var / "test-now"
        shared.write_text(env["TEST_NOW"])
        env["TEST_NOW_FILE"] = str(shared)
    return env


class Process:
    """One line of the Procfile, kept running until `stop()`."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], pid_file: Path) -> None:
        self.name, self._command, self._env, self._pid_file = name, command, env, pid_file
        self._child: asyncio.subprocess.Process | None = None
        self.ended = asyncio.Event()
        self.settled = False
        self._stopping = False

    async def keep_running(self) -> None:
        """Start it, and again after each death; before the first readiness a death is final."""
        pause = 0.0
        while not self._stopping:
            born = time.monotonic()
            await self._once()
            if self._stopping:
                return
            if not self.settled:
                self.ended.set()
                return
            if time.monotonic() - born > LONGEST_PAUSE:
                pause = 0.0
            print(f"{self.name} ended; starting it again in {pause:.0f} s", flush=True)
            await asyncio.sleep(pause)
            pause = min(max(pause * 2, 1.0), LONGEST_PAUSE)

    async def _once(self) -> None:
        self._child = await asyncio.create_subprocess_exec(
            *self._command,
            env=self._env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        self._pid_file.write_text(str(self._child.pid))
        assert self._child.stdout is not None
        try:
            async for line in self._child.stdout:
                print(f"{self.name:10} | {line.decode(errors='replace').rstrip()}", flush=True)
        except ValueError:  # a line beyond the stream's limit: not worth ending the process for
            await self._child.stdout.read()
        await self._child.wait()
        self._pid_file.unlink(missing_ok=True)

    async def stop(self) -> None:
        """SIGTERM to its group, SIGKILL when it does not end in time."""
        self._stopping = True
        child = self._child
        if child is None or child.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(child.wait(), STOP_SECONDS)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


def _end_with_parent() -> None:
    """Linux: SIGTERM for the child when this process dies, however it dies (prctl PR_SET_PDEATHSIG = 1)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


async def wait_ready(url: str, processes: list[Process]) -> None:
    """Return once /readyz answers 200; StartError when a process ended, or time is up."""
    deadline, last = time.monotonic() + READY_SECONDS, "no answer yet"
    async with httpx.AsyncClient(timeout=5) as client:
        while time.monotonic() < deadline:
            for process in processes:
                if process.ended.is_set():
                    raise StartError(f"{process.name} could not start: see its last lines above")
            try:
                answer = await client.get(url)
                if answer.status_code == 200:
                    return
                last = answer.text[:200]
            except httpx.HTTPError as error:
                last = type(error).__name__
            await asyncio.sleep(0.2)
    raise StartError(f"not ready after {READY_SECONDS:.0f} s: {last}")


async def serve(names: list[str], commands: dict[str, list[str]], env: dict[str, str], var: Path) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    folder = var / "run"
    folder.mkdir(exist_ok=True)
    processes = [Process(name, commands[name], env, folder / f"{name}.pid") for name in names]
    keepers = [asyncio.create_task(process.keep_running()) for process in processes]
    port = settings.port(*PORTS["gateway"])
    status = 0
    ready = asyncio.create_task(wait_ready(f"http://127.0.0.1:{port}/readyz", processes))
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({ready, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            ready.result()
            for process in processes:
                process.settled = True
            print(f"Ready: http://127.0.0.1:{port}/", flush=True)
            await stopped
    except StartError as error:
        print(f"run: {error}", file=sys.stderr, flush=True)
        status = 1
    finally:
        print("Stopping ...", flush=True)
        ready.cancel()
        await asyncio.gather(*(process.stop() for process in processes))
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
    return status


def main() -> int:
    parser = argparse.ArgumentParser(description="Start the processes of the Procfile and keep them running.")
    parser.add_argument("only", nargs="*", help="start only these (default: all)")
    arguments = parser.parse_args()
    commands = procfile(Path("Procfile"))
    names = arguments.only or list(commands)
    if unknown := set(names) - set(commands):
        parser.error(f"no such process: {', '.join(sorted(unknown))} (known: {', '.join(commands)})")
    try:
        clinic = config.load()
        check_ports(names)
        var = settings.var_dir().resolve()
        env = environment(var, clinic.timezone)
    except (config.ClinicError, settings.SettingsError, clock.ClockError, StartError) as error:
        print(f"run: {error}", file=sys.stderr)
        return 1
    off = [channel for channel, variables in CHANNELS.items() if not any(env.get(name) for name in variables)]
    print(
        f"Starting {', '.join(names)} for {clinic.name}" + (f"; off until configured: {', '.join(off)}" if off else ""),
        flush=True,
    )
    return asyncio.run(serve(names, commands, env, var))


if __name__ == "__main__":
    sys.exit(main())
