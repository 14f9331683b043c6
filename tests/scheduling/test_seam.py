"""The rules know storage only through `scheduling.storage`, and nothing of HTTP."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2] / "scheduling"
RULES = sorted(file for file in ROOM.glob("*.py") if file.name not in ("serve.py", "__main__.py", "__init__.py"))
FORBIDDEN = (
    "sqlalchemy",
    "alembic",
    "psycopg",
    "sqlite3",
    "fastapi",
    "starlette",
    "uvicorn",
    "scheduling.sql",
    "scheduling.api",
)


def imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


@pytest.mark.parametrize("file", RULES, ids=lambda file: file.stem)
def test_a_rule_imports_neither_database_nor_http(file: Path) -> None:
    bad = [name for name in imported(file) if name.startswith(FORBIDDEN)]
    assert not bad


def test_the_room_imports_no_other_room() -> None:
    for file in ROOM.rglob("*.py"):
        rooms = {name.split(".")[0] for name in imported(file)}
        assert not rooms & {"bot", "actions", "gateway", "rasa", "tests"}, file


def test_no_file_is_longer_than_a_few_screens() -> None:
    long = {file.name: len(file.read_text().splitlines()) for file in ROOM.rglob("*.py")}
    assert not {name: lines for name, lines in long.items() if lines > 400}
