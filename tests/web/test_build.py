"""The committed files are what the source builds, and small enough for a phone on a bad line."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "gateway" / "static"
LOADER_BYTES = 3 * 1024
BOTH_BYTES = 30 * 1024


def packed(*names: str) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def test_the_loader_and_the_panel_keep_their_size() -> None:
    page = (STATIC / "chat.html").read_text()
    files = re.findall(r'/static/(chat-[0-9a-f]+\.(?:js|css))"', page)
    assert len(files) == 2
    loader, panel = packed("loader.js"), packed("chat.html", *files)
    print(f"loader {loader} B, panel {panel} B")
    assert loader < LOADER_BYTES
    assert loader + panel <= BOTH_BYTES


def test_the_pages_have_no_inline_script_or_style() -> None:
    for page in ("chat.html", "index.html"):
        text = (STATIC / page).read_text()
        assert not re.search(r"<style|\sstyle=|\son\w+=", text), page
        for script in re.findall(r"<script[^>]*>(.*?)</script>", text, re.S):
            assert script.strip() == ""
        assert not re.search(r'<\w[^>]*(?:src|href)="(?:https?:)?//', text), "nothing from elsewhere"


def test_no_file_reaches_for_another_server() -> None:
    for path in STATIC.glob("*.js"):
        urls = set(re.findall(r"https?://[\w.-]+", path.read_text())) - {"http://www.w3.org"}
        assert urls == set(), (path.name, urls)


@pytest.mark.parametrize("folder", ["web", "tests/gateway/rig"])
def test_a_lock_file_names_no_address_and_only_what_it_has_a_hash_of(folder: str) -> None:
    text = (ROOT / folder / "package-lock.json").read_text()
    lock = json.loads(text)
    assert "://" not in text
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)


def test_a_rebuild_gives_the_committed_files() -> None:
    if shutil.which("node") is None:
        pytest.fail("node is missing; run: apt-get update && apt-get install -y nodejs npm")
    if not (ROOT / "web" / "node_modules").is_dir():
        pytest.fail("the build tools are missing; run: npm ci --ignore-scripts --prefix web")
    done = subprocess.run(
        ["npm", "run", "--silent", "check"], cwd=ROOT / "web", capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
