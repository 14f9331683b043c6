"""A backup is whole, is its owner's alone, and what it holds comes back."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import stat
from pathlib import Path

import psycopg
import pytest

from scripts import backup
from tests.postgres import postgres

__all__ = ["postgres"]
STORES = ("scheduling", "gateway", "tracker")


@pytest.fixture
def var(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("VAR_DIR", str(folder))
    for variable, _ in backup.STORES.values():
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(f"{variable}_FILE", raising=False)
    for store in STORES:
        write(folder / f"{store}.db", store)
    return folder


def write(path: Path, word: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE IF NOT EXISTS said (word TEXT)")
        database.execute("INSERT INTO said VALUES (?)", (word,))


def words(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as database:
        return [word for (word,) in database.execute("SELECT word FROM said")]


def test_what_is_lost_after_a_backup_comes_back(var, tmp_path, capsys):
    with contextlib.closing(sqlite3.connect(var / "gateway.db")) as open_one:
        open_one.execute("SELECT * FROM said").fetchall()
        assert backup.main(["create", str(tmp_path / "backups")]) == 0, "while the house runs"
    made = Path(capsys.readouterr().out.strip())
    for store in STORES:
        write(var / f"{store}.db", "later")
    (var / "tracker.db").unlink()
    assert backup.main(["restore", str(made), "--yes"]) == 0
    for store in STORES:
        assert words(var / f"{store}.db") == [store]
        assert stat.S_IMODE((var / f"{store}.db").stat().st_mode) == 0o600
    assert "later" in words(var / "gateway.db.before-restore")


def test_a_backup_is_its_owners_alone(var, tmp_path):
    made = backup.create(tmp_path / "backups")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    files = list(made.iterdir())
    assert len(files) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_damaged_backup_is_refused_and_nothing_is_touched(var, tmp_path, capsys):
    made = backup.create(tmp_path / "backups")
    with (made / "tracker.db").open("ab") as file:
        file.write(b"x")
    assert backup.main(["restore", str(made), "--yes"]) == 1
    assert "tracker.db is damaged" in capsys.readouterr().err
    assert not list(var.glob("*.before-restore"))


def test_a_running_house_is_not_restored_under_its_feet(var, tmp_path, capsys):
    made = backup.create(tmp_path / "backups")
    with contextlib.closing(sqlite3.connect(var / "scheduling.db")) as running:
        running.execute("SELECT * FROM said").fetchall()
        assert backup.main(["restore", str(made), "--yes"]) == 1
    assert "stop the house first" in capsys.readouterr().err
    assert words(var / "scheduling.db") == ["scheduling"]


def test_old_backups_go_and_what_is_no_backup_stays(var, tmp_path):
    folder = tmp_path / "backups"
    for name in ("tms-20200101T000000Z", "tms-20200102T000000Z"):
        (folder / name).mkdir(parents=True)
    (folder / "tms-20200101T000000Z" / "manifest.json").write_text("{}")
    made = backup.create(folder, keep_days=30)
    assert {path.name for path in folder.iterdir()} == {"tms-20200102T000000Z", made.name}


@pytest.mark.postgres
def test_postgresql_is_dumped_and_restored_without_a_password_on_a_command_line(var, tmp_path, monkeypatch, postgres):
    links = {store: postgres.new_database() for store in STORES}
    for store, (variable, _) in backup.STORES.items():
        monkeypatch.setenv(variable, links[store].replace("tests@", "tests:secret@"))
        with psycopg.connect(links[store], autocommit=True) as connection:
            connection.execute("CREATE TABLE said (word TEXT)")
            connection.execute("INSERT INTO said VALUES (%s)", (store,))
    made = backup.create(tmp_path / "backups")
    assert set(json.loads((made / "manifest.json").read_text())["sha256"]) == {f"{store}.dump" for store in STORES}
    for store in STORES:
        with psycopg.connect(links[store], autocommit=True) as connection:
            connection.execute("INSERT INTO said VALUES ('later')")
    backup.restore(made)
    for store in STORES:
        with psycopg.connect(links[store]) as connection:
            assert connection.execute("SELECT word FROM said").fetchall() == [(store,)]
    assert "secret" not in backup._bare("postgresql://tests:secret@127.0.0.1:5432/x?sslmode=require")
