"""The OpenAPI 3.1 document, made from the routes: what is not in the code is not in the document.

Not here: the routes (resources).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel, TypeAdapter

from dialerd.web.binding import OPEN, Route, Streamed
from dialerd.web.credentials import COOKIE, OWN_HEADER
from dialerd.web.problems import MEDIA_TYPE

_REF = "#/components/schemas/{model}"
_NAMED = re.compile(r"\{([a-z_]+)(?::([^{}]*(?:\{[^{}]*\}[^{}]*)*))?\}")


class _Complaint(BaseModel):
    at: str
    message: str


class ProblemDocument(BaseModel):
    """RFC 9457. `code` is stable; `detail` is the sentence of the command line, `message` and `hint` its parts."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    message: str
    hint: str
    errors: list[_Complaint] | None = None


def document(routes: Iterable[Route | Streamed]) -> dict[str, Any]:
    """The whole document."""
    known = tuple(routes)
    schemas = _Schemas(known)
    paths: dict[str, dict[str, Any]] = {}
    for each in known:
        plain = _NAMED.sub(r"{\1}", each.path)
        paths.setdefault(plain, {})[each.method.lower()] = _operation(each, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "dialerd",
            "version": version("dialerd"),
            "description": "Campaigns, contacts, agents and their calls. Errors are RFC 9457 problem details.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas.definitions,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }


class _Schemas:
    """The schema of every model, each under one name."""

    def __init__(self, routes: Iterable[Route | Streamed]) -> None:
        kinds: dict[tuple[str, str], TypeAdapter[Any]] = {("problem", "serialization"): TypeAdapter(ProblemDocument)}
        for each in routes:
            kinds |= {(f"{each.name}.{part}", mode): adapter for part, mode, adapter in _models(each)}
        inputs = [(key, mode, adapter) for (key, mode), adapter in kinds.items()]
        found, rest = TypeAdapter.json_schemas(inputs, ref_template=_REF)  # type: ignore[arg-type]  # its Literal
        self._found = {key: schema for (key, _), schema in found.items()}
        self.definitions: dict[str, Any] = dict(sorted(rest.get("$defs", {}).items()))

    def of(self, key: str) -> dict[str, Any]:
        return dict(self._found[key])


def _models(route: Route | Streamed) -> Iterator[tuple[str, str, TypeAdapter[Any]]]:
    if isinstance(route, Route):
        if route.reads is not None:
            yield "body", "validation", TypeAdapter(route.body_is) if route.body_is else route.reads
        if route.answers is not None:
            yield "answer", "serialization", route.answers
    else:
        if isinstance(route.takes, type):
            yield "body", "validation", TypeAdapter(route.takes)
        if route.gives is not None:
            yield "answer", "serialization", TypeAdapter(route.gives)
    if route.query is not None:
        yield "query", "validation", TypeAdapter(route.query)


def _operation(route: Route | Streamed, schemas: _Schemas) -> dict[str, Any]:
    summary, _, more = route.summary.partition("\n")
    made: dict[str, Any] = {
        "operationId": route.name,
        "tags": [route.do.__module__.rpartition(".")[2]],
        "summary": summary,
        "parameters": [*_path_parameters(route), *_query_parameters(route, schemas), *_header_parameters(route)],
        "responses": _responses(route, schemas),
        "security": [] if route.right == OPEN else [{"session": []}, {"token": []}],
    }
    if more.strip():
        made["description"] = " ".join(more.split())
    if route.right != OPEN:
        made["x-right"] = str(route.right)
    body = _body(route, schemas)
    return made if body is None else {**made, "requestBody": {"required": True, "content": body}}


def _body(route: Route | Streamed, schemas: _Schemas) -> dict[str, Any] | None:
    if isinstance(route, Streamed):
        if isinstance(route.takes, str):
            return {route.takes: {"schema": {"type": "string", "format": "binary"}}}
        media = "application/x-www-form-urlencoded" if route.is_form else "application/json"
        return None if route.takes is None else {media: {"schema": schemas.of(f"{route.name}.body")}}
    if route.body is None:
        return None
    found: dict[str, Any] = {"application/json": {"schema": schemas.of(f"{route.name}.body")}}
    if route.body_is is not None:
        found["application/toml"] = {"schema": {"type": "string"}}
    return found


def _responses(route: Route | Streamed, schemas: _Schemas) -> dict[str, Any]:
    problem = {"description": "what is wrong", "content": {MEDIA_TYPE: {"schema": schemas.of("problem")}}}
    good: dict[str, Any] = {"description": "done"}
    if isinstance(route, Route):
        if route.answers is not None:
            good["content"] = {"application/json": {"schema": schemas.of(f"{route.name}.answer")}}
        if route.is_table:
            good["content"]["application/toml"] = {"schema": {"type": "string"}}
        has_body = route.answers is not None
    else:
        has_body = route.status != 204
        if route.gives is not None:
            good["content"] = {"application/json": {"schema": schemas.of(f"{route.name}.answer")}}
        elif has_body:
            good["content"] = {route.media: {"schema": {"type": "string"}}}
    status = route.status if has_body else 204 if route.status == 200 else route.status
    found = {str(status): good, "default": problem}
    if isinstance(route, Route) and not route.writes and route.method == "GET":
        found["304"] = {"description": "as you have it (If-None-Match)"}
    return found


def _path_parameters(route: Route | Streamed) -> Iterator[dict[str, Any]]:
    for name, pattern in _NAMED.findall(route.path):
        schema: dict[str, Any] = {"type": "string", "minLength": 1}
        if pattern.startswith("[0-9]"):
            schema = {"type": "integer", "minimum": 1}
        elif pattern:
            schema = {"type": "string", "pattern": f"^{pattern}$"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(route: Route | Streamed, schemas: _Schemas) -> Iterator[dict[str, Any]]:
    if route.query is None:
        return
    schema = schemas.of(f"{route.name}.query")
    if "$ref" in schema:
        schema = schemas.definitions[schema["$ref"].rpartition("/")[2]]
    for name, found in schema["properties"].items():
        yield {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": _not_null(found)}


def _not_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A query's value is there or not; it is never null."""
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
    if schema.get("default") is not None:
        rest["default"] = schema["default"]
    return {**rest, **kinds[0]} if len(kinds) == 1 else {**rest, **({"anyOf": kinds} if kinds else {})}


def _header_parameters(route: Route | Streamed) -> Iterator[dict[str, Any]]:
    if route.method != "GET" and getattr(route, "is_own", True):
        yield _header(OWN_HEADER, "1, where the request comes with a cookie and not with a token")
    if isinstance(route, Route) and route.idempotent:
        yield _header("Idempotency-Key", "the same key and request again: the first answer again, and nothing is made")
    if route.shows is not None:
        yield _header("If-Match", "the ETag that was seen: 412 where it is another by now")


@cache
def _header(name: str, told: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": told, "schema": {"type": "string"}}
