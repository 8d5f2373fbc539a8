"""Requests from the OpenAPI description: right ones, nearly right ones, and everything else."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

Schema = dict[str, Any]

# What patients may well type, beside whatever else Unicode has.
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(min_size=900, max_size=1200),
    st.sampled_from(["What are the risks?", "hello", "I cannot breathe", "/restart", " ", "1"]),
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "x"]
TYPES = ["application/json", "text/plain", "application/x-www-form-urlencoded", "x", "", "*/*",
         "multipart/form-data", "application/json; charset=utf-16"]  # fmt: skip
# Letters that HTTP lets into a header's value.
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"))


@dataclass(frozen=True)
class Request:
    """One request as it is sent; whether its body and query, and its token, are as described, and
    whether it comes from a page of another website."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    fits: bool
    knows: bool
    foreign: bool


class Description:
    """The OpenAPI description that the server gives, as requests and as judge of answers."""

    def __init__(self, told: Schema) -> None:
        self.told = told
        self._schemas = told["components"]["schemas"]

    def operations(self) -> list[tuple[str, str]]:
        """Every method and path."""
        return [(verb.upper(), path) for path, one in self.told["paths"].items() for verb in one]

    def operation(self, method: str, path: str) -> Schema:
        return self.told["paths"][path][method.lower()]

    def _schema(self, content: Schema) -> Schema | None:
        found = content.get("application/json", {}).get("schema")
        return (
            {**self._resolved(found), "components": {"schemas": self._schemas}} if found else None
        )

    def _resolved(self, schema: Schema) -> Schema:
        name = schema.get("$ref", "").rpartition("/")[2]
        return self._schemas[name] if name else schema

    def faults(self, method: str, path: str, status: int, kind: str, body: bytes) -> str | None:
        """What is not as described in an answer."""
        described = self.operation(method, path)["responses"].get(str(status))
        if described is None:
            return f"status {status} is not described"
        content = described.get("content")
        if content is None:
            return "a body" if body else None
        if kind.partition(";")[0] not in content:
            return f"content type {kind}"
        schema = self._schema(content)
        if schema is None:
            return None if body else "empty body"
        wrong = list(VALIDATOR(schema).iter_errors(json.loads(body)))
        return wrong[0].message if wrong else None

    def requests(self, method: str, path: str) -> st.SearchStrategy[Request]:
        """Requests to one endpoint; `TOKEN` stands for a right token."""
        operation = self.operation(method, path)
        wanted = operation.get("requestBody")
        schema = self._schema(wanted["content"]) if wanted else None
        valid = self._valid(schema) if schema else st.just({})

        @st.composite
        def drawn(draw: Any) -> Request:
            body = draw(_bodies(valid)) if schema else draw(st.just(b"") | st.binary(max_size=99))
            verb = draw(st.sampled_from([method] * 9 + METHODS)) if draw(st.booleans()) else method
            headers, knows = draw(_headers()), True
            if "security" in operation:
                told, knows = draw(_tokens())
                headers["Authorization"] = told
            query, asks = draw(_queries(operation.get("parameters", [])))
            fits = asks and (schema is None or _fits(schema, body, wanted["required"]))
            foreign = "Origin" in headers
            return Request(verb, path + query, headers, body, fits, knows, foreign)

        return drawn()

    def _valid(self, schema: Schema) -> st.SearchStrategy[Any]:
        """Bodies that fit `schema`."""
        properties = schema.get("properties", {})
        required = set(schema.get("required", ()))
        kinds = {name: self._values(one) for name, one in properties.items()}
        ways = [set(one["required"]) for one in schema.get("oneOf", ())] or [set()]
        others = set().union(*ways)

        def built(way: set[str]) -> st.SearchStrategy[Any]:
            must = {name: kinds[name] for name in required}
            must |= {name: self._values({"type": "string", **_bounds(properties[name])})
                     for name in way}  # fmt: skip
            may = {name: kind for name, kind in kinds.items() if name not in {*must, *others}}
            return st.fixed_dictionaries(must, optional=may)

        return st.one_of(*(built(way) for way in ways))

    def _values(self, schema: Schema) -> st.SearchStrategy[Any]:
        schema = self._resolved(schema)
        if "anyOf" in schema:
            return st.one_of(*(self._values(one) for one in schema["anyOf"]))
        if schema["type"] == "null":
            return st.none()
        if "const" in schema:
            return st.just(schema["const"])
        if schema["type"] == "boolean":
            return st.booleans()
        if schema["type"] == "integer":
            return st.integers(schema["minimum"], schema["minimum"] + 9)
        assert schema["type"] == "string", f"no generator for {schema}"
        if "pattern" in schema:
            return st.from_regex(_whole(schema["pattern"]), fullmatch=True)
        least = schema.get("minLength", 0)
        most = schema.get("maxLength", 10_000)
        return TEXTS.filter(lambda text: len(text) >= least).map(lambda text: text[:most])


def _bounds(schema: Schema) -> Schema:
    """What else a text of `schema` must be, when null is not wanted."""
    kinds = schema.get("anyOf", [schema])
    return next(one for one in kinds if one["type"] == "string")


def _whole(pattern: str) -> str:
    return pattern.removeprefix("^").removesuffix("$")


def _pattern(validator: Any, pattern: str, value: Any, schema: Schema) -> Any:
    """As the pattern is meant: Python's own `$` would let a line end pass."""
    if isinstance(value, str) and not re.fullmatch(_whole(pattern), value):
        yield from Draft202012Validator.VALIDATORS["pattern"](validator, "(?!)", value, schema)


VALIDATOR = extend(Draft202012Validator, {"pattern": _pattern})


def _fits(schema: Schema, body: bytes, required: bool) -> bool:
    """Whether the body is as described, said by another judge than the server's own."""
    if not body:
        return not required
    try:
        value = json.loads(body.decode("utf-8"))
        json.dumps(value, ensure_ascii=False).encode()  # a half of a surrogate pair is no text
    except (ValueError, RecursionError):
        return False
    return VALIDATOR(schema).is_valid(value)


@st.composite
def _bodies(draw: Any, valid: st.SearchStrategy[Any]) -> bytes:
    kind = draw(st.sampled_from(["valid"] + ["nearly"] * 5 + ["json", "bytes", "cut", "big"]))
    if kind == "bytes":
        return draw(st.binary(max_size=300))
    if kind == "json":
        return json.dumps(draw(ANY_JSON)).encode()
    value = draw(valid)
    if kind == "nearly":
        value = draw(_nearly(value))
    whole = json.dumps(value, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    if kind == "cut":
        return whole[: draw(st.integers(0, len(whole)))]
    return whole + b" " * draw(st.integers(15_000, 40_000)) if kind == "big" else whole


@st.composite
def _nearly(draw: Any, value: dict[str, Any]) -> Any:
    """`value` with one thing wrong in it."""
    known = sorted(value) or ["id"]
    name = draw(st.sampled_from([*known, "sender", "metadata", "input_channel", "slots", ""]))
    way = draw(st.sampled_from(["drop", "set", "set", "wrap", "half"]))
    if way == "drop":
        return {key: one for key, one in value.items() if key != name}
    if way == "wrap":
        return [value]
    return {**value, name: "\ud800" if way == "half" else draw(ANY_JSON)}


@st.composite
def _queries(draw: Any, known: list[Schema]) -> tuple[str, bool]:
    """The query, and whether it is as described."""
    if not known:
        return (
            ("?" + draw(st.from_regex(r"[!-~]{1,20}", fullmatch=True)), True)
            if draw(st.booleans())
            else ("", True)
        )
    (parameter,) = known
    if draw(st.integers(0, 9)) == 0:
        return "", not parameter["required"]
    if parameter["schema"]["type"] == "string":
        return f"?{parameter['name']}={quote(draw(TEXTS), safe='')}", True
    number = draw(st.integers(0, 99) | st.sampled_from(["-1", "x", "1.5", "9" * 30, "%00", "1e3"]))
    return f"?{parameter['name']}={number}", isinstance(number, int)


@st.composite
def _headers(draw: Any) -> dict[str, str]:
    names = ["Content-Type", "Accept", "X-Forwarded-For", "Cookie", "Origin", "Idempotency-Key"]
    chosen = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    return {
        name: draw(st.sampled_from(TYPES) if name == "Content-Type" else VALUES) for name in chosen
    }


@st.composite
def _tokens(draw: Any) -> tuple[str, bool]:
    """The header, and whether it opens a conversation."""
    kind = draw(st.sampled_from(["right"] * 8 + ["none", "other", "scheme", "cut"]))
    if kind == "right":
        return "Bearer TOKEN", True
    wrong = {"none": "", "scheme": "Basic TOKEN", "cut": "Bearer TOKE", "other": None}[kind]
    return (draw(VALUES.filter(lambda v: "TOKEN" not in v)) if wrong is None else wrong), False
