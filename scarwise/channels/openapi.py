"""Describes the web door in OpenAPI 3.1, made from the models of what it reads and writes.

There is no second copy to keep: a client's code, and the requests that the tests generate, come
from the same description.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from scarwise.channels.bodies import Refusal

_COMPONENTS = "#/components/schemas/"


@dataclass(frozen=True)
class Parameter:
    """One parameter in the address of a request."""

    name: str
    schema: dict[str, Any]
    required: bool = False


@dataclass(frozen=True)
class Operation:
    """One thing that the door does; what it reads and writes is a model, a content type, or
    nothing."""

    method: str
    path: str
    summary: str
    status: int
    answer: type[BaseModel] | str | None
    body: type[BaseModel] | None = None
    body_required: bool = True
    token: bool = False
    refusals: tuple[int, ...] = ()
    query: tuple[Parameter, ...] = ()


def describe(operations: Sequence[Operation], server: str) -> dict[str, Any]:
    """The OpenAPI description of `operations` below the address `server`."""
    models = {Refusal}
    for one in operations:
        models |= {kind for kind in (one.body, one.answer) if isinstance(kind, type)}
    in_order = sorted(models, key=lambda model: model.__name__)
    _, schemas = models_json_schema(
        [(model, "validation") for model in in_order], ref_template=_COMPONENTS + "{model}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Scarwise", "version": version("scarwise")},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    kinds = {one.status: one.answer, **dict.fromkeys(one.refusals, Refusal)}
    answers = {
        str(status): {
            "description": HTTPStatus(status).phrase,
            **({"content": _content(kind)} if kind else {}),
        }
        for status, kind in kinds.items()
    }
    found: dict[str, Any] = {"summary": one.summary, "responses": answers}
    if one.query:
        found["parameters"] = [
            {"name": p.name, "in": "query", "required": p.required, "schema": p.schema}
            for p in one.query
        ]
    if one.body:
        found["requestBody"] = {"required": one.body_required, "content": _content(one.body)}
    if one.token:
        found["security"] = [{"token": []}]
    return found


def _content(kind: type[BaseModel] | str) -> dict[str, Any]:
    if isinstance(kind, str):
        return {kind: {}}
    return {"application/json": {"schema": {"$ref": _COMPONENTS + kind.__name__}}}
