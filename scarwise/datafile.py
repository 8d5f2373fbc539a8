"""Reads a YAML data file against its schema, and says what is wrong in the author's words.

Schemas are pydantic models that forbid unknown keys, so a mistyped key is a fault and never
silence.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from scarwise.faults import Fault, FaultyDataError, fault

Shape = TypeVar("Shape")


class Schema(BaseModel):
    """Base of all schemas: immutable, and every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_text(path: Path) -> str:
    """The UTF-8 text of `path`; raises `FaultyDataError` when it cannot be read as that."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FaultyDataError([fault(path, "is missing; create it")]) from None
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 at byte {error.start}; save it as UTF-8"
        raise FaultyDataError([fault(path, message)]) from None


def read_yaml(path: Path, shape: type[Shape] | Any) -> Shape:
    """The content of `path` as `shape` (a schema or a type); raises `FaultyDataError`."""
    return parse_yaml(path, read_text(path), shape)


def parse_yaml(path: Path, text: str, shape: type[Shape] | Any) -> Shape:
    """As `read_yaml`, for text already read (the front matter of a document)."""
    try:
        content = YAML(typ="safe").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        message = f"line {line} is not YAML ({error.problem}); mend its spelling or quotes"
        raise FaultyDataError([fault(path, message)]) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"line {line} holds the character U+{error.character:04X}; take it out"
        raise FaultyDataError([fault(path, message)]) from None
    try:
        return TypeAdapter(shape).validate_python(content)
    except ValidationError as error:
        raise FaultyDataError(_schema_faults(path, error)) from None


_MENDS = {
    "missing": "is missing; add it",
    "string_type": "must be text; put it in quotes",
    "extra_forbidden": "is not a known key; correct its spelling or take it out",
}


def _schema_faults(path: Path, error: ValidationError) -> list[Fault]:
    faults = []
    for problem in error.errors():
        place = ".".join(str(step) for step in problem["loc"]) or "the file"
        mend = _MENDS.get(problem["type"], problem["msg"].removeprefix("Value error, "))
        faults.append(fault(path, f"{place}: {mend}"))
    return faults
