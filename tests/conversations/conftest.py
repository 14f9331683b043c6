"""One house for all talks; between two talks the appointment book is put back to what staff had entered."""

from __future__ import annotations

import contextlib

import pytest

from tests.stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("talks")) as running:
        for words in STAFF:
            with contextlib.suppress(AssertionError):
                running.scheduling_command(*words)
        running.remember()
        yield running


STAFF: tuple[tuple[str, ...], ...] = ()
"""Commands of `python -m scheduling` that staff gave before the first talk: the patients of the talks about own visits."""
