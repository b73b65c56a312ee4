"""The document and what the API does agree: whatever the document allows is answered as it says, never with a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from dialerd.web.openapi import document
from dialerd.web.resources import ROUTES
from tests.web.site import Browser, Site

DOCUMENT = document(ROUTES)
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
_OPERATIONS: list[Any] = [each.ok() for each in SCHEMA.get_all_operations()]  # type: ignore[union-attr]  # ours is valid

_CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.CHECKS.get_one("response_schema_conformance"),
    schemathesis.checks.CHECKS.get_one("content_type_conformance"),
]
_SIGNS_OUT = {"session_sign_out", "session_change_password"}


def test_the_document_is_of_version_3_1_and_names_every_route(calm: tuple[Site, dict[str, Browser]]) -> None:
    said = calm[1]["nobody"].get("/api/openapi.json").document
    assert said["openapi"] == "3.1.0"
    named = {(method, path) for path, item in said["paths"].items() for method in item}
    assert len(named) == len(ROUTES) + 4  # and live events, the phone's line, health, the document itself
    for item in said["paths"].values():
        for operation in item.values():
            assert operation["summary"]
            assert "default" in operation["responses"]


def test_every_reference_of_the_document_leads_somewhere() -> None:
    text = json.dumps(DOCUMENT)
    known = set(DOCUMENT["components"]["schemas"])
    used = {each.partition('"')[0] for each in text.split("#/components/schemas/")[1:]}
    assert used <= known


@pytest.mark.parametrize("operation", _OPERATIONS, ids=lambda each: each.label)
def test_whatever_the_document_allows_is_answered_as_it_says(
    calm: tuple[Site, dict[str, Browser]], operation: Any, pytestconfig: pytest.Config
) -> None:
    """One request each; `--draws N`: so many, new ones (the option reaches no test that is made within a test)."""
    if operation.definition.raw["operationId"] in _SIGNS_OUT:
        return  # asked in test_signin.py: here they would end the session of all the others
    browser = calm[1]["ann" if operation.path.startswith("/api/me/") else "root"]

    times = pytestconfig.getoption("--draws")
    profile = settings(derandomize=False) if times > 1 else None

    @settings(profile, max_examples=times, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        headers = {"Cookie": browser.cookie, **browser.headers}
        case.call_and_validate(base_url=f"http://127.0.0.1:{browser.port}", headers=headers, checks=_CHECKS)

    given(case=operation.as_strategy())(ask)()
