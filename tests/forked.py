"""Our services as processes of their own, forked from one that has done the imports: a start costs 0.2 s of processor time, not 2 to 4."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMPORTS = {
    "gateway": ["gateway.__main__", "alembic.command"],
    "scheduling": ["scheduling.__main__", "scheduling.serve", "alembic.command"],
}
FORKS = multiprocessing.get_context("forkserver")


def serve(package: str, environ: dict[str, str], log: Path) -> BaseProcess:
    """What `python -m {package} serve` runs, in this environment; what it prints is added to `log`."""
    FORKS.set_forkserver_preload(IMPORTS[package])  # counts before the first start
    process = FORKS.Process(target=_serve, args=(package, environ, str(log)), daemon=True)
    process.start()
    return process


def _serve(package: str, environ: dict[str, str], log: str) -> None:
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(ROOT)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    sys.stdout = sys.stderr = os.fdopen(1, "w", buffering=1)
    sys.argv = [package, "serve"]
    sys.exit(importlib.import_module(f"{package}.__main__").main())
