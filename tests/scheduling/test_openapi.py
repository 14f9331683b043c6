"""The OpenAPI document against the service: generated requests never break it, and every answer is as described."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
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
from tests.scheduling.conftest import TOKEN, _app
from tests.scheduling.people import ANA, enter

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def described(lite: Office):  # type: ignore[no-untyped-def]
    enter(lite, ANA, sessions=36)
    app = _app(TOKEN)
    app.state.office = lite
    return schemathesis.openapi.from_asgi("/v1/openapi.json", app)


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_described(case: schemathesis.Case) -> None:
    case.call_and_validate(
        headers={"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": f"fuzz-{id(case)}"}, checks=CHECKS
    )
