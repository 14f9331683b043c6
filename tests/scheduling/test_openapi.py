"""The OpenAPI document against the service: generated requests never break it, and every answer is as described."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import (
    not_a_server_error,
)
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from scheduling.office import Office
from tests.scheduling.conftest import TOKEN, application
from tests.scheduling.people import ANA, enter

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


DOCUMENT = application(TOKEN).openapi()
OPERATIONS = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda value: str(value))
def test_every_answer_is_as_described(lite: Office, method: str, path: str) -> None:
    enter(lite, ANA, sessions=36)
    fuzz(lite, method, path, 12)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_on_postgresql_every_answer_is_as_described(office: Office) -> None:
    enter(office, ANA, sessions=36)
    for method, path in OPERATIONS:
        fuzz(office, method, path, 2)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_long_storm_of_odd_requests_is_answered_as_described(office: Office) -> None:
    enter(office, ANA, sessions=36)
    for method, path in OPERATIONS:
        fuzz(office, method, path, 150)


def fuzz(office: Office, method: str, path: str, examples: int) -> None:
    """Send generated requests; every answer must be as the document says."""
    app = application(TOKEN)
    app.state.office = office
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", app)
    sent = 0

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=schema[path][method.upper()].as_strategy())
    def run(case: schemathesis.Case) -> None:
        nonlocal sent
        sent += 1
        headers = {"Authorization": f"Bearer {TOKEN}"}
        if method == "post":
            headers["Idempotency-Key"] = f"fuzz-{method}-{path}-{sent}"
        case.call_and_validate(headers=headers, checks=CHECKS)

    run()
    assert sent


def test_the_document_names_every_refusal_and_every_route() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            assert {"401", "422", "503"} <= set(operation["responses"]), (method, path)
            assert operation.get("description") or operation.get("summary")
