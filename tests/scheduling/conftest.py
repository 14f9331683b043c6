"""An office over each engine, a clock that tests can set, and a real server process."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from clinic import clock
from clinic.config import Clinic, load
from scheduling.api.app import create
from scheduling.office import Office
from scheduling.rota import Rota
from scheduling.sql import engine, migrate
from scheduling.sql.engine import SqlStorage, open_engine
from tests.ports import free_port
from tests.postgres import Server, postgres  # noqa: F401
from tests.scheduling.client import TestClient
from tests.scheduling.invariants import check
from tests.stack import serve
from tests.still_clock import stand

TOKEN = "test-token-0123456789"
KEY = "test-signing-key-0123456789"
NOW = "2026-11-25T08:45"
"""A Wednesday; the Thursday after it is Thanksgiving."""

Travel = Callable[[str], None]


@pytest.fixture(autouse=True)
def travel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Travel]:
    """Set the clock to a clinic-local time, at which it stands; every test begins at NOW."""

    def to(moment: str) -> None:
        monkeypatch.setenv("TEST_MODE", "1")
        monkeypatch.setenv("TEST_NOW", moment)
        stand(moment)

    to(NOW)
    yield to
    clock._clock = None


@pytest.fixture(scope="session", autouse=True)
def _patient() -> None:
    """A database on a busy machine may take its time to accept a connection."""
    engine.CONNECT_SECONDS = 60


@pytest.fixture(scope="session")
def sample() -> Clinic:
    return load(Path(__file__).parents[2] / "clinic.yml")


ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


def migrated(url: str) -> str:
    opened = open_engine(url)
    migrate.upgrade(opened, lambda line: None)
    opened.dispose()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file, copied for each test: migrating is tested by itself."""
    file = tmp_path_factory.mktemp("template") / "scheduling.db"
    migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> str:  # noqa: F811
    """The name of a migrated, empty database."""
    return migrated(postgres.new_database().replace("postgresql://", "postgresql+psycopg://")).rsplit("/", 1)[1]


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A URL of a migrated, empty database, once on each engine."""
    if request.param == "sqlite":
        yield copied(request.getfixturevalue("sqlite_template"), tmp_path)
        return
    template = request.getfixturevalue("postgres_template")
    server: Server = request.getfixturevalue("postgres")
    url = server.new_database(template)
    yield url.replace("postgresql://", "postgresql+psycopg://")
    server.drop(url)


def copied(template: Path, folder: Path) -> str:
    shutil.copy(template, folder / "scheduling.db")
    return f"sqlite:///{folder / 'scheduling.db'}"


_rotas: dict[int, Rota] = {}


@contextmanager
def open_office(url: str, clinic: Clinic) -> Iterator[Office]:
    """An office over a migrated database; at its end the invariants are checked. The sample clinic's days are shared."""
    storage = SqlStorage(open_engine(url))
    office = Office(clinic, storage, KEY)
    office.__dict__["rota"] = _rotas.setdefault(id(clinic), Rota(clinic))
    try:
        yield office
        check(storage.engine)
    finally:
        storage.close()


@pytest.fixture
def office(database_url: str, sample: Clinic) -> Iterator[Office]:
    """An office on each engine; afterwards every claim must be as it should."""
    with open_office(database_url, sample) as made:
        yield made


@pytest.fixture
def lite(tmp_path: Path, sample: Clinic, sqlite_template: Path) -> Iterator[Office]:
    """An office on SQLite only, for rules that no engine changes."""
    with open_office(copied(sqlite_template, tmp_path), sample) as made:
        yield made


@cache
def application(token: str) -> FastAPI:
    """One application for all tests, because describing its routes takes a while; a test gives it its office."""
    return create(None, token)  # type: ignore[arg-type]


def client_of(office: Office) -> TestClient:
    app = application(TOKEN)
    app.state.office = office
    return TestClient(app, headers={"Authorization": f"Bearer {TOKEN}"}, raise_server_exceptions=False)


@pytest.fixture
def api(office: Office) -> TestClient:
    return client_of(office)


@pytest.fixture
def web(lite: Office) -> TestClient:
    return client_of(lite)


class Process:
    """`python -m scheduling serve` as a process of its own, with its own VAR_DIR."""

    def __init__(self, var: Path, url: str, **environment: str) -> None:
        self.port = free_port()
        self.environment = os.environ | {
            "VAR_DIR": str(var),
            "SCHEDULING_PORT": str(self.port),
            "SCHEDULING_TOKEN": TOKEN,
            "SIGNING_KEY": KEY,
            "SCHEDULING_DATABASE_URL": url.replace("+psycopg", ""),
            "CLINIC_FILE": str(Path(__file__).parents[2] / "clinic.yml"),
            "TEST_MODE": "1",
            "TEST_NOW": NOW,
        }
        self.environment |= environment
        self.out = var / "out.log"
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=120,
            trust_env=False,
            verify=False,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
        )
        self.start()

    def start(self) -> None:
        self.process = serve("scheduling", self.environment, self.out)
        until = time.monotonic() + 120
        while self.process.poll() is None and time.monotonic() < until:
            try:
                if self.client.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"the server did not start: {self.out.read_text()[-2000:]}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(60)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Process]:
    """A real server on each engine."""
    process = Process(tmp_path, database_url)
    yield process
    process.stop()
