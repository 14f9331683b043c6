"""The documents keep up with the code: tests, settings, routes and packages that they name, and that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.gateway.test_hostile import ROUTES

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("clinic", "bot", "actions", "scheduling", "gateway", "scripts")
OPERATIONS = (ROOT / "docs/operations.md").read_text()
SECURITY = (ROOT / "docs/security.md").read_text()
PROOFS = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", SECURITY)
READERS = re.compile(
    r"(?:\b(?:get|setdefault|pop|read|port|tokens|_?\w*secrets?|_rate|_count|seconds|_number|_urls|_networks)\(\s*|environ\[)"
    r"\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|FLOORS)\""
)
NAMES = re.compile(r"\"((?:TWILIO|SMS|ALERT|GATEWAY|RASA|SCHEDULING|TRACKER|TEST|CLINIC)_[A-Z_]+)\"")


def read_in(room: str) -> set[str]:
    found: set[str] = set()
    for path in (ROOT / room).rglob("*.py"):
        text = path.read_text()
        found |= set(READERS.findall(text))
        if path.name in ("settings.py", "channels.py", "run.py", "backup.py"):
            found |= set(NAMES.findall(text))  # names that stand in a tuple first
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_every_setting_that_is_read_is_explained(room):
    missing = [name for name in sorted(read_in(room)) if f"`{name}`" not in OPERATIONS]
    assert not missing, f"docs/operations.md does not explain {', '.join(missing)}"


def test_the_search_for_settings_finds_them():
    found = set().union(*map(read_in, ROOMS))
    assert {
        "BOT_TOKEN",
        "SIGNING_KEY",
        "SMTP_URL",
        "GATEWAY_LIMIT_SESSION",
        "TWILIO_FROM",
        "VAR_DIR",
        "RASA_MODEL",
    } <= found


def test_every_setting_that_is_explained_is_read():
    rows = re.findall(r"^\| ((?:`[A-Z_]+` ?)+)\|", OPERATIONS, re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert not explained - set().union(*map(read_in, ROOMS))


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_public_route_is_documented(method, path):
    assert f"`{method} {path}`" in OPERATIONS


def test_every_threat_names_its_proof():
    rows = [line for line in SECURITY.splitlines() if line.startswith("|")][2:]
    assert len(rows) >= 25
    for row in rows:
        assert re.search(r"`tests/[\w/]+\.py::test_\w+`", row.rsplit("|", 2)[1]), row


@pytest.mark.parametrize(("file", "name"), PROOFS)
def test_every_proof_exists(file, name):
    tree = ast.parse((ROOT / file).read_text())
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in names


@pytest.mark.parametrize("lock", ["rasa", "services", "uv"])
def test_every_required_package_is_listed_with_its_locked_version(lock):
    page = (ROOT / "docs/dependencies.md").read_text()
    locked = dict(
        re.findall(
            r"^([\w.-]+?)(?:\[[^\]]*\])?==([^\s;\\]+)", (ROOT / f"requirements/{lock}.txt").read_text(), re.MULTILINE
        )
    )
    locked = {name.replace("_", "-").replace(".", "-").lower(): version for name, version in locked.items()}
    wanted = re.findall(r"^([A-Za-z0-9._-]+)", (ROOT / f"requirements/{lock}.in").read_text(), re.MULTILINE)
    assert wanted
    for name in wanted:
        version = locked[name.replace("_", "-").replace(".", "-").lower()]
        assert f"| {name} | {version} |" in page, (
            f"docs/dependencies.md: {name} {version} is missing or has another version"
        )


def test_links_between_documents_lead_somewhere():
    for page in (ROOT / "docs").glob("*.md"):
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
