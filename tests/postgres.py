"""A real PostgreSQL server for tests: own data folder, a free loopback port, gone afterwards.

Interface::

    from tests.postgres import postgres            # a session fixture; import it into your conftest.py

    def test_it(postgres):
        url = postgres.new_database()              # "postgresql://tests@127.0.0.1:PORT/NAME", empty
        postgres.drop(url)                         # optional; everything goes with the server

`Server()` can be used without pytest too: `with Server() as server: …`. As root the server runs as `postgres` or `nobody`, because
PostgreSQL refuses root. When there are no binaries, MissingPostgres tells the one line to run.
"""

from __future__ import annotations

import glob
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.ports import free_port

OWNER = "tests"


class MissingPostgres(Exception):
    """PostgreSQL's programs are not installed."""


class Server:
    """One server. `durable=True` keeps fsync on, as a clinic would: for measurements."""

    def __init__(self, durable: bool = False) -> None:
        self._bin = _binaries()
        self._durable = durable
        self._numbers = itertools.count(1)
        self._folder: Path | None = None
        self.port = 0

    def __enter__(self) -> Server:
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        data = self._folder / "data"
        user = _other_user() if os.getuid() == 0 else None
        if user:
            shutil.chown(self._folder, user)
        self._as = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
        self._run("initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.port = free_port()
        options = f"-p {self.port} -h 127.0.0.1 -k {self._folder} -c max_connections=200 -c shared_buffers=64MB"
        if not self._durable:
            options += " -c fsync=off -c full_page_writes=off"
        self._run("pg_ctl", "-D", data, "-w", "-t", "240", "-l", self._folder / "log", "-o", options, "start")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._folder
        self._run("pg_ctl", "-D", self._folder / "data", "-m", "immediate", "-w", "-t", "240", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def restart(self) -> None:
        """Break off whatever runs, as a crash does, and start again with the same data."""
        assert self._folder
        data = self._folder / "data"
        self._run("pg_ctl", "-D", data, "-m", "immediate", "-w", "-t", "240", "-l", self._folder / "log", "restart")

    def new_database(self, template: str = "template1") -> str:
        """The URL of a new, empty database, or of a copy of another one (by its name), which nobody may be using."""
        name = f"t{next(self._numbers)}"
        self._manage(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url(name)

    def drop(self, url: str) -> None:
        """Drop a database of `new_database`, ending its connections."""
        self._manage(f"DROP DATABASE IF EXISTS {url.rsplit('/', 1)[1]} WITH (FORCE)")

    def _manage(self, command: str) -> None:
        """PostgreSQL waits five seconds for those who have just left a database; a busy machine may need more."""
        until = time.monotonic() + 120
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            while True:
                try:
                    connection.execute(command)
                    return
                except psycopg.errors.ObjectInUse:
                    if time.monotonic() > until:
                        raise

    def _url(self, name: str) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._bin / program), *map(str, arguments)]
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", stdin=subprocess.DEVNULL, **self._as
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.decode(errors='replace')[-500:]}")


def _binaries() -> Path:
    candidates = [Path(path).parent for path in [shutil.which("initdb")] if path]
    candidates += [Path(path) for path in sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)]
    candidates.append(Path("/usr/local/bin"))
    for folder in candidates:
        if all((folder / program).exists() for program in ("initdb", "pg_ctl", "postgres")):
            return folder.resolve()
    raise MissingPostgres("PostgreSQL is not installed: run `sudo apt-get install -y postgresql`")


def _other_user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """See the module's docstring."""
    try:
        server = Server()
    except MissingPostgres as error:
        pytest.fail(str(error), pytrace=False)
    with server:
        yield server
