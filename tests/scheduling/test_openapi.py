"""The OpenAPI document against the service: generated requests never break it, and every answer is as described."""

from __future__ import annotations

import itertools

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

EXAMPLES = 12

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
    app = application(TOKEN)
    app.state.office = lite
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", app)
    numbers = itertools.count()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=schema[path][method.upper()].as_strategy())
    def run(case: schemathesis.Case) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        if method == "post":
            headers["Idempotency-Key"] = f"fuzz-{next(numbers)}"
        case.call_and_validate(headers=headers, checks=CHECKS)

    run()
    assert next(numbers) or method != "post"


def test_the_document_names_every_refusal_and_every_route() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            assert {"401", "422", "503"} <= set(operation["responses"]), (method, path)
            assert operation.get("description") or operation.get("summary")
