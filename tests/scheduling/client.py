"""Starlette's test client. It warns that a newer httpx exists, which this project has no other use for."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient as TestClient
